/** Reads the line table of DWARF 5 (sections 6.2.2 to 6.2.5): which source line an address belongs to. */
import { Cursor } from "./cursor.ts";
import { elfSections, type Inflate } from "./elf-sections.ts";
import type { AddressRange } from "./ranges.ts";

/** The sections that a line table takes. */
export const LINE_SECTIONS = [".debug_line", ".debug_line_str", ".debug_str"];

export interface SourceLine {
  /** Path as the compiler had it. */
  readonly file: string;
  readonly line: number;
}

interface Row extends SourceLine {
  readonly address: bigint;
  /** The row only closes the one before it. */
  readonly end: boolean;
  /** A good place to stop. */
  readonly isStatement: boolean;
}

/** DW_LNCT_*: what a column of the directory and file tables holds. */
const CONTENT_PATH = 1;
const CONTENT_DIRECTORY = 2;
const FORM = { block: 0x09, data1: 0x0b, data2: 0x05, data4: 0x06, data8: 0x07, data16: 0x1e } as const;
const FORM_STRING = 0x08;
const FORM_STRP = 0x0e;
const FORM_UDATA = 0x0f;
const FORM_LINE_STRP = 0x1f;

interface Strings {
  readonly str: Uint8Array | undefined;
  readonly lineStr: Uint8Array | undefined;
}

function readForm(cursor: Cursor, form: number, { str, lineStr }: Strings): number | string {
  switch (form) {
    case FORM_STRING:
      return cursor.string();
    case FORM_STRP:
      return str ? new Cursor(str, cursor.u32()).string() : `${cursor.u32()}`;
    case FORM_LINE_STRP:
      return lineStr ? new Cursor(lineStr, cursor.u32()).string() : `${cursor.u32()}`;
    case FORM_UDATA:
      return cursor.uleb();
    case FORM.data1:
      return cursor.u8();
    case FORM.data2:
      return cursor.u16();
    case FORM.data4:
      return cursor.u32();
    case FORM.data8:
      return Number(cursor.u64());
    case FORM.data16:
      cursor.at += 16;
      return 0;
    case FORM.block:
      cursor.at += cursor.uleb();
      return 0;
    default:
      throw new RangeError(`form 0x${form.toString(16)} in a line table`);
  }
}

/** A directory or file table: for each entry its path and the index of its directory. */
function readEntries(cursor: Cursor, strings: Strings): { path: string; directory: number }[] {
  const columns = Array.from({ length: cursor.u8() }, () => ({
    content: cursor.uleb(),
    form: cursor.uleb(),
  }));
  return Array.from({ length: cursor.uleb() }, () => {
    const entry = { path: "", directory: 0 };
    for (const { content, form } of columns) {
      const value = readForm(cursor, form, strings);
      if (content === CONTENT_PATH) entry.path = String(value);
      if (content === CONTENT_DIRECTORY) entry.directory = Number(value);
    }
    return entry;
  });
}

function join(directory: string | undefined, path: string): string {
  return directory === undefined || directory === "." || path.startsWith("/") ? path : `${directory}/${path}`;
}

interface UnitLines {
  readonly rows: readonly Row[];
  /** By the numbers that the unit's entries use. */
  readonly files: readonly string[];
}

/** Runs the line-number program of one unit, which ends at `end`. */
function readUnit(cursor: Cursor, end: number, strings: Strings): UnitLines {
  const rows: Row[] = [];
  if (cursor.u16() !== 5) return { rows, files: [] };
  cursor.at += 2;
  const program = cursor.u32() + cursor.at;
  const minimum = cursor.u8();
  cursor.at += 1;
  const statementsAtFirst = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  const lengths = Array.from({ length: opcodeBase - 1 }, () => cursor.u8());
  const [home, ...others] = readEntries(cursor, strings).map(({ path }) => path);
  const directories = [home, ...others.map((path) => join(home, path))];
  const files = readEntries(cursor, strings).map(({ path, directory }) => join(directories[directory], path));
  cursor.at = program;
  let address = 0n;
  let file = 1;
  let line = 1;
  let isStatement = statementsAtFirst;
  const advance = (count: number): void => {
    address += BigInt(count * minimum);
  };
  const emit = (isEnd = false): void => {
    rows.push({ address, file: files[file] ?? "", line, end: isEnd, isStatement });
  };
  const extended = (): void => {
    const next = cursor.uleb() + cursor.at;
    const opcode = cursor.u8();
    if (opcode === 1) {
      emit(true);
      address = 0n;
      file = 1;
      line = 1;
      isStatement = statementsAtFirst;
    } else if (opcode === 2) address = cursor.u64();
    cursor.at = next;
  };
  while (cursor.at < end) {
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      advance(Math.floor((opcode - opcodeBase) / lineRange));
      line += lineBase + ((opcode - opcodeBase) % lineRange);
      emit();
      continue;
    }
    switch (opcode) {
      case 0:
        extended();
        break;
      case 1:
        emit();
        break;
      case 2:
        advance(cursor.uleb());
        break;
      case 3:
        line += cursor.sleb();
        break;
      case 4:
        file = cursor.uleb();
        break;
      case 6:
        isStatement = !isStatement;
        break;
      case 8:
        advance(Math.floor((255 - opcodeBase) / lineRange));
        break;
      case 9:
        address += BigInt(cursor.u16());
        break;
      default:
        for (let operand = 0; operand < (lengths[opcode - 1] ?? 0); operand++) cursor.uleb();
    }
  }
  return { rows, files };
}

