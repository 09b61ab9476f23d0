/** Values of C programs: their bytes, wherever they are, and how people read them. */
import { type Location, numberOfBytes } from "./expression.ts";
import {
  dimensions,
  isSigned,
  kindOf,
  membersOf,
  plainType,
  sizeOf,
  type Type,
  targetOf,
  typeName,
} from "./types.ts";

/** Where values come from: memory, and the registers of a frame. */
export interface ValueSource {
  memory(address: bigint, length: number): Uint8Array | undefined;
  register(number: number): bigint | undefined;
  /** `name+0x12` for an address of code or data; undefined where nothing is known. */
  symbol(address: bigint): string | undefined;
}

export interface Value {
  readonly type: Type;
  /** Undefined: optimised out. */
  readonly location: Location | undefined;
  readonly source: ValueSource;
  /** Of a bit field: bits of the whole that `location` gives. */
  readonly bits?: { readonly first: number; readonly count: number };
}

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

const MOST_ELEMENTS = 1000;
/** Frame registers of more than 64 bits do not exist. */
const REGISTER_BYTES = 8;

function bytesOfNumber(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(length, REGISTER_BYTES));
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes.slice(0, length);
}

/** `length` bytes of what is at a location; undefined where they cannot be had. */
export function bytesAt(
  location: Location | undefined,
  length: number,
  source: ValueSource,
): Uint8Array | undefined {
  switch (location?.kind) {
    case undefined:
      return undefined;
    case "memory": {
      const bytes = source.memory(location.address, length);
      return bytes?.length === length ? bytes : undefined;
    }
    case "register": {
      const value = source.register(location.register);
      return value === undefined ? undefined : bytesOfNumber(value, length);
    }
    case "value":
      return bytesOfNumber(location.value, length);
    case "bytes":
      return location.bytes.length >= length ? location.bytes.slice(0, length) : undefined;
    case "pieces": {
      const whole = new Uint8Array(length);
      let at = 0;
      for (const piece of location.pieces) {
        const bytes = bytesAt(piece.location, piece.bytes, source);
        if (!bytes) return undefined;
        whole.set(bytes.subarray(0, length - at), at);
        at += piece.bytes;
        if (at >= length) break;
      }
      return whole;
    }
  }
}

/** A part of what is at a location. */
function partOf(
  location: Location | undefined,
  offset: number,
  source: ValueSource,
  whole: number | undefined,
): Location | undefined {
  if (!location || offset === 0) return location;
  if (location.kind === "memory")
    return { kind: "memory", address: BigInt.asUintN(64, location.address + BigInt(offset)) };
  const bytes = whole === undefined ? undefined : bytesAt(location, whole, source);
  return bytes && { kind: "bytes", bytes: bytes.slice(offset) };
}

/** The number that a value is, with its sign; undefined for other values and where it cannot be read. */
export function numberOfValue(value: Value): bigint | undefined {
  const size = sizeOf(value.type);
  if (size === undefined || size > 8) return undefined;
  if (value.bits) return bitField(value, size);
  const bytes = bytesAt(value.location, size, value.source);
  if (!bytes) return undefined;
  const number = numberOfBytes(bytes);
  return isSigned(value.type) ? BigInt.asIntN(size * 8, number) : number;
}

function bitField({ location, bits, source, type }: Value, size: number): bigint | undefined {
  if (!bits) return undefined;
  const first = Math.floor(bits.first / 8);
  const length = Math.min(Math.ceil((bits.first + bits.count) / 8) - first, 8);
  const bytes = bytesAt(partOf(location, first, source, first + size), length, source);
  if (!bytes) return undefined;
  const raw = numberOfBytes(bytes) >> BigInt(bits.first % 8);
  return isSigned(type) ? BigInt.asIntN(bits.count, raw) : BigInt.asUintN(bits.count, raw);
}

/** The parts of a value: members, elements, what a pointer points to. */
export function childrenOf(value: Value): NamedValue[] {
  const { source } = value;
  switch (kindOf(value.type)) {
    case "struct":
    case "union":
      return membersOf(value.type).map((member) => ({
        name: member.name,
        value: memberValue(value, member),
      }));
    case "array":
      return elements(value);
    case "pointer": {
      const target = targetOf(plainType(value.type));
      const kind = kindOf(target);
      const address = numberOfValue(value);
      if (address === undefined || address === 0n || ["void", "function", "character"].includes(kind))
        return [];
      const pointed = { type: target, location: { kind: "memory", address } as const, source };
      if (kind === "struct" || kind === "union") return childrenOf(pointed);
      return [{ name: "*", value: pointed }];
    }
    default:
      return [];
  }
}

/** A member of a struct or union. */
export function memberValue(
  whole: Value,
  member: { type: Type; offset: number; bits?: { first: number; count: number } },
): Value {
  const { location, source } = whole;
  if (member.bits) return { type: member.type, location, source, bits: member.bits };
  return { type: member.type, location: partOf(location, member.offset, source, sizeOf(whole.type)), source };
}

function elements(value: Value): NamedValue[] {
  const [length = 0, ...inner] = dimensions(value.type);
  const plain = plainType(value.type);
  const element = targetOf(plain);
  const size = sizeOf(element);
  if (size === undefined || inner.length > 0) return flattened(value, element, size);
  return Array.from({ length: Math.min(length, MOST_ELEMENTS) }, (_, index) => ({
    name: `[${index}]`,
    value: elementValue(value, element, size, index),
  }));
}

/** Arrays of arrays are shown with all their indices. */
function flattened(value: Value, element: Type, size: number | undefined): NamedValue[] {
  const lengths = dimensions(value.type);
  const count = lengths.reduce((product, length) => product * length, 1);
  if (size === undefined) return [];
  return Array.from({ length: Math.min(count, MOST_ELEMENTS) }, (_, flat) => {
    let rest = flat;
    const indices = [...lengths].reverse().map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    });
    const name = indices.reverse().map((index) => `[${index}]`);
    return { name: name.join(""), value: elementValue(value, element, size, flat) };
  });
}

export function elementValue(array: Value, element: Type, size: number, index: number): Value {
  const { location, source } = array;
  return { type: element, location: partOf(location, index * size, source, sizeOf(array.type)), source };
}

/** Whether there is more to see than the line. */
export const hasChildren = (value: Value): boolean => {
  switch (kindOf(value.type)) {
    case "struct":
    case "union":
      return value.location !== undefined;
    case "array":
      return value.location !== undefined && kindOf(targetOf(plainType(value.type))) !== "character";
    case "pointer":
      return childrenOf(value).length > 0;
    default:
      return false;
  }
};

export const valueTypeName = (value: Value): string => typeName(value.type);
