/** C types from their entries: names as C writes them, sizes, members. */
import { AT, ENCODING, TAG } from "./constants.ts";
import type { DebugImage } from "./debug-image.ts";
import { type Entry, nameOf, numberOf } from "./entries.ts";

/** A type entry with the image that it belongs to; without an entry it is void. */
export interface Type {
  readonly image: DebugImage;
  readonly entry: Entry | undefined;
}

export interface Member {
  /** Empty for an anonymous struct or union, whose members count as the outer one's. */
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start of the whole. */
  readonly offset: number;
  /** Of a bit field: bits from the start of the whole, and how many. */
  readonly bits?: { readonly first: number; readonly count: number };
}

export type TypeKind =
  | "void"
  | "integer"
  | "boolean"
  | "character"
  | "float"
  | "pointer"
  | "enum"
  | "struct"
  | "union"
  | "array"
  | "function"
  | "unknown";

const QUALIFIERS: ReadonlyMap<number, string> = new Map([
  [TAG.constType, "const"],
  [TAG.volatileType, "volatile"],
  [TAG.restrictType, "restrict"],
  [TAG.atomicType, "_Atomic"],
]);
/** Typedefs of typedefs, members of members. */
const DEEPEST = 50;
const POINTER_BYTES = 8;

export const typeOf = (image: DebugImage, entry: Entry): Type => ({ image, entry: image.typeOf(entry) });

/** The type that a pointer points to, an array is made of, a typedef stands for. */
export const targetOf = ({ image, entry }: Type): Type => ({
  image,
  entry: entry && image.typeOf(entry),
});

/** Without typedefs and qualifiers. */
export function plainType(type: Type): Type {
  let here = type;
  for (let depth = 0; depth < DEEPEST && here.entry; depth++) {
    if (here.entry.tag !== TAG.typedef && !QUALIFIERS.has(here.entry.tag)) break;
    here = targetOf(here);
  }
  return completed(here);
}

/** The definition of a struct that is only declared in its unit. */
function completed(type: Type): Type {
  const { entry, image } = type;
  if (entry?.attributes.get(AT.declaration) !== true) return type;
  const prefix = entry.tag === TAG.unionType ? "union" : "struct";
  const definition = image.typeNamed(`${prefix} ${nameOf(entry)}`);
  return definition ? { image, entry: definition } : type;
}

export function kindOf(type: Type): TypeKind {
  const { entry } = plainType(type);
  switch (entry?.tag) {
    case undefined:
      return "void";
    case TAG.baseType:
      return baseKind(numberOf(entry, AT.encoding));
    case TAG.pointerType:
      return "pointer";
    case TAG.enumerationType:
      return "enum";
    case TAG.structureType:
      return "struct";
    case TAG.unionType:
      return "union";
    case TAG.arrayType:
      return "array";
    case TAG.subroutineType:
      return "function";
    default:
      return "unknown";
  }
}

function baseKind(encoding: number | undefined): TypeKind {
  switch (encoding) {
    case ENCODING.boolean:
      return "boolean";
    case ENCODING.float:
      return "float";
    case ENCODING.signedChar:
    case ENCODING.unsignedChar:
      return "character";
    default:
      return "integer";
  }
}

export function isSigned(type: Type): boolean {
  const plain = plainType(type);
  if (plain.entry?.tag === TAG.enumerationType) {
    const values = enumerators(plain).map(({ value }) => value);
    return values.some((value) => value < 0n);
  }
  const encoding = numberOf(plain.entry, AT.encoding);
  return encoding === ENCODING.signed || encoding === ENCODING.signedChar;
}

/** Bytes of a value; undefined where that is not known. */
export function sizeOf(type: Type): number | undefined {
  const plain = plainType(type);
  const told = numberOf(plain.entry, AT.byteSize);
  if (told !== undefined) return told;
  if (plain.entry?.tag === TAG.pointerType) return POINTER_BYTES;
  if (plain.entry?.tag !== TAG.arrayType) return undefined;
  const element = sizeOf(targetOf(plain));
  const count = dimensions(plain).reduce((product, length) => product * length, 1);
  return element === undefined ? undefined : element * count;
}

