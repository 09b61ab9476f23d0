/** Call frame information (DWARF 5, section 6.4; .eh_frame as the Linux Standard Base has it): how to get to a function's caller. */
import { Cursor } from "./cursor.ts";

/** Where the caller's value of a register is. */
export type Rule =
  | { readonly kind: "undefined" | "same" }
  /** At, or equal to, the canonical frame address plus `offset`. */
  | { readonly kind: "offset" | "valueOffset"; readonly offset: bigint }
  | { readonly kind: "register"; readonly register: number }
  /** At, or equal to, what an expression gives. */
  | { readonly kind: "expression" | "valueExpression"; readonly expression: Uint8Array };

export type CfaRule =
  | { readonly register: number; readonly offset: bigint }
  | { readonly expression: Uint8Array };

/** The rules that hold at an address. */
export interface FrameRow {
  readonly cfa: CfaRule | undefined;
  readonly rules: ReadonlyMap<number, Rule>;
  /** The register column that stands for the pc in the caller. */
  readonly returnColumn: number;
  /** The caller was interrupted: its pc is no return address. */
  readonly signal: boolean;
}

interface Common {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly returnColumn: number;
  readonly signal: boolean;
  /** DW_EH_PE_*; 0 for absolute addresses. */
  readonly pointerEncoding: number;
  readonly hasLength: boolean;
  readonly instructions: Uint8Array;
}

interface Description {
  readonly low: bigint;
  readonly high: bigint;
  readonly common: Common;
  readonly instructions: Uint8Array;
}

interface State {
  cfa: CfaRule | undefined;
  rules: Map<number, Rule>;
}

/** A section with its address: pointers of .eh_frame count from where they stand. */
export interface FrameSection {
  readonly bytes: Uint8Array;
  readonly address: bigint;
  readonly isEh: boolean;
}

const ENCODING_PC_RELATIVE = 0x10;

export class CallFrames {
  readonly #descriptions: Description[] = [];

