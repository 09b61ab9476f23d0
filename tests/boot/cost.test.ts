/** A boot is cheap, and a machine that waits costs nothing. */
import { describe, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { bootCost } from "./cost.ts";
import { GuestShell } from "./guest-shell.ts";
import { VMLINUZ } from "./images.ts";

const MOST = 60_000_000;
const SECOND = 1_000_000_000;
/** By then all is done that boot or a command has left for later. */
const SETTLED = 3 * SECOND;
const MOST_PER_SECOND = 1_000;

test("a boot to the login prompt on 4 harts takes less than 60 million instructions, unpacking included", async () => {
  const plain = await bootCost({ harts: 4 });
  expect(plain.instructions).toBeLessThan(MOST);
  const compressed = await bootCost({ harts: 4, kernel: VMLINUZ });
  expect(compressed.instructions).toBeGreaterThan(plain.instructions);
  expect(compressed.instructions).toBeLessThan(MOST);
});

/** Instructions in ten idle seconds of the guest, on all harts. */
function idle(machine: Machine, harts: number): number {
  machine.run({ cycles: SETTLED });
  const before = machine.instructions;
  machine.run({ cycles: 10 * SECOND });
  for (let hart = 0; hart < harts; hart++)
    expect(machine.core.hart(hart).get("waiting"), `hart ${hart}`).toBe(1n);
  return machine.instructions - before;
}

describe.each([1, 4])("on %i harts without input", (harts) => {
  test("all harts wait at the login prompt", async () => {
    const machine = await Machine.create({ harts });
    await machine.console.expect(/login: /);
    expect(idle(machine, harts)).toBeLessThan(10 * MOST_PER_SECOND);
    machine.dispose();
  });

  test("and at the shell's, after work on all of them", async () => {
    const shell = await GuestShell.boot({ harts });
    await shell.run("for i in 1 2 3 4; do ls -lR /proc > /dev/null 2>&1 & done; wait");
    expect(idle(shell.machine, harts)).toBeLessThan(10 * MOST_PER_SECOND);
    shell.dispose();
  });

  test("a program that sleeps costs what it does when it wakes", async () => {
    const shell = await GuestShell.boot({ harts });
    shell.machine.console.send("while :; do sleep 1; done\n");
    const costs = idle(shell.machine, harts) / 10;
    expect(costs).toBeGreaterThan(MOST_PER_SECOND);
    expect(costs).toBeLessThan(1_000_000);
    shell.dispose();
  });
});
