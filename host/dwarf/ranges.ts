/** Which addresses an entry covers: low and high pc, or a list in .debug_rnglists (DWARF 5, section 2.17). */
import { AT } from "./constants.ts";
import { Cursor } from "./cursor.ts";
import type { Entry } from "./entries.ts";

/** From `low` up to `high`, which is not in it. */
export interface AddressRange {
  readonly low: bigint;
  readonly high: bigint;
}

const RLE = { end: 0, offsetPair: 4, baseAddress: 5, startEnd: 6, startLength: 7 } as const;

/** The address that the offsets of a unit's lists count from. */
export function unitBase(entry: Entry): bigint {
  const low = entry.unit.root?.attributes.get(AT.lowPc);
  return typeof low === "bigint" ? low : 0n;
}

export function rangesOf(entry: Entry, sections: ReadonlyMap<string, Uint8Array>): AddressRange[] {
  const low = entry.attributes.get(AT.lowPc);
  const high = entry.attributes.get(AT.highPc);
  if (typeof low === "bigint" && high !== undefined) {
    const end = typeof high === "bigint" ? high : low + BigInt(high as number);
    return end > low ? [{ low, high: end }] : [];
  }
  const list = entry.attributes.get(AT.ranges);
  const bytes = sections.get(".debug_rnglists");
  return typeof list === "number" && bytes ? readList(new Cursor(bytes, list), unitBase(entry)) : [];
}

function readList(cursor: Cursor, unit: bigint): AddressRange[] {
  const ranges: AddressRange[] = [];
  let base = unit;
  for (;;) {
    const kind = cursor.u8();
    let range: AddressRange;
    switch (kind) {
      case RLE.end:
        return ranges;
      case RLE.baseAddress:
        base = cursor.u64();
        continue;
      case RLE.offsetPair:
        range = { low: base + cursor.wideUleb(), high: base + cursor.wideUleb() };
        break;
      case RLE.startEnd:
        range = { low: cursor.u64(), high: cursor.u64() };
        break;
      case RLE.startLength: {
        const start = cursor.u64();
        range = { low: start, high: start + cursor.wideUleb() };
        break;
      }
      default:
        throw new RangeError(`range list entry ${kind}`);
    }
    if (range.high > range.low) ranges.push(range);
  }
}

export const covers = (ranges: readonly AddressRange[], address: bigint): boolean =>
  ranges.some(({ low, high }) => address >= low && address < high);
