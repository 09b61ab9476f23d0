/** Laws of the timing model that hold for every pipeline, over generated programs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HartbeatError } from "../../host/errors.ts";
import type { Machine } from "../../host/machine.ts";
import { kanata } from "../../host/pipeline/kanata.ts";
import { PipelineRecorder } from "../../host/pipeline/recorder.ts";
import { PIPELINES, type Pipeline, parsePipeline } from "../../host/timing/pipelines.ts";
import { Random } from "../lockstep/random.ts";
import { readKanata } from "../pipeline/kanata-reader.ts";
import { TEST_LIMIT_MS } from "../tools/patience.ts";
import { MOST_CYCLES, runOut, stackSum, timedMachine, userPipeline } from "./generated.ts";
import { memoryProgram } from "./memory-programs.ts";

const LONG = process.env.HARTBEAT_LONG === "1";
const RUNS = LONG ? 200 : 6;
const TIMEOUT = LONG ? 3_600_000 : TEST_LIMIT_MS;

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const somePipeline = fc.oneof(fc.constantFrom(...PIPELINES), userPipeline);

/** Every cycle of every hart has one cause, and none is negative. */
function checkStacks(machine: Machine, pipeline: Pipeline): void {
  for (const stats of machine.stats()) {
    const record = machine.core.hart(stats.hart);
    if (pipeline.parameters.size === 0) {
      expect([stats.cycles, stackSum(stats)]).toEqual([0, 0]);
      continue;
    }
    expect(stats.cycles).toBe(Number(record.get("cycle")));
    expect(stats.instructions).toBe(Number(record.get("instret")));
    expect(stackSum(stats), `hart ${stats.hart}: ${JSON.stringify(stats.stack)}`).toBe(stats.cycles);
    expect(Math.min(...Object.values(stats.stack))).toBeGreaterThanOrEqual(0);
  }
}

describe("the CPI stack adds up to the cycles of every hart, wherever a run is stopped", () => {
  test.each(PIPELINES.map((pipeline) => [pipeline.name, pipeline] as const))(
    "%s",
    async (_, pipeline) => {
      const cuts = fc.array(fc.integer({ min: 1, max: 30_000 }), { maxLength: 6 });
      const property = fc.asyncProperty(seeds, fc.constantFrom(1, 3), cuts, async (seed, harts, pieces) => {
        const machine = await timedMachine(seed, pipeline, harts);
        for (const cycles of pieces) {
          machine.run({ cycles });
          checkStacks(machine, pipeline);
        }
        runOut(machine);
        checkStacks(machine, pipeline);
        machine.dispose();
      });
      await fc.assert(property, { numRuns: RUNS });
    },
    TIMEOUT,
  );

  test(
    "a user's own",
    async () => {
      const property = fc.asyncProperty(
        seeds,
        fc.constantFrom(1, 2),
        userPipeline,
        async (seed, harts, mine) => {
          const machine = await timedMachine(seed, mine, harts);
          runOut(machine);
          checkStacks(machine, mine);
          machine.dispose();
        },
      );
      await fc.assert(property, { numRuns: 2 * RUNS });
    },
    TIMEOUT,
  );
});

const figures = (machine: Machine): unknown => ({
  cycles: machine.cycles,
  stats: machine.stats(),
  state: machine.stateHash(),
});

describe.each([
  ["of all kinds", undefined],
  ["of memory instructions", memoryProgram],
] as const)("in programs %s", (_, programs) => {
  /** Runs a program in the plain model's time, and again as `again` says: cycles, counts and state are the same. */
  const agrees = (plainly: boolean, again: (machine: Machine, seed: number) => void) => async () => {
    const property = fc.asyncProperty(
      seeds,
      fc.constantFrom(1, 3),
      somePipeline,
      async (seed, harts, pipeline) => {
        const [plain, other] = [
          await timedMachine(seed, pipeline, harts, true, programs),
          await timedMachine(seed, pipeline, harts, plainly, programs),
        ];
        runOut(plain);
        again(other, seed);
        expect(figures(other)).toEqual(figures(plain));
        for (const machine of [plain, other]) machine.dispose();
      },
    );
    await fc.assert(property, { numRuns: 2 * RUNS });
  };

  test(
    "what the model remembers changes nothing",
    agrees(false, (machine) => runOut(machine)),
    TIMEOUT,
  );

  test(
    "what a state leaves out changes nothing, wherever the record is brought into it",
    agrees(true, (machine, seed) => {
      const random = new Random(seed);
      while (!machine.halted && machine.cycles < MOST_CYCLES) {
        machine.run({ cycles: Math.min(random.int(1, 1000), MOST_CYCLES - machine.cycles) });
        machine.core.models();
      }
    }),
    TIMEOUT,
  );
});

