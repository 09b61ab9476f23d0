/** Counts how often the lines of the instruction tables are executed by generated programs. */
import { Ours } from "./ours.ts";
import { generate, WHOLE } from "./program.ts";

/** Every test run compares the programs of seeds 1 to this with QEMU, to their ends. */
export const ALWAYS_COMPARED = 6;

/** Lines that always trap: that is all they do. */
const TRAPS = new Set(["ecall", "ebreak", "c.ebreak"]);

/** Executions to the end by name, in the first round of the programs that are always compared. */
export async function countExecutions(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= ALWAYS_COMPARED; seed++) {
    const program = generate(seed, { ...WHOLE, rounds: 1 });
    const ours = await Ours.create(program);
    while (!ours.halted) {
      const { codeOffset, retired } = ours;
      ours.step();
      const name = codeOffset === undefined ? undefined : program.names.get(codeOffset);
      if (name === undefined || (ours.retired === retired && !TRAPS.has(name))) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}
