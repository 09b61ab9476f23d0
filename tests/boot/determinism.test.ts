/** The same boot twice: the same bytes, cycles and state, however the run is cut. */
import { expect, test } from "vitest";
import { MachineTarget } from "../../host/debug/machine-target.ts";
import { Machine } from "../../host/node/index.ts";
import { BootTrace } from "../../host/trace/boot-trace.ts";

interface Outcome {
  readonly output: string;
  readonly cycles: number;
  readonly hash: string;
}

/** Boots to the prompt, logs in, and tells what there is then. `prepare` may attach what must not matter. */
async function boot(harts: number, prepare: (machine: Machine) => void = () => {}): Promise<Outcome> {
  const machine = await Machine.create({ harts });
  prepare(machine);
  await machine.console.expect(/login: /);
  machine.console.send("root\n");
  await machine.console.expect(/# /);
  const outcome = { output: machine.console.output, cycles: machine.cycles, hash: machine.stateHash() };
  machine.dispose();
  return outcome;
}

for (const harts of [1, 4]) {
  test(`two boots of ${harts} harts are one`, async () => {
    const first = await boot(harts);
    expect(await boot(harts)).toEqual(first);
  });

  test(`a boot trace changes nothing on ${harts} harts`, async () => {
    let trace: BootTrace | undefined;
    const traced = await boot(harts, (machine) => {
      trace = new BootTrace(new MachineTarget(machine));
    });
    expect(trace?.finished).toBe(true);
    expect(await boot(harts)).toEqual(traced);
  });
}

test("two machines side by side do not meet", async () => {
  const alone = await boot(2);
  expect(await Promise.all([boot(2), boot(2)])).toEqual([alone, alone]);
});
