/** What one ELF file tells a debugger: lines, functions and what was inlined where, variables, types, call frames. */
import { CallFrames, type FrameSection } from "./call-frames.ts";
import { AT, TAG } from "./constants.ts";
import { elfSections, type Inflate, sectionAddress } from "./elf-sections.ts";
import { type Entry, nameOf, numberOf, readUnits, type Unit } from "./entries.ts";
import { LINE_SECTIONS, LineTable } from "./line-table.ts";
import { expressionAt } from "./locations.ts";
import { type AddressRange, covers, rangesOf } from "./ranges.ts";

const SECTIONS = [
  ...LINE_SECTIONS,
  ...[".debug_info", ".debug_abbrev", ".debug_loclists", ".debug_rnglists", ".debug_frame", ".eh_frame"],
];

/** A function, or one that was inlined into it. */
export interface Scope {
  readonly entry: Entry;
  readonly name: string;
  readonly ranges: readonly AddressRange[];
  /** Where it was called, when it was inlined. */
  readonly calledAt: { readonly file: string; readonly line: number } | undefined;
}

/** A variable or parameter that is visible somewhere. */
export interface Variable {
  readonly name: string;
  readonly entry: Entry;
  readonly isParameter: boolean;
}

export class DebugImage {
  readonly lines: LineTable;
  readonly frames: CallFrames;
  readonly #sections: ReadonlyMap<string, Uint8Array>;
  readonly #units: readonly Unit[];
  #unitRanges: { unit: Unit; ranges: AddressRange[] }[] | undefined;
  readonly #ranged = new Map<Entry, readonly AddressRange[]>();
  #globals: Map<string, Entry> | undefined;
  #types: Map<string, Entry> | undefined;

  /** Of an ELF file with DWARF 5; without it, or where it is damaged, there is nothing to find. */
  static async read(elf: Uint8Array, inflate: Inflate): Promise<DebugImage> {
    const sections = await elfSections(elf, SECTIONS, inflate);
    return new DebugImage(sections, sectionAddress(elf, ".eh_frame"));
  }

  private constructor(sections: ReadonlyMap<string, Uint8Array>, ehFrame: bigint | undefined) {
    this.#sections = sections;
    this.lines = new LineTable(sections);
    const debugFrame = sections.get(".debug_frame");
    const eh = sections.get(".eh_frame");
    const frameSections: FrameSection[] = [];
    if (debugFrame) frameSections.push({ bytes: debugFrame, address: 0n, isEh: false });
    if (eh) frameSections.push({ bytes: eh, address: ehFrame ?? 0n, isEh: true });
    this.frames = new CallFrames(frameSections);
    this.#units = unlessDamaged(() => readUnits(sections), []);
  }

