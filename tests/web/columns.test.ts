/** The columns of pipeline diagrams. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { PipelineRow } from "../../host/pipeline/recorder.ts";
import { Columns } from "../../web/pipeline/columns.ts";

function row(...cycles: number[]): PipelineRow {
  const stages = cycles.slice(0, -1).map((begin, index) => ({
    name: `S${index}`,
    letter: "S",
    begin,
    end: cycles[index + 1] ?? 0,
    waits: false,
  }));
  return {
    hart: 0,
    pc: 0n,
    insn: 0,
    text: "nop",
    where: "f",
    fate: "retired",
    stages,
    issued: cycles[0] ?? 0,
    cycle: (cycles.at(-1) ?? 1) - 1,
    stall: 0,
    cause: undefined,
  };
}

it("gives each cycle a column", () => {
  const columns = new Columns([row(100, 101, 102), row(101, 102, 105)]);
  expect([100, 101, 102, 105].map((cycle) => columns.at(cycle))).toEqual([0, 1, 2, 5]);
  expect(columns.count).toBe(5);
  expect(columns.cuts).toEqual([]);
});

it("cuts long stretches short, and says what it left out", () => {
  const columns = new Columns([row(10, 12, 13), row(1_000_010, 1_000_011)]);
  expect(columns.at(1_000_011)).toBe(16);
  expect(columns.cuts).toEqual([{ column: 9, cycles: 999_985 }]);
  expect(columns.labels).toEqual([
    { column: 0, cycle: 10 },
    { column: 15, cycle: 1_000_010 },
  ]);
});

it("is empty without rows", () => {
  expect(new Columns([])).toMatchObject({ count: 0, cuts: [], labels: [] });
});

it("keeps the order of all events", () => {
  const cycles = fc.array(fc.nat(100_000), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(cycles, { minLength: 1, maxLength: 20 }), (lists) => {
      const sorted = lists.map((list) => [...new Set(list)].sort((a, b) => a - b));
      const columns = new Columns(sorted.map((list) => row(...list)));
      const events = [...new Set(sorted.filter(({ length }) => length > 1).flat())].sort((a, b) => a - b);
      const places = events.map((cycle) => columns.at(cycle));
      for (const [index, place] of places.slice(1).entries())
        expect(place).toBeGreaterThan(places[index] as number);
      expect(columns.count).toBe(places.at(-1) ?? 0);
    }),
  );
});
