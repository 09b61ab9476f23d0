/** Counts by whom each line of the instruction tables is executed and checked. Who adds a line is told here to add a test. */
import { beforeAll, describe, expect, it } from "vitest";
import { LINES } from "../core/encode.ts";
import { ADDITIONAL, OPERATIONS } from "../fp/operations.ts";
import { AVOIDED } from "../lockstep/context.ts";
import { countExecutions } from "../lockstep/executed.ts";
import { ENABLES, HINTS_AND_WAITS } from "./cache-operations.ts";
import { DEFINITIONS } from "./definitions.ts";

/** Tests that go through a list of lines and check each against a definition or an oracle. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  "tests/insn/bits.test.ts": Object.keys(DEFINITIONS),
  "tests/insn/cache.test.ts": [...Object.keys(ENABLES), ...HINTS_AND_WAITS],
  "tests/fp/operations.test.ts": OPERATIONS.map(({ name }) => name),
  "tests/fp/zfa.test.ts": ADDITIONAL.map(({ name }) => name),
};
const LOCKSTEP = "tests/lockstep/lockstep.test.ts";

/** Extensions that QEMU 7.2 has not. */
const NOT_OF_QEMU = new Set(["zfa", "zicond", "zicbo", "zawrs"]);

/** Tests by name of line, each with how often it executes it (at least). */
type Counts = Map<string, Map<string, number>>;
const counts: Counts = new Map([...LINES.keys()].map((name) => [name, new Map()]));

beforeAll(async () => {
  for (const [name, times] of await countExecutions()) counts.get(name)?.set(LOCKSTEP, times);
  for (const [test, names] of Object.entries(LISTS))
    for (const name of names) counts.get(name)?.set(test, (counts.get(name)?.get(test) ?? 0) + 1);
});

const uncovered = (names: Iterable<string>): string[] =>
  [...names].filter((name) => (counts.get(name)?.size ?? 0) === 0);

describe("every line of the instruction tables", () => {
  it("is executed by a test", () => {
    expect(uncovered(LINES.keys())).toEqual([]);
    expect(uncovered(["addi", "added"])).toEqual(["added"]);
  });

  it("is compared with QEMU, unless QEMU has it not or not right", () => {
    const left = [...LINES.values()].filter(({ name }) => !counts.get(name)?.has(LOCKSTEP));
    const excused = left.filter(({ name, extension }) => NOT_OF_QEMU.has(extension) || AVOIDED.has(name));
    expect(left.map(({ name }) => name)).toEqual(excused.map(({ name }) => name));
    for (const { name } of left) expect([name, counts.get(name)?.size]).not.toEqual([name, 0]);
  });

  it("that a test lists exists", () => {
    const listed = Object.values(LISTS).flat();
    expect(listed.filter((name) => !LINES.has(name))).toEqual([]);
  });

  it("is executed often in the programs that QEMU compares", () => {
    const times = [...counts.values()].flatMap((tests) => tests.get(LOCKSTEP) ?? []);
    expect(times.length).toBeGreaterThan(250);
    expect(times.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(50_000);
  });
});
