/** Attribute values of DWARF by their forms (section 7.5.6). */
import type { Cursor } from "./cursor.ts";

/**
 * Addresses are bigints, other numbers are numbers as long as they fit; references are offsets in .debug_info, those into
 * other sections offsets there; blocks and expressions are bytes.
 */
export type AttributeValue = number | bigint | string | boolean | Uint8Array;

/** The sections that forms point into. */
export interface StringSections {
  readonly str: Cursor | undefined;
  readonly lineStr: Cursor | undefined;
}

const FORM_INDIRECT = 0x16;
const FORM_IMPLICIT_CONST = 0x21;

function small(value: bigint): number | bigint {
  return value <= 0x1f_ffff_ffff_ffffn ? Number(value) : value;
}

function stringAt(section: Cursor | undefined, offset: number): string {
  if (!section) return "";
  section.at = offset;
  return section.string();
}

/** Reads one value. `unitStart` is the offset of the unit's header, from which references count. */
export function readForm(
  cursor: Cursor,
  form: number,
  implicit: number,
  unitStart: number,
  strings: StringSections,
): AttributeValue {
  switch (form) {
    case 0x01:
      return cursor.u64();
    case 0x03:
      return cursor.block(cursor.u16());
    case 0x04:
      return cursor.block(cursor.u32());
    case 0x05:
      return cursor.u16();
    case 0x06:
    case 0x17:
    case 0x10:
      return cursor.u32();
    case 0x07:
    case 0x20:
      return small(cursor.u64());
    case 0x08:
      return cursor.string();
    case 0x09:
    case 0x18:
      return cursor.block(cursor.uleb());
    case 0x0a:
      return cursor.block(cursor.u8());
    case 0x0b:
      return cursor.u8();
    case 0x0c:
      return cursor.u8() !== 0;
    case 0x0d:
      return cursor.sleb();
    case 0x0e:
      return stringAt(strings.str, cursor.u32());
    case 0x0f:
      return small(cursor.wideUleb());
    case 0x1b:
    case 0x22:
    case 0x23:
      return cursor.uleb();
    case 0x11:
      return unitStart + cursor.u8();
    case 0x12:
      return unitStart + cursor.u16();
    case 0x13:
      return unitStart + cursor.u32();
    case 0x14:
      return unitStart + Number(cursor.u64());
    case 0x15:
      return unitStart + cursor.uleb();
    case FORM_INDIRECT:
      return readForm(cursor, cursor.uleb(), 0, unitStart, strings);
    case 0x19:
      return true;
    case 0x1e:
      return cursor.block(16);
    case 0x1f:
      return stringAt(strings.lineStr, cursor.u32());
    case FORM_IMPLICIT_CONST:
      return implicit;
    default:
      throw new RangeError(`form 0x${form.toString(16)} in .debug_info`);
  }
}

/** Whether an abbreviation holds the value of that form itself. */
export const isImplicit = (form: number): boolean => form === FORM_IMPLICIT_CONST;