/** Lengths of an array, the outermost first; 0 where it is open. */
export function dimensions(array: Type): number[] {
  const ranges = plainType(array).entry?.children.filter(({ tag }) => tag === TAG.subrangeType) ?? [];
  return ranges.map((range) => {
    const upper = range.attributes.get(AT.upperBound);
    const count = numberOf(range, AT.count);
    if (count !== undefined) return count;
    return typeof upper === "number" ? upper + 1 : 0;
  });
}

export function membersOf(type: Type): Member[] {
  const { image, entry } = plainType(type);
  const members = entry?.children.filter(({ tag }) => tag === TAG.member) ?? [];
  return members.map((member) => {
    const bitOffset = numberOf(member, AT.dataBitOffset);
    const bitCount = numberOf(member, AT.bitSize);
    const offset = numberOf(member, AT.dataMemberLocation) ?? 0;
    return {
      name: nameOf(member) ?? "",
      type: typeOf(image, member),
      offset,
      ...(bitCount !== undefined && { bits: { first: bitOffset ?? offset * 8, count: bitCount } }),
    };
  });
}

/** The member of that name, in anonymous structs and unions, too; its offset counts from the start of the whole. */
export function memberNamed(type: Type, name: string, depth = 0): Member | undefined {
  if (depth > DEEPEST) return undefined;
  for (const member of membersOf(type)) {
    if (member.name === name) return member;
    if (member.name !== "") continue;
    const inner = memberNamed(member.type, name, depth + 1);
    if (!inner) continue;
    const bits = inner.bits && { first: inner.bits.first + member.offset * 8, count: inner.bits.count };
    return { ...inner, offset: inner.offset + member.offset, ...(bits && { bits }) };
  }
  return undefined;
}

export function enumerators(type: Type): { name: string; value: bigint }[] {
  const entries = plainType(type).entry?.children.filter(({ tag }) => tag === TAG.enumerator) ?? [];
  return entries.map((entry) => {
    const value = entry.attributes.get(AT.constValue);
    const number = typeof value === "number" || typeof value === "bigint" ? BigInt(value) : 0n;
    return { name: nameOf(entry) ?? "?", value: number };
  });
}

/** As C declares it: `struct task_struct *`, `char [16]`, `int (*)()`. */
export function typeName(type: Type, inner = "", depth = 0): string {
  const { entry } = type;
  const around = (text: string): string => (inner === "" ? text : `${text} ${inner}`);
  if (!entry || depth > DEEPEST) return around("void");
  const qualifier = QUALIFIERS.get(entry.tag);
  const target = (): Type => targetOf(type);
  if (qualifier !== undefined) {
    const pointer = plainType(target()).entry?.tag === TAG.pointerType;
    if (pointer) return typeName(target(), around(qualifier), depth + 1);
    return `${qualifier} ${typeName(target(), inner, depth + 1)}`;
  }
  switch (entry.tag) {
    case TAG.pointerType: {
      const pointed = target().entry?.tag;
      const isBracketed = pointed === TAG.arrayType || pointed === TAG.subroutineType;
      return typeName(target(), isBracketed ? `(*${inner})` : `*${inner}`, depth + 1);
    }
    case TAG.arrayType: {
      const lengths = dimensions(type).map((length) => `[${length || ""}]`);
      return typeName(target(), `${inner}${lengths.join("")}`, depth + 1);
    }
    case TAG.subroutineType: {
      const parameters = entry.children.map((child) =>
        child.tag === TAG.unspecifiedParameters ? "..." : typeName(typeOf(type.image, child), "", depth + 1),
      );
      return typeName(target(), `${inner}(${parameters.join(", ")})`, depth + 1);
    }
    default:
      return around(tagged(entry));
  }
}

function tagged(entry: Entry): string {
  const name = nameOf(entry) ?? "{...}";
  switch (entry.tag) {
    case TAG.structureType:
      return `struct ${name}`;
    case TAG.unionType:
      return `union ${name}`;
    case TAG.enumerationType:
      return `enum ${name}`;
    default:
      return name;
  }
}
