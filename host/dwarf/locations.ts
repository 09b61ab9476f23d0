/** Which expression tells where a variable is at an address: the attribute itself, or a list in .debug_loclists (section 2.6). */
import { Cursor } from "./cursor.ts";
import type { Entry } from "./entries.ts";
import { unitBase } from "./ranges.ts";

const LLE = {
  end: 0,
  offsetPair: 4,
  defaultLocation: 5,
  baseAddress: 6,
  startEnd: 7,
  startLength: 8,
  viewPair: 9,
} as const;

/** The expression of `attribute` that holds at `pc`; undefined where the variable has been optimised out. */
export function expressionAt(
  entry: Entry,
  attribute: number,
  pc: bigint,
  sections: ReadonlyMap<string, Uint8Array>,
): Uint8Array | undefined {
  const value = entry.attributes.get(attribute);
  if (value instanceof Uint8Array) return value;
  const bytes = sections.get(".debug_loclists");
  if (typeof value !== "number" || !bytes) return undefined;
  return findIn(new Cursor(bytes, value), unitBase(entry), pc);
}

function findIn(cursor: Cursor, unit: bigint, pc: bigint): Uint8Array | undefined {
  let base = unit;
  let otherwise: Uint8Array | undefined;
  for (;;) {
    const kind = cursor.u8();
    let low: bigint;
    let high: bigint;
    switch (kind) {
      case LLE.end:
        return otherwise;
      case LLE.baseAddress:
        base = cursor.u64();
        continue;
      case LLE.viewPair:
        cursor.uleb();
        cursor.uleb();
        continue;
      case LLE.defaultLocation:
        otherwise = cursor.block(cursor.uleb());
        continue;
      case LLE.offsetPair:
        low = base + cursor.wideUleb();
        high = base + cursor.wideUleb();
        break;
      case LLE.startEnd:
        low = cursor.u64();
        high = cursor.u64();
        break;
      case LLE.startLength:
        low = cursor.u64();
        high = low + cursor.wideUleb();
        break;
      default:
        throw new RangeError(`location list entry ${kind}`);
    }
    const expression = cursor.block(cursor.uleb());
    if (pc >= low && pc < high) return expression;
  }
}
