/** Tells what is executed for the first time from what a machine that went back executes again. */
import type { TraceCursor } from "../core/trace-buffer.ts";

/** The last cycle that a hart has come to, and what was told of it; in timed runs several instructions may end there. */
interface Furthest {
  cycle: number;
  readonly kinds: string[];
  readonly pcs: number[];
}

export class FirstTime {
  readonly #harts: Furthest[] = [];

  /** Whether nothing like the record was told before. Those of a hart come in the order of cycles, the killed ones apart. */
  admits({ hart, cycle, kind, pc }: TraceCursor): boolean {
    let furthest = this.#harts[hart];
    if (!furthest) {
      furthest = { cycle, kinds: [], pcs: [] };
      this.#harts[hart] = furthest;
    }
    if (cycle < furthest.cycle) return false;
    const { kinds, pcs } = furthest;
    if (cycle > furthest.cycle) {
      furthest.cycle = cycle;
      kinds.length = 0;
      pcs.length = 0;
    } else if (pcs.some((other, index) => other === pc && kinds[index] === kind)) return false;
    kinds.push(kind);
    pcs.push(pc);
    return true;
  }
}