export class LineTable {
  readonly #rows: Row[];
  #withCode: ReadonlySet<string> | undefined;
  /** By the offset of the unit's table in .debug_line. */
  readonly #files = new Map<number, readonly string[]>();

  /** Of an ELF file with DWARF 5; without it, or where it is damaged, the table is empty. */
  static async read(elf: Uint8Array, inflate: Inflate): Promise<LineTable> {
    return new LineTable(await elfSections(elf, LINE_SECTIONS, inflate));
  }

  constructor(sections: ReadonlyMap<string, Uint8Array>) {
    this.#rows = [];
    const lines = sections.get(".debug_line");
    if (!lines) return;
    const strings = { str: sections.get(".debug_str"), lineStr: sections.get(".debug_line_str") };
    const cursor = new Cursor(lines);
    try {
      while (cursor.at + 4 < lines.length) {
        const offset = cursor.at;
        const end = cursor.u32() + cursor.at;
        const { rows, files } = readUnit(cursor, end, strings);
        for (const row of rows) this.#rows.push(row);
        this.#files.set(offset, files);
        cursor.at = end;
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    // A unit's end may be the next one's beginning: the end comes first, and what begins last counts.
    this.#rows.sort((a, b) =>
      a.address === b.address ? Number(b.end) - Number(a.end) : a.address < b.address ? -1 : 1,
    );
  }

  get size(): number {
    return this.#rows.length;
  }

  /** The line that the code at a link address comes from. */
  find(address: bigint): SourceLine | undefined {
    const row = this.#rows[this.#indexOf(address)];
    return row && !row.end && row.line > 0 ? { file: row.file, line: row.line } : undefined;
  }

  /** The addresses around `address` that come from its line and follow each other. */
  rangeAt(address: bigint): AddressRange | undefined {
    const index = this.#indexOf(address);
    const row = this.#rows[index];
    if (!row || row.end) return undefined;
    const same = (other: Row | undefined): boolean =>
      other !== undefined && !other.end && other.line === row.line && other.file === row.file;
    let first = index;
    while (same(this.#rows[first - 1])) first -= 1;
    let after = index + 1;
    while (same(this.#rows[after])) after += 1;
    const high = this.#rows[after]?.address;
    return high === undefined ? undefined : { low: (this.#rows[first] as Row).address, high };
  }

  /** The files of a unit, whose entries give the offset of their table and numbers in it. */
  filesOf(table: number): readonly string[] {
    return this.#files.get(table) ?? [];
  }

  /** Every file that has code. */
  get files(): ReadonlySet<string> {
    this.#withCode ??= new Set(this.#rows.map(({ file }) => file));
    return this.#withCode;
  }

  /** The places where code of a line begins, one for each stretch: inlined functions have several. */
  addressesOf(file: string, line: number): bigint[] {
    return this.#rows
      .filter((row, index) => {
        const before = this.#rows[index - 1];
        const begins = !before || before.end || before.line !== line || before.file !== file;
        return !row.end && row.line === line && row.file === file && row.isStatement && begins;
      })
      .map(({ address }) => address);
  }

  /** The index of the last row at or before `address`, -1 when there is none. */
  #indexOf(address: bigint): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle] as Row).address <= address) low = middle + 1;
      else high = middle;
    }
    // Of several rows at one place the last one counts, unless an earlier one is where to stop.
    const last = low - 1;
    const row = this.#rows[last];
    for (let index = last; row && this.#rows[index]?.address === row.address; index--) {
      const other = this.#rows[index] as Row;
      if (other.isStatement && !other.end && other.line > 0) return index;
    }
    return last;
  }

  /** The lowest address of the code of a line, or of the next line of the file that has code. */
  addressOf(file: string, line: number): { address: bigint; line: number } | undefined {
    let best: Row | undefined;
    for (const row of this.#rows) {
      if (row.end || row.file !== file || row.line < line) continue;
      if (!best || row.line < best.line) best = row;
    }
    return best && { address: best.address, line: best.line };
  }

  /** The lines of a file that have code. */
  linesOf(file: string): Set<number> {
    return new Set(this.#rows.filter((row) => !row.end && row.file === file).map(({ line }) => line));
  }
}
