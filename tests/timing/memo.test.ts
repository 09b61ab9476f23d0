/** What the model remembers changes nothing: the plain model gives the same cycles, counts and states, however the run is cut. */
import { describe, expect, test } from "vitest";
import type { Machine as AnyMachine } from "../../host/machine.ts";
import { Machine } from "../../host/node/index.ts";
import { parsePipeline } from "../../host/timing/pipelines.ts";
import { Ours } from "../lockstep/ours.ts";
import { generate } from "../lockstep/program.ts";
import { Random } from "../lockstep/random.ts";
import { runOut, timedMachine } from "./generated.ts";
import { memoryProgram } from "./memory-programs.ts";

/** HARTBEAT_LONG=1 tries many more. */
const SEEDS = Array.from({ length: process.env.HARTBEAT_LONG ? 400 : 6 }, (_, index) => 905 + index);
/** The last one of the few stores beside what it just stored to a new page. */
const MEMORY_SEEDS = process.env.HARTBEAT_LONG
  ? Array.from({ length: 400 }, (_, index) => 1 + index)
  : [1, 2, 3, 4, 18];
const CYCLES = 400_000;

const figures = (machine: AnyMachine): unknown => ({
  cycles: machine.cycles,
  instructions: machine.instructions,
  stats: machine.stats(),
  state: machine.stateHash(),
});

describe("generated programs", () => {
  test.each(["cva6", "classic5", "classic5-stalling"])(
    "take the plain model's cycles of %s",
    async (name) => {
      for (const seed of SEEDS) {
        const start = async (plain: boolean): Promise<Ours> => {
          const ours = await Ours.create(generate(seed, { blocks: 100, rounds: 12 }));
          ours.machine.setTiming(name);
          ours.machine.core.plainTiming = plain;
          return ours;
        };
        const plain = await start(true);
        const whole = await start(false);
        const cut = await start(false);
        for (const { machine } of [plain, whole]) machine.run({ cycles: CYCLES });
        cut.runInStrides(new Random(seed), CYCLES);
        expect(figures(whole.machine), `seed ${seed}`).toEqual(figures(plain.machine));
        expect(figures(cut.machine), `seed ${seed} in strides`).toEqual(figures(plain.machine));
        for (const { machine } of [plain, whole, cut]) machine.dispose();
      }
    },
  );
});

/** Memory that answers at once, and memory so slow that the write buffer's slots are all taken for long. */
test.each([1, 20, 40])(
  "programs of memory instructions take the plain model's cycles %d from memory",
  async (memoryLatency) => {
    const pipeline = parsePipeline("mine.json", JSON.stringify({ parameters: { memoryLatency } }));
    for (const seed of MEMORY_SEEDS) {
      const harts = seed % 4 === 0 ? 3 : 1;
      const [plain, remembering] = [
        await timedMachine(seed, pipeline, harts, true, memoryProgram),
        await timedMachine(seed, pipeline, harts, false, memoryProgram),
      ];
      for (const machine of [plain, remembering]) runOut(machine);
      expect(figures(remembering), `seed ${seed}`).toEqual(figures(plain));
      for (const machine of [plain, remembering]) machine.dispose();
    }
  },
);

/** A program that stores by two virtual pages to one physical one. */
const TWO_PAGES = 992173;

/** A front end that waits for the last instruction before it scans the next word, and long for each. */
const SLOW_FETCH = { fetchQueue: 0, fetchResume: 7, redirectToScan: 6, floatDivideOverlap: 0 };

test.each(["cva6", "classic5", "classic5-stalling"])(
  "a queue without room on %s takes the plain model's cycles",
  async (base) => {
    const pipeline = parsePipeline(
      "mine.json",
      JSON.stringify({ base, parameters: { ...SLOW_FETCH, fetchReplay: 0 } }),
    );
    for (const seed of [1, 2, 3]) {
      const [plain, remembering] = [
        await timedMachine(seed, pipeline, 1, true),
        await timedMachine(seed, pipeline),
      ];
      for (const machine of [plain, remembering]) runOut(machine);
      expect(figures(remembering), `seed ${seed}`).toEqual(figures(plain));
      for (const machine of [plain, remembering]) machine.dispose();
    }
  },
);

test("a model without TLBs takes the plain model's addresses, the virtual ones", async () => {
  const pipeline = parsePipeline(
    "mine.json",
    JSON.stringify({
      base: "cva6",
      parameters: {
        tlbEntries: 0,
        writeTurnaround: 11,
        fetchQueue: 0,
        fetchReplay: 0,
        floatDivideOverlap: 0,
      },
    }),
  );
  const [plain, remembering] = [
    await timedMachine(TWO_PAGES, pipeline, 1, true),
    await timedMachine(TWO_PAGES, pipeline),
  ];
  for (const machine of [plain, remembering]) runOut(machine);
  expect(figures(remembering)).toEqual(figures(plain));
  for (const machine of [plain, remembering]) machine.dispose();
});

test.each([1, 3])("our kernel boots on %d harts in the plain model's cycles", async (harts) => {
  const boot = async (plain: boolean): Promise<unknown> => {
    const machine = await Machine.create({ harts, timing: "cva6" });
    machine.core.plainTiming = plain;
    await machine.console.expect("login: ");
    const result = { ...(figures(machine) as object), output: machine.console.output };
    machine.dispose();
    return result;
  };
  expect(await boot(false)).toEqual(await boot(true));
});
