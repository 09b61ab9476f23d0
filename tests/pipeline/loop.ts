/** A loop on CVA6 that shows what its front end and its units do: load and use, multiplication, a branch that is mispredicted at last. */
import { PipelineRecorder, type PipelineRow } from "../../host/pipeline/recorder.ts";
import { machineWith } from "../core/harness.ts";

export const LOOP = "The last two rounds of a loop on CVA6";

const [T0, T1, T2, A0, S1] = [5, 6, 7, 10, 9];
const ROUNDS = 6;

export async function runLoop(): Promise<PipelineRow[]> {
  let [start, end] = [0, 0];
  const machine = await machineWith((a) => {
    a.op("auipc", { rd: A0 }).op("addi", { rd: S1, rs1: 0, imm: ROUNDS });
    // The loop begins a cache line.
    while (a.here % 16 !== 0) a.op("addi", { rd: 0, rs1: 0 });
    start = a.here;
    a.label("loop").op("ld", { rd: T2, rs1: A0 }).op("mul", { rd: T1, rs1: T2, rs2: T2 });
    a.op("add", { rd: T0, rs1: T1, rs2: T0 }).op("addi", { rd: S1, rs1: S1, imm: -1 });
    a.to("loop", "bne", { rs1: S1, rs2: 0 });
    end = a.here;
    for (let i = 0; i < 16; i++) a.op("addi", { rd: 0, rs1: 0 });
  });
  machine.setTiming("cva6");
  const recorder = new PipelineRecorder(machine);
  machine.run({ cycles: 400 });
  const rows = recorder.rows();
  const rounds = rows.flatMap(({ pc, fate }, index) =>
    pc === BigInt(start) && fate === "retired" ? [index] : [],
  );
  const after = rows.findIndex(({ pc, fate }) => pc === BigInt(end) && fate === "retired");
  return rows
    .slice(rounds.at(-2), after + 2)
    .map((row) => ({ ...row, text: row.text.replace(/0x[0-9a-f]+$/, "loop") }));
}
