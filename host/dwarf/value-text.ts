/** Values of C programs as people read them, in a line. */
import { dimensions, enumerators, kindOf, plainType, sizeOf, type Type, targetOf } from "./types.ts";
import {
  bytesAt,
  childrenOf,
  type NamedValue,
  numberOfValue,
  type Value,
  type ValueSource,
} from "./values.ts";

export const OPTIMISED_OUT = "<optimized out>";
const UNREADABLE = "<cannot be read>";
const LONGEST_STRING = 200;
const PREVIEW = 8;

const hex = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16)}`;

/** A character as C writes it between quotes. */
function quoted(code: number, quote: string): string {
  const special = new Map([
    [0, "\\0"],
    [9, "\\t"],
    [10, "\\n"],
    [13, "\\r"],
    [0x5c, "\\\\"],
  ]).get(code);
  if (special !== undefined) return special;
  const character = String.fromCharCode(code);
  if (character === quote) return `\\${quote}`;
  return code >= 0x20 && code < 0x7f ? character : `\\x${code.toString(16).padStart(2, "0")}`;
}

function quotedString(bytes: Uint8Array, ended: boolean): string {
  return `"${[...bytes].map((code) => quoted(code, '"')).join("")}"${ended ? "" : "..."}`;
}

/** The C string at an address. */
function stringAt(address: bigint, { memory }: ValueSource): string | undefined {
  const bytes = memory(address, LONGEST_STRING);
  if (!bytes || bytes.length === 0) return undefined;
  const end = bytes.indexOf(0);
  return quotedString(end < 0 ? bytes : bytes.subarray(0, end), end >= 0);
}

/** In a line. `depth` is how far into the value to go. */
export function formatValue(value: Value, depth = 1): string {
  if (value.location === undefined) return OPTIMISED_OUT;
  switch (kindOf(value.type)) {
    case "struct":
    case "union":
      return depth > 0 ? preview(childrenOf(value), depth, true) : "{...}";
    case "array":
      return formatArray(value, depth);
    case "pointer":
      return formatPointer(value);
    case "function":
      return value.location.kind === "memory" ? code(value.location.address, value.source) : UNREADABLE;
    case "void":
      return "void";
    default:
      return formatScalar(value);
  }
}

function preview(children: readonly NamedValue[], depth: number, named: boolean): string {
  const shown = children.slice(0, PREVIEW).map(({ name, value }) => {
    const text = formatValue(value, depth - 1);
    return named && name !== "" ? `${name} = ${text}` : text;
  });
  return `{${shown.join(", ")}${children.length > PREVIEW ? ", ..." : ""}}`;
}

function formatArray(value: Value, depth: number): string {
  const element = targetOf(plainType(value.type));
  const [length = 0, ...inner] = dimensions(value.type);
  if (inner.length === 0 && kindOf(element) === "character") {
    const bytes = bytesAt(value.location, Math.min(length, LONGEST_STRING), value.source);
    if (!bytes) return UNREADABLE;
    const end = bytes.indexOf(0);
    return quotedString(end < 0 ? bytes : bytes.subarray(0, end), end >= 0 || bytes.length === length);
  }
  return depth > 0 ? preview(childrenOf(value), depth, false) : "{...}";
}

function code(address: bigint, { symbol }: ValueSource): string {
  const name = symbol(address);
  return name === undefined ? hex(address) : `${hex(address)} <${name}>`;
}

function formatPointer(value: Value): string {
  const address = numberOfValue(value);
  if (address === undefined) return UNREADABLE;
  const target = targetOf(plainType(value.type));
  if (address === 0n) return "0x0";
  if (kindOf(target) === "character") {
    const text = stringAt(address, value.source);
    return text === undefined ? hex(address) : `${hex(address)} ${text}`;
  }
  return code(address, value.source);
}

function formatScalar(value: Value): string {
  const number = numberOfValue(value);
  if (number === undefined) return UNREADABLE;
  const kind = kindOf(value.type);
  switch (kind) {
    case "boolean":
      return number === 0n ? "false" : number === 1n ? "true" : `${number}`;
    case "character":
      return `${number} '${quoted(Number(BigInt.asUintN(8, number)), "'")}'`;
    case "float":
      return formatFloat(number, sizeOf(value.type));
    case "enum":
      return formatEnum(value.type, number);
    default:
      return `${number}`;
  }
}

function formatFloat(bits: bigint, size: number | undefined): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, bits), true);
  return `${size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)}`;
}

/** The name of the value, or of its flags. */
function formatEnum(type: Type, number: bigint): string {
  const names = enumerators(type);
  const exact = names.find(({ value }) => value === number);
  if (exact) return exact.name;
  let rest = number;
  const flags = names.filter(({ value }) => {
    if (value <= 0n || (rest & value) !== value) return false;
    rest &= ~value;
    return true;
  });
  return flags.length > 0 && rest === 0n ? flags.map(({ name }) => name).join(" | ") : `${number}`;
}