interface Commit {
  readonly cycle: number;
  readonly label: string;
}

/** What retired, as the file of a window of cycles has it. */
async function commitsInFile(
  seed: number,
  pipeline: Pipeline,
  from: number,
  length: number,
): Promise<Commit[]> {
  const machine = await timedMachine(seed, pipeline);
  const recorder = new PipelineRecorder(machine, {
    from: { kind: "cycle", cycle: from },
    to: { kind: "after", cycles: length },
  });
  runOut(machine, from + length + 1000);
  const ops = readKanata(kanata(recorder.rows()));
  machine.dispose();
  return ops.flatMap(({ retired, label }) =>
    retired && !retired.flushed ? [{ cycle: retired.cycle - 1, label }] : [],
  );
}

/** Whether a machine that goes step by step has retired as many by each cycle. */
async function checkBySteps(
  seed: number,
  pipeline: Pipeline,
  commits: readonly Commit[],
  end: number,
): Promise<void> {
  const machine = await timedMachine(seed, pipeline);
  const now = (): number => Number(machine.core.hart(0).get("cycle"));
  let inFile = 0;
  while (!machine.halted && now() < end) {
    machine.run({ cycles: 1 });
    if (now() >= end) break;
    while (inFile < commits.length && (commits[inFile]?.cycle ?? 0) <= now()) inFile++;
    // A second one that commits in this cycle is executed in the next step.
    expect([machine.instructions, machine.instructions + 1], `cycle ${now()}`).toContain(inFile);
  }
  machine.dispose();
}

test(
  "the Kanata file of a window has the commits of a machine that goes step by step",
  async () => {
    const windows = fc.record({
      from: fc.integer({ min: 1, max: 3000 }),
      length: fc.integer({ min: 1, max: 1000 }),
    });
    const property = fc.asyncProperty(
      seeds,
      somePipeline,
      windows,
      async (seed, pipeline, { from, length }) => {
        const to = from + length;
        const all = await commitsInFile(seed, pipeline, 0, to);
        await checkBySteps(seed, pipeline, all, to);
        const some = await commitsInFile(seed, pipeline, from, length);
        expect(all.slice(all.length - some.length)).toEqual(some);
        // The one in whose midst the window opens is left out.
        expect(all.filter(({ cycle }) => cycle > from).length - some.length).toBeLessThanOrEqual(1);
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  },
  TIMEOUT,
);

/** Values that no parameter may have, or no file may say. */
const wrongValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, "3", [], {}, 1.5, -1, 1e9, Number.MAX_SAFE_INTEGER),
  fc.double({ max: -0.01, noNaN: true, noDefaultInfinity: true }),
);
const wrongFile: fc.Arbitrary<string> = fc.oneof(
  fc.string().filter((text) => !/^\s*\{/.test(text)),
  fc.record({ parameters: fc.record({ memoryLatency: wrongValue }) }).map((file) => JSON.stringify(file)),
  fc
    .tuple(fc.constantFrom("bhtEntries", "btbEntries", "icacheWays"), fc.constantFrom(3, 5, 6, 100, 2 ** 20))
    .map(([name, value]) => JSON.stringify({ parameters: { [name]: value } })),
  fc.string({ minLength: 1 }).map((name) => JSON.stringify({ parameters: { [`x${name}`]: 1 } })),
  fc.string({ minLength: 1 }).map((name) => JSON.stringify({ [`x${name}`]: {} })),
  fc.string({ minLength: 1 }).map((base) => JSON.stringify({ base: `x${base}` })),
  fc
    .constantFrom("name", "doc", "base", "parameters")
    .chain((key) =>
      fc.constantFrom<unknown>(7, false, [1], null).map((value) => JSON.stringify({ [key]: value })),
    ),
);

test("a user's file that is wrong is refused in one sentence that names it", () => {
  const property = fc.property(wrongFile, (text) => {
    let message: string | undefined;
    try {
      parsePipeline("mine.json", text);
    } catch (error) {
      expect(error).toBeInstanceOf(HartbeatError);
      message = (error as Error).message;
    }
    expect(message, text).toMatch(/^mine\.json\b[^\n]*\.$/);
  });
  fc.assert(property, { numRuns: LONG ? 20_000 : 500 });
});
