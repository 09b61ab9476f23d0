/** From a hart's registers to the frames of its callers, by call frame information, over traps too. */
import type { CallFrames, FrameRow, Rule } from "./call-frames.ts";
import { type ExpressionContext, evaluate, numberOfBytes } from "./expression.ts";

/** Numbers of DWARF: x0 to x31, f0 to f31 from 32, CSRs from 4096 (RISC-V psABI, "DWARF Register Numbers"). */
export const REGISTER = { ra: 1, sp: 2, s0: 8 } as const;

/** A function that is under way. */
export interface Frame {
  readonly pc: bigint;
  /** The frame called another one: its pc is a return address, which may belong to what follows the call. */
  readonly called: boolean;
  /** The canonical frame address: the stack pointer before the call. Undefined where no information tells it. */
  readonly cfa: bigint | undefined;
  /** What came in between this frame and the one below: nothing, or a trap whose handler the one below is. */
  readonly interrupted: boolean;
  /** The frame's value of a register by its DWARF number; undefined when nobody kept it. */
  register(number: number): bigint | undefined;
}

export interface UnwindOptions {
  readonly pc: bigint;
  /** The hart's own registers. */
  readonly register: (number: number) => bigint | undefined;
  readonly memory: (address: bigint, length: number) => Uint8Array | undefined;
  /** Call frame information for a pc, and the address that it has there (code may run where it was not linked). */
  readonly find: (pc: bigint) => { readonly frames: CallFrames; readonly linked: bigint } | undefined;
  readonly limit?: number;
}

const MOST_FRAMES = 256;
const LARGEST_FRAME = 0x1_0000n;

/** Registers that a call need not keep: t0 to t6, a0 to a7, and what is no register of the callee's care. */
const isScratch = (register: number): boolean =>
  (register >= 5 && register <= 7) || (register >= 10 && register <= 17) || (register >= 28 && register < 32);

/** For an address that a call left behind: inside of the call. */
export const lookupPc = ({ pc, called }: Pick<Frame, "pc" | "called">): bigint => (called ? pc - 1n : pc);

interface Step {
  readonly cfa: bigint;
  readonly caller: Frame | undefined;
}

export function unwind(options: UnwindOptions): Frame[] {
  const { pc, register, limit = MOST_FRAMES } = options;
  const frames: Frame[] = [];
  let next: Frame | undefined = { pc, called: false, cfa: undefined, interrupted: false, register };
  const seen = new Set<string>();
  while (next && frames.length < limit) {
    const frame: Frame = next;
    const step = stepByRules(frame, options) ?? stepByPointer(frame, options);
    frames.push({ ...frame, cfa: step?.cfa });
    next = step?.caller;
    const place = `${next?.pc} ${next?.register(REGISTER.sp)}`;
    if (!next || seen.has(place)) break;
    seen.add(place);
  }
  return frames;
}

/** What expressions of call frames may ask. */
function context(frame: Frame, { memory }: UnwindOptions): ExpressionContext {
  const unknown = (): undefined => undefined;
  return {
    register: (number) => frame.register(number),
    memory,
    cfa: unknown,
    frameBase: unknown,
    entryValue: unknown,
    baseType: unknown,
  };
}

function stepByRules(frame: Frame, options: UnwindOptions): Step | undefined {
  const found = options.find(lookupPc(frame));
  const row = found?.frames.rowAt(found.linked);
  const cfa = row && cfaOf(frame, row, options);
  if (!row || cfa === undefined) return undefined;
  const recover = (register: number): bigint | undefined => recovered(frame, row, register, cfa, options);
  const returnPc = recover(row.returnColumn);
  if (returnPc === undefined || returnPc === 0n) return { cfa, caller: undefined };
  const known = new Map<number, bigint | undefined>();
  const register = (number: number): bigint | undefined => {
    if (!known.has(number)) known.set(number, number === 0 ? 0n : recover(number));
    return known.get(number);
  };
  return {
    cfa,
    caller: { pc: returnPc, called: !row.signal, cfa: undefined, interrupted: row.signal, register },
  };
}

function cfaOf(frame: Frame, { cfa }: FrameRow, options: UnwindOptions): bigint | undefined {
  if (!cfa) return undefined;
  if ("expression" in cfa) return evaluate(cfa.expression, context(frame, options));
  const base = frame.register(cfa.register);
  return base === undefined ? undefined : BigInt.asUintN(64, base + cfa.offset);
}

function recovered(
  frame: Frame,
  { rules, signal }: FrameRow,
  register: number,
  cfa: bigint,
  options: UnwindOptions,
): bigint | undefined {
  const rule: Rule | undefined = rules.get(register);
  const read = (address: bigint | undefined): bigint | undefined => {
    const bytes = address === undefined ? undefined : options.memory(BigInt.asUintN(64, address), 8);
    return bytes && bytes.length === 8 ? numberOfBytes(bytes) : undefined;
  };
  switch (rule?.kind) {
    case undefined:
      if (register === REGISTER.sp && !signal) return cfa;
      return isScratch(register) && !signal ? undefined : frame.register(register);
    case "undefined":
      return undefined;
    case "same":
      return frame.register(register);
    case "offset":
      return read(cfa + rule.offset);
    case "valueOffset":
      return BigInt.asUintN(64, cfa + rule.offset);
    case "register":
      return frame.register(rule.register);
    case "expression":
      return read(evaluate(rule.expression, context(frame, options), [cfa]));
    case "valueExpression":
      return evaluate(rule.expression, context(frame, options), [cfa]);
  }
}

/**
 * Without information: by the frame pointer, where s0 looks like one ("Frame Pointer Convention" of the psABI). A function
 * without a frame of its own, which only the innermost can be, has its return address in ra.
 */
function stepByPointer(frame: Frame, { memory, find }: UnwindOptions): Step | undefined {
  const pointer = frame.register(REGISTER.s0);
  const sp = frame.register(REGISTER.sp);
  const ra = frame.register(REGISTER.ra);
  if (sp === undefined) return undefined;
  const saved =
    pointer !== undefined && pointer > sp && pointer - sp <= LARGEST_FRAME && pointer % 8n === 0n
      ? memory(pointer - 16n, 16)
      : undefined;
  const returnPc = saved?.length === 16 ? numberOfBytes(saved.subarray(8)) : 0n;
  if (pointer !== undefined && saved && find(returnPc - 1n)) {
    const kept = (number: number): bigint | undefined => {
      if (number === REGISTER.s0) return numberOfBytes(saved.subarray(0, 8));
      if (number === REGISTER.sp) return pointer;
      return isScratch(number) ? undefined : frame.register(number);
    };
    return { cfa: pointer, caller: plain(returnPc, kept) };
  }
  if (frame.called || ra === undefined || ra === frame.pc || !find(ra - 1n)) return undefined;
  return { cfa: sp, caller: plain(ra, (number) => (isScratch(number) ? undefined : frame.register(number))) };
}

const plain = (pc: bigint, register: Frame["register"]): Frame => ({
  pc,
  called: true,
  cfa: undefined,
  interrupted: false,
  register,
});
