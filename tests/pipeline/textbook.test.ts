/** The textbook's hazards in classic5 take just the cycles and stages of the diagrams drawn by hand. */
import { describe, expect, test } from "vitest";
import { cellsOf } from "../../host/pipeline/diagram.ts";
import type { PipelineRow } from "../../host/pipeline/recorder.ts";
import { HAZARDS } from "./hazards.ts";
import { runHazard } from "./run-hazard.ts";

/** A line of a diagram: the instruction, the cycle of its first stage counted from that of the first row, its stages. */
interface Line {
  readonly text: string;
  readonly begin: number;
  readonly stages: string;
}

function readDiagram(diagram: string): Line[] {
  const lines = diagram.split("\n").filter((line) => line.trim() !== "");
  const columns = lines.map(
    (line) => line.search(/ {2,}(IF)\b/) + (/ {2,}(?=IF\b)/.exec(line)?.[0].length ?? 0),
  );
  return lines.map((line, index) => ({
    text: line.slice(0, columns[index]).trim(),
    begin: ((columns[index] ?? 0) - (columns[0] ?? 0)) / 3,
    stages: line.slice(columns[index]).trim(),
  }));
}

function linesOf(rows: readonly PipelineRow[]): Line[] {
  const first = rows[0]?.stages[0]?.begin ?? 0;
  return rows.map(({ text, fate, stages }) => {
    const plain = text.replace(/0x[0-9a-f]+$/, "target");
    return {
      text: fate === "killed" ? `(${plain})` : plain,
      begin: (stages[0]?.begin ?? 0) - first,
      stages: cellsOf(stages).join(" "),
    };
  });
}

for (const hazard of HAZARDS) {
  describe(hazard.title, () => {
    test.each(Object.entries(hazard.diagrams))("%s", async (pipeline, diagram) => {
      expect(linesOf(await runHazard(hazard, pipeline))).toEqual(readDiagram(diagram));
    });
  });
}

test("diagrams are read column by column", () => {
  expect(readDiagram("\n  ld t2, 0(a0)  IF ID\n  (nop)               IF .. ID\n")).toEqual([
    { text: "ld t2, 0(a0)", begin: 0, stages: "IF ID" },
    { text: "(nop)", begin: 2, stages: "IF .. ID" },
  ]);
});
