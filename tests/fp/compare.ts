/** Compares one operation on both sides, in all rounding modes, with and without the inexact flag raised before. */
import { fillOperands, type Random, RECORD_WORDS } from "./operands.ts";
import type { Operation } from "./operations.ts";
import { BATCH, type Oracle } from "./oracle.ts";
import type { Subject } from "./subject.ts";

const MODES = [0, 1, 2, 3, 4] as const;
const NX = 1n;

const hex = (value: bigint | undefined): string => `0x${(value ?? 0n).toString(16).padStart(16, "0")}`;

export interface Outcome {
  readonly cases: number;
  /** The first differences, described. */
  readonly differences: readonly string[];
}

/** Runs at least `cases` cases. A case is one record in one rounding mode. */
export function compare(
  subject: Subject,
  oracle: Oracle,
  { operation, index }: { readonly operation: Operation; readonly index: number },
  random: Random,
  cases: number,
): Outcome {
  const differences: string[] = [];
  let done = 0;
  while (done < cases && differences.length === 0) {
    const count = Math.min(BATCH, Math.ceil((cases - done) / MODES.length));
    const records = new Uint32Array(count * RECORD_WORDS);
    fillOperands(records, operation, random, count);
    const expected = oracle.run(index, MODES, records, count);
    for (const before of [0, 1]) {
      subject.load(operation, before);
      for (const mode of MODES) {
        const found = subject.run(mode, records, count);
        const wanted = expected.subarray(mode * count * 2, (mode + 1) * count * 2);
        for (let i = 0; i < count * 2 && differences.length < 5; i += 2) {
          const flags = before ? (wanted[i + 1] ?? 0n) | NX : wanted[i + 1];
          if (found[i] === wanted[i] && found[i + 1] === flags) continue;
          const operands = new BigUint64Array(records.buffer, i * 12, 3).subarray(
            0,
            operation.sources.length,
          );
          differences.push(
            `${operation.name} rm=${mode} NX=${before} (${[...operands].map(hex).join(", ")}): ` +
              `${hex(found[i])} flags ${found[i + 1]}, expected ${hex(wanted[i])} flags ${flags}`,
          );
        }
      }
    }
    done += count * MODES.length;
  }
  return { cases: done, differences };
}
