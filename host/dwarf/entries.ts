/** The tree of debugging information entries: units are read when they are first asked for (DWARF 5, sections 2 and 7.5). */
import { AT } from "./constants.ts";
import { Cursor } from "./cursor.ts";
import { type AttributeValue, isImplicit, readForm, type StringSections } from "./forms.ts";

export interface Entry {
  /** In .debug_info. */
  readonly offset: number;
  readonly tag: number;
  readonly attributes: ReadonlyMap<number, AttributeValue>;
  readonly children: Entry[];
  readonly parent: Entry | undefined;
  readonly unit: Unit;
}

interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly { readonly name: number; readonly form: number; readonly implicit: number }[];
}

const VERSION = 5;
const COMPILE_UNIT = 1;
const PARTIAL_UNIT = 3;
/** Beyond it a tree is no tree. */
const DEEPEST = 200;

export class Unit {
  readonly start: number;
  readonly end: number;
  readonly #firstEntry: number;
  readonly #abbreviations: () => ReadonlyMap<number, Abbreviation>;
  readonly #info: Uint8Array;
  readonly #strings: StringSections;
  #root: Entry | undefined;
  readonly #byOffset = new Map<number, Entry>();
  /** Set once the whole tree was read. */
  #read = false;

  constructor(
    info: Uint8Array,
    strings: StringSections,
    place: { start: number; end: number; firstEntry: number },
    abbreviations: () => ReadonlyMap<number, Abbreviation>,
  ) {
    this.#info = info;
    this.#strings = strings;
    this.start = place.start;
    this.end = place.end;
    this.#firstEntry = place.firstEntry;
    this.#abbreviations = abbreviations;
  }

  /** The unit's own entry, without its children unless they were read. */
  get root(): Entry | undefined {
    this.#root ??= this.#entry(new Cursor(this.#info, this.#firstEntry), undefined)?.entry;
    return this.#root;
  }

  /** The whole tree. */
  tree(): Entry | undefined {
    if (this.#read) return this.#root;
    this.#read = true;
    const cursor = new Cursor(this.#info, this.#firstEntry);
    const first = this.#entry(cursor, undefined);
    this.#root = first?.entry;
    if (!first?.hasChildren) return this.#root;
    for (let parent: Entry | undefined = first.entry, depth = 1; parent && cursor.at < this.end; ) {
      const next = this.#entry(cursor, parent);
      if (!next) {
        parent = parent.parent;
        depth -= 1;
        continue;
      }
      parent.children.push(next.entry);
      if (!next.hasChildren) continue;
      parent = next.entry;
      depth += 1;
      if (depth > DEEPEST) throw new RangeError("entries nest too deeply");
    }
    return this.#root;
  }

  at(offset: number): Entry | undefined {
    this.tree();
    return this.#byOffset.get(offset);
  }

  /** Undefined for the null entry that ends a list of siblings. */
  #entry(cursor: Cursor, parent: Entry | undefined): { entry: Entry; hasChildren: boolean } | undefined {
    const offset = cursor.at;
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const abbreviation = this.#abbreviations().get(code);
    if (!abbreviation) throw new RangeError(`no abbreviation ${code}`);
    const attributes = new Map<number, AttributeValue>();
    for (const { name, form, implicit } of abbreviation.attributes) {
      attributes.set(name, readForm(cursor, form, implicit, this.start, this.#strings));
    }
    const entry = { offset, tag: abbreviation.tag, attributes, children: [], parent, unit: this };
    this.#byOffset.set(offset, entry);
    return { entry, hasChildren: abbreviation.hasChildren };
  }
}

function readAbbreviations(section: Uint8Array, offset: number): ReadonlyMap<number, Abbreviation> {
  const cursor = new Cursor(section, offset);
  const table = new Map<number, Abbreviation>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes: { name: number; form: number; implicit: number }[] = [];
    for (;;) {
      const name = cursor.uleb();
      const form = cursor.uleb();
      const implicit = isImplicit(form) ? cursor.sleb() : 0;
      if (name === 0 && form === 0) break;
      attributes.push({ name, form, implicit });
    }
    table.set(code, { tag, hasChildren, attributes });
  }
  return table;
}

/** The units of a file in the order of their offsets; those of other versions and kinds are left out. */
export function readUnits(sections: ReadonlyMap<string, Uint8Array>): Unit[] {
  const info = sections.get(".debug_info");
  const abbrev = sections.get(".debug_abbrev");
  if (!info || !abbrev) return [];
  const cursorOf = (name: string): Cursor | undefined => {
    const bytes = sections.get(name);
    return bytes && new Cursor(bytes);
  };
  const strings = { str: cursorOf(".debug_str"), lineStr: cursorOf(".debug_line_str") };
  const tables = new Map<number, ReadonlyMap<number, Abbreviation>>();
  const units: Unit[] = [];
  const cursor = new Cursor(info);
  while (cursor.at + 12 < info.length) {
    const start = cursor.at;
    const end = cursor.u32() + cursor.at;
    const version = cursor.u16();
    const kind = cursor.u8();
    const addressBytes = cursor.u8();
    const abbreviationsAt = cursor.u32();
    if (version === VERSION && addressBytes === 8 && (kind === COMPILE_UNIT || kind === PARTIAL_UNIT)) {
      const abbreviations = (): ReadonlyMap<number, Abbreviation> => {
        const known = tables.get(abbreviationsAt) ?? readAbbreviations(abbrev, abbreviationsAt);
        tables.set(abbreviationsAt, known);
        return known;
      };
      units.push(
        new Unit(
          info,
          strings,
          { start, end: Math.min(end, info.length), firstEntry: cursor.at },
          abbreviations,
        ),
      );
    }
    cursor.at = end;
  }
  return units;
}

export function numberOf(entry: Entry | undefined, attribute: number): number | undefined {
  const value = entry?.attributes.get(attribute);
  return typeof value === "bigint" ? Number(value) : typeof value === "number" ? value : undefined;
}

export function nameOf(entry: Entry | undefined): string | undefined {
  const name = entry?.attributes.get(AT.name);
  return typeof name === "string" ? name : undefined;
}