  constructor(sections: readonly FrameSection[]) {
    for (const section of sections) {
      try {
        this.#read(section);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    this.#descriptions.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  }

  get size(): number {
    return this.#descriptions.length;
  }

  /** The rules at an address; undefined where there are none. */
  rowAt(pc: bigint): FrameRow | undefined {
    const description = this.#find(pc);
    if (!description) return undefined;
    const { common } = description;
    const initial: State = { cfa: undefined, rules: new Map() };
    try {
      execute(common.instructions, common, initial, undefined, 0n, pc);
      const state: State = { cfa: initial.cfa, rules: new Map(initial.rules) };
      execute(description.instructions, common, state, initial, description.low, pc);
      const { returnColumn, signal } = common;
      return { cfa: state.cfa, rules: state.rules, returnColumn, signal };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #find(pc: bigint): Description | undefined {
    let low = 0;
    let high = this.#descriptions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#descriptions[middle] as Description).low <= pc) low = middle + 1;
      else high = middle;
    }
    const found = this.#descriptions[low - 1];
    return found && pc < found.high ? found : undefined;
  }

  #read(section: FrameSection): void {
    const cursor = new Cursor(section.bytes);
    const commons = new Map<number, Common | undefined>();
    const commonAt = (offset: number): Common | undefined => {
      if (!commons.has(offset)) commons.set(offset, readCommon(section, offset));
      return commons.get(offset);
    };
    while (cursor.at + 8 <= section.bytes.length) {
      const length = cursor.u32();
      const body = cursor.at;
      const end = body + length;
      if (length === 0 || end > section.bytes.length) return;
      const id = cursor.u32();
      const isCommon = section.isEh ? id === 0 : id === 0xffff_ffff;
      const common = isCommon ? undefined : commonAt(section.isEh ? body - id : id);
      if (common) this.#add(cursor, section, common, end);
      cursor.at = end;
    }
  }

  #add(cursor: Cursor, section: FrameSection, common: Common, end: number): void {
    const low = readPointer(cursor, section, common.pointerEncoding);
    const length = readPointer(cursor, section, common.pointerEncoding & 0x0f);
    if (low === undefined || length === undefined) return;
    if (common.hasLength) cursor.at += cursor.uleb();
    const instructions = section.bytes.subarray(cursor.at, end);
    this.#descriptions.push({ low, high: low + length, common, instructions });
  }
}

function readPointer(cursor: Cursor, section: FrameSection, encoding: number): bigint | undefined {
  const place = section.address + BigInt(cursor.at);
  const base = (encoding & 0x70) === ENCODING_PC_RELATIVE ? place : 0n;
  switch (encoding & 0x8f) {
    case 0x00:
    case 0x04:
    case 0x0c:
      return BigInt.asUintN(64, base + cursor.u64());
    case 0x03:
      return base + BigInt(cursor.u32());
    case 0x0b:
      return BigInt.asUintN(64, base + BigInt.asIntN(32, BigInt(cursor.u32())));
    default:
      return undefined;
  }
}

function readCommon(section: FrameSection, offset: number): Common | undefined {
  const cursor = new Cursor(section.bytes, offset);
  const end = cursor.u32() + cursor.at;
  cursor.at += 4;
  const version = cursor.u8();
  const augmentation = cursor.string();
  if (version === 4) cursor.at += 2;
  const codeAlign = cursor.uleb();
  const dataAlign = cursor.sleb();
  const returnColumn = version === 1 ? cursor.u8() : cursor.uleb();
  const hasLength = augmentation.startsWith("z");
  const dataEnd = hasLength ? cursor.uleb() + cursor.at : cursor.at;
  let pointerEncoding = 0;
  for (const letter of augmentation) {
    if (letter === "R") pointerEncoding = cursor.u8();
    else if (letter === "L") cursor.at += 1;
    else if (letter === "P") readPointer(cursor, section, cursor.u8() & 0x0f);
    else if (letter !== "z" && letter !== "S") break;
  }
  return {
    codeAlign,
    dataAlign,
    returnColumn,
    signal: augmentation.includes("S"),
    pointerEncoding,
    hasLength,
    instructions: section.bytes.subarray(dataEnd, end),
  };
}

/** Runs the instructions up to the row that holds at `pc`. `initial` is what DW_CFA_restore goes back to. */
function execute(
  bytes: Uint8Array,
  { codeAlign, dataAlign }: Common,
  state: State,
  initial: State | undefined,
  start: bigint,
  pc: bigint,
): void {
  const cursor = new Cursor(bytes);
  const remembered: State[] = [];
  let location = start;
  const advance = (by: number): boolean => {
    location += BigInt(by * codeAlign);
    return location > pc;
  };
  const set = (register: number, rule: Rule): void => {
    state.rules.set(register, rule);
  };
  const scaled = (factor: bigint): bigint => factor * BigInt(dataAlign);
  const restore = (register: number): void => {
    const rule = initial?.rules.get(register);
    if (rule) state.rules.set(register, rule);
    else state.rules.delete(register);
  };
  const cfaRegister = (): { register: number; offset: bigint } => {
    if (!state.cfa || !("register" in state.cfa)) throw new RangeError("no register to count from");
    return state.cfa;
  };
  while (cursor.at < bytes.length) {
    const opcode = cursor.u8();
    const low = opcode & 0x3f;
    if (opcode >= 0xc0) restore(low);
    else if (opcode >= 0x80) set(low, { kind: "offset", offset: scaled(BigInt(cursor.uleb())) });
    else if (opcode >= 0x40) {
      if (advance(low)) return;
    } else
      switch (opcode) {
        case 0x00:
          break;
        case 0x01:
          location = cursor.u64();
          if (location > pc) return;
          break;
        case 0x02:
          if (advance(cursor.u8())) return;
          break;
        case 0x03:
          if (advance(cursor.u16())) return;
          break;
        case 0x04:
          if (advance(cursor.u32())) return;
          break;
        case 0x05:
          set(cursor.uleb(), { kind: "offset", offset: scaled(BigInt(cursor.uleb())) });
          break;
        case 0x06:
          restore(cursor.uleb());
          break;
        case 0x07:
          set(cursor.uleb(), { kind: "undefined" });
          break;
        case 0x08:
          set(cursor.uleb(), { kind: "same" });
          break;
        case 0x09:
          set(cursor.uleb(), { kind: "register", register: cursor.uleb() });
          break;
        case 0x0a:
          remembered.push({ cfa: state.cfa, rules: new Map(state.rules) });
          break;
        case 0x0b: {
          const last = remembered.pop();
          if (!last) throw new RangeError("nothing was remembered");
          state.cfa = last.cfa;
          state.rules = last.rules;
          break;
        }
        case 0x0c:
          state.cfa = { register: cursor.uleb(), offset: BigInt(cursor.uleb()) };
          break;
        case 0x0d:
          state.cfa = { register: cursor.uleb(), offset: state.cfa ? cfaRegister().offset : 0n };
          break;
        case 0x0e:
          state.cfa = { register: cfaRegister().register, offset: BigInt(cursor.uleb()) };
          break;
        case 0x0f:
          state.cfa = { expression: cursor.block(cursor.uleb()) };
          break;
        case 0x10:
          set(cursor.uleb(), { kind: "expression", expression: cursor.block(cursor.uleb()) });
          break;
        case 0x11:
          set(cursor.uleb(), { kind: "offset", offset: scaled(BigInt(cursor.sleb())) });
          break;
        case 0x12:
          state.cfa = { register: cursor.uleb(), offset: scaled(BigInt(cursor.sleb())) };
          break;
        case 0x13:
          state.cfa = { register: cfaRegister().register, offset: scaled(BigInt(cursor.sleb())) };
          break;
        case 0x14:
          set(cursor.uleb(), { kind: "valueOffset", offset: scaled(BigInt(cursor.uleb())) });
          break;
        case 0x15:
          set(cursor.uleb(), { kind: "valueOffset", offset: scaled(BigInt(cursor.sleb())) });
          break;
        case 0x16:
          set(cursor.uleb(), { kind: "valueExpression", expression: cursor.block(cursor.uleb()) });
          break;
        case 0x2e:
          cursor.uleb();
          break;
        default:
          throw new RangeError(`call frame instruction 0x${opcode.toString(16)}`);
      }
  }
}