  /** The function at a link address and what is inlined there, the outermost first. */
  scopesAt(pc: bigint): Scope[] {
    return unlessDamaged(() => {
      const root = this.#unitAt(pc)?.tree();
      const scopes: Scope[] = [];
      let level = root?.children ?? [];
      while (level.length > 0) {
        const inside = level.find((entry) => this.#isCode(entry) && covers(this.#ranges(entry), pc));
        if (!inside) break;
        if (inside.tag !== TAG.lexicalBlock) scopes.push(this.#scope(inside));
        level = inside.children;
      }
      return scopes;
    }, []);
  }

  /** The variables of a scope that are visible at `pc`, inner ones first; those of functions inlined there are not in it. */
  variablesIn(scope: Scope, pc: bigint): Variable[] {
    return unlessDamaged(() => this.#variables(scope.entry, pc), []);
  }

  /** A variable of file scope; of several static ones of the name, that of the unit at `pc` if there is one. */
  global(name: string, pc?: bigint): Entry | undefined {
    return unlessDamaged(() => {
      const near = pc === undefined ? undefined : this.#unitAt(pc)?.tree();
      const own = near?.children.find((entry) => isDefinition(entry) && nameOf(this.origin(entry)) === name);
      return own ?? this.#globalsByName().get(name);
    }, undefined);
  }

  /** A type by its name: `struct task_struct`, `enum x`, `unsigned int`, a typedef. */
  typeNamed(name: string): Entry | undefined {
    return unlessDamaged(() => {
      if (!this.#types) this.#indexTypes();
      return this.#types?.get(name);
    }, undefined);
  }

  /** The pointer types to a type that its unit has. */
  pointersTo(type: Entry | undefined): Entry[] {
    const entries = unlessDamaged(() => type?.unit.tree()?.children, undefined) ?? [];
    return entries.filter(
      (entry) => entry.tag === TAG.pointerType && numberOf(entry, AT.type) === type?.offset,
    );
  }

  /** The expression that tells where a variable is at `pc`. */
  locationOf(entry: Entry, pc: bigint): Uint8Array | undefined {
    return this.expression(entry, AT.location, pc) ?? this.expression(this.origin(entry), AT.location, pc);
  }

  expression(entry: Entry, attribute: number, pc: bigint): Uint8Array | undefined {
    return unlessDamaged(() => expressionAt(entry, attribute, pc, this.#sections), undefined);
  }

  /** The entry that has name and type: the abstract origin or the declaration, if there is one. */
  origin(entry: Entry): Entry {
    let here = entry;
    for (let hops = 0; hops < 4; hops++) {
      const offset = numberOf(here, AT.abstractOrigin) ?? numberOf(here, AT.specification);
      const next = offset === undefined ? undefined : this.entryAt(offset, here);
      if (!next) break;
      here = next;
    }
    return here;
  }

  /** The entry of a variable's or a type's own type; undefined is void. */
  typeOf(entry: Entry): Entry | undefined {
    for (const candidate of [entry, this.origin(entry)]) {
      const offset = numberOf(candidate, AT.type);
      if (offset !== undefined) return this.entryAt(offset, candidate);
    }
    return undefined;
  }

  entryAt(offset: number, near: Entry): Entry | undefined {
    const own = offset >= near.unit.start && offset < near.unit.end ? near.unit : undefined;
    const unit = own ?? this.#units.find(({ start, end }) => offset >= start && offset < end);
    return unlessDamaged(() => unit?.at(offset), undefined);
  }

  /** The call in `scope` that returns to `pc`: its parameters tell what registers held at the entry of the callee. */
  callAt(scope: Scope, pc: bigint): Entry | undefined {
    const search = (entry: Entry): Entry | undefined => {
      for (const child of entry.children) {
        if (child.tag === TAG.callSite && child.attributes.get(AT.callReturnPc) === pc) return child;
        const inner = this.#isCode(child) ? search(child) : undefined;
        if (inner) return inner;
      }
      return undefined;
    };
    return unlessDamaged(() => search(scope.entry), undefined);
  }

  #unitAt(pc: bigint): Unit | undefined {
    this.#unitRanges ??= this.#units.map((unit) => ({
      unit,
      ranges: unit.root ? rangesOf(unit.root, this.#sections) : [],
    }));
    return this.#unitRanges.find(({ ranges }) => covers(ranges, pc))?.unit;
  }

  #isCode({ tag }: Entry): boolean {
    return tag === TAG.subprogram || tag === TAG.inlinedSubroutine || tag === TAG.lexicalBlock;
  }

  #ranges(entry: Entry): readonly AddressRange[] {
    const known = this.#ranged.get(entry) ?? rangesOf(entry, this.#sections);
    this.#ranged.set(entry, known);
    return known;
  }

  #scope(entry: Entry): Scope {
    const table = numberOf(entry.unit.root, AT.stmtList);
    const files = table === undefined ? [] : this.lines.filesOf(table);
    const line = numberOf(entry, AT.callLine);
    const file = files[numberOf(entry, AT.callFile) ?? -1];
    return {
      entry,
      name: nameOf(this.origin(entry)) ?? "?",
      ranges: this.#ranges(entry),
      calledAt:
        entry.tag === TAG.inlinedSubroutine && line !== undefined && file !== undefined
          ? { file, line }
          : undefined,
    };
  }

  #variables(entry: Entry, pc: bigint): Variable[] {
    const own: Variable[] = [];
    const inner: Variable[] = [];
    for (const child of entry.children) {
      const isParameter = child.tag === TAG.formalParameter;
      if (child.tag === TAG.lexicalBlock && covers(this.#ranges(child), pc))
        inner.push(...this.#variables(child, pc));
      if (!isParameter && child.tag !== TAG.variable) continue;
      const name = nameOf(this.origin(child));
      if (name !== undefined) own.push({ name, entry: child, isParameter });
    }
    return [...inner, ...own];
  }

  #globalsByName(): ReadonlyMap<string, Entry> {
    if (this.#globals) return this.#globals;
    const globals = new Map<string, Entry>();
    for (const unit of this.#units) {
      for (const entry of unlessDamaged(() => unit.tree()?.children, undefined) ?? []) {
        const name = isDefinition(entry) ? nameOf(this.origin(entry)) : undefined;
        if (name === undefined) continue;
        if (!globals.has(name) || this.origin(entry).attributes.get(AT.external) === true)
          globals.set(name, entry);
      }
    }
    this.#globals = globals;
    return globals;
  }

  #indexTypes(): void {
    const types = new Map<string, Entry>();
    for (const unit of this.#units) {
      for (const entry of unlessDamaged(() => unit.tree()?.children, undefined) ?? []) {
        const name = nameOf(entry);
        const prefix = TYPE_PREFIXES.get(entry.tag);
        if (name === undefined || prefix === undefined || entry.attributes.get(AT.declaration) === true)
          continue;
        if (!types.has(prefix + name)) types.set(prefix + name, entry);
      }
    }
    this.#types = types;
  }
}

/** The types that have names, and what C writes before them. */
const TYPE_PREFIXES: ReadonlyMap<number, string> = new Map([
  [TAG.baseType, ""],
  [TAG.typedef, ""],
  [TAG.structureType, "struct "],
  [TAG.unionType, "union "],
  [TAG.enumerationType, "enum "],
]);

const isDefinition = (entry: Entry): boolean =>
  entry.tag === TAG.variable && entry.attributes.has(AT.location);

function unlessDamaged<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}
