/** Runs a hazard's program between instructions that wait for nothing, and gives the rows of its own instructions. */
import { PipelineRecorder, type PipelineRow } from "../../host/pipeline/recorder.ts";
import { machineWith } from "../core/harness.ts";
import type { Hazard } from "./hazards.ts";

export async function runHazard({ code }: Pick<Hazard, "code">, pipeline: string): Promise<PipelineRow[]> {
  let [start, end] = [0, 0];
  const nops = (a: { op(name: string, operands: { rd: number; rs1: number }): unknown }): void => {
    for (let i = 0; i < 8; i++) a.op("addi", { rd: 0, rs1: 0 });
  };
  const machine = await machineWith((a) => {
    // a0 points at memory that is not zero.
    a.op("auipc", { rd: 10 }).label("again");
    nops(a);
    start = a.here;
    code(a);
    end = a.here;
    nops(a);
    a.to("again", "jal");
  });
  machine.setTiming(pipeline);
  const recorder = new PipelineRecorder(machine);
  machine.run({ cycles: 500 });
  // The second time around caches and predictors are warm.
  const rows = recorder.rows();
  const second = rows.findIndex(
    ({ pc }, index) => pc === BigInt(start) && rows.slice(0, index).some((row) => row.pc === BigInt(start)),
  );
  const after = rows.findIndex(({ pc }, index) => index > second && pc === BigInt(end));
  return rows.slice(second, after);
}
