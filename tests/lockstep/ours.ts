/** The program on our machine, one instruction at a time or in strides. */
import { readFileSync } from "node:fs";
import { Machine } from "../../host/machine.ts";
import { HART_FIELDS, region } from "../../spec/layout.ts";
import { INTERRUPT, MSTATUS_BIT } from "../../spec/riscv.ts";
import { CODE, RAM_BASE, RAM_BYTES, USER_CODE } from "./map.ts";
import type { Program } from "./program.ts";
import type { Random } from "./random.ts";
import { CSR_SLOTS, F0, MEPC, MIP, newState, PRIV, type State, X0 } from "./state.ts";

let compiled: WebAssembly.Module | undefined;

function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("../../dist/core.wasm", import.meta.url)));
  return compiled;
}

function offsetOf(name: string): number {
  const field = HART_FIELDS.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`a hart has no field "${name}"`);
  return field.offset / 4;
}

const SLOT_OFFSETS = CSR_SLOTS.map((name) => offsetOf(name === "mhartid" ? "hartid" : name));
const PC_OFFSET = offsetOf("pc");
const X_OFFSET = offsetOf("x");
const F_OFFSET = offsetOf("f");
const PRIV_OFFSET = offsetOf("priv");
const LINES_OFFSET = offsetOf("lines");
const INSTRET_OFFSET = offsetOf("instret");
const MHARTID = CSR_SLOTS.indexOf("mhartid");
const MSTATUS = CSR_SLOTS.indexOf("mstatus");
/** Both put the device tree somewhere in the last two megabytes. */
const TREE = RAM_BYTES - 2 ** 21;
/** A round of time that no program lasts. */
const ROUND = 1e12;
/** mstatus.FS = Dirty. */
const DIRTY = 3;
const TIMER_BIT = 1 << INTERRUPT.MTI;

export class Ours {
  readonly machine: Machine;
  /** The hart's record as words. */
  readonly #words: Uint32Array;
  readonly #state = newState();
  readonly #clocked: boolean;
  #stepping = false;

  private constructor(machine: Machine, clocked: boolean) {
    this.machine = machine;
    this.#clocked = clocked;
    this.#words = new Uint32Array(machine.core.ram.buffer, region("harts").base, 256);
  }

  static async create(program: Program): Promise<Ours> {
    const firmware = { name: `program ${program.seed}`, bytes: program.image };
    const machine = await Machine.create({ wasm: coreModule(), ramBytes: RAM_BYTES, firmware });
    return new Ours(machine, program.clocked);
  }

  /** The present state, in a buffer that the next call overwrites. */
  state(): State {
    const state = this.#state;
    const words = this.#words;
    for (let index = 0; index < X0; index++) {
      const at = SLOT_OFFSETS[index] as number;
      state[2 * index] = words[at] as number;
      state[2 * index + 1] = words[at + 1] as number;
    }
    state[2 * MHARTID + 1] = 0;
    // SD is not kept, but follows from FS.
    if ((((state[2 * MSTATUS] as number) >> MSTATUS_BIT.FS) & 3) === DIRTY) {
      state[2 * MSTATUS + 1] = ((state[2 * MSTATUS + 1] as number) | 0x8000_0000) >>> 0;
    }
    state[2 * MIP] = (state[2 * MIP] as number) | (words[LINES_OFFSET] as number);
    for (let i = 0; i < 64; i++) {
      state[2 * X0 + i] = words[X_OFFSET + i] as number;
      state[2 * F0 + i] = words[F_OFFSET + i] as number;
    }
    state[PRIV] = words[PRIV_OFFSET] as number;
    return state;
  }

  /** Whether the next instruction is at theirs. */
  standsAt(theirs: State): boolean {
    return this.#words[PC_OFFSET] === theirs[0] && this.#words[PC_OFFSET + 1] === theirs[1];
  }

  /** Whether the present state is theirs. In a clocked program MTIP is theirs to decide. */
  agrees(theirs: State): boolean {
    if (!this.#sameRegisters(theirs)) return false;
    const ours = this.state();
    const free = this.#clocked ? TIMER_BIT : 0;
    for (let i = 0; i < 2 * X0; i++) {
      if (ours[i] !== theirs[i] && (i !== 2 * MIP || ((ours[i] as number) ^ (theirs[i] as number)) & ~free))
        return false;
    }
    return ours[PRIV] === theirs[PRIV];
  }

  /** Whether theirs may be the state after an interrupt before our next instruction, as far as mepc, x and f tell. */
  wasInterrupted(theirs: State): boolean {
    return (
      this.#words[PC_OFFSET] === theirs[2 * MEPC] &&
      this.#words[PC_OFFSET + 1] === theirs[2 * MEPC + 1] &&
      this.#sameRegisters(theirs)
    );
  }

  #sameRegisters(theirs: State): boolean {
    const words = this.#words;
    for (let i = 0; i < 64; i++) {
      if (words[X_OFFSET + i] !== theirs[2 * X0 + i] || words[F_OFFSET + i] !== theirs[2 * F0 + i])
        return false;
    }
    return true;
  }

  /** Executes one instruction, or takes its trap. An interrupt that is due comes first. */
  step(): void {
    if (!this.#stepping) {
      // In the middle of a round, where an interrupt can be taken alone.
      this.machine.core.stepHart = 0;
      this.#stepping = true;
    }
    this.machine.run({ cycles: ROUND });
  }

  /** Takes an interrupt that is due. Whether there was one. */
  settle(): boolean {
    const pc = this.#words[PC_OFFSET];
    this.machine.core.settle();
    return this.#words[PC_OFFSET] !== pc;
  }

  /** The line that makes mip.MTIP. */
  get timerLine(): boolean {
    return ((this.#words[LINES_OFFSET] as number) & TIMER_BIT) !== 0;
  }

  set timerLine(level: boolean) {
    if (level !== this.timerLine) this.machine.core.setLine(0, INTERRUPT.MTI, level);
  }

  /** Executes up to address `pc` (below 2^32). */
  runTo(pc: number): void {
    for (let n = 0; n < 100_000; n++) {
      const state = this.state();
      if (state[0] === pc && state[1] === 0) return;
      this.step();
    }
    throw new Error(`never came to 0x${pc.toString(16)}`);
  }

  /** Sets mtval or stval to 0 where it holds the address of an ebreak: the manual allows both. */
  clearBreakpointValue(level: "m" | "s"): void {
    const hart = this.machine.core.hart(0);
    if (hart.get(`${level}tval`) === hart.get(`${level}epc`)) hart.set(`${level}tval`, 0n);
  }

  /** Instructions that did not trap, modulo 2^32. */
  get retired(): number {
    return this.#words[INSTRET_OFFSET] as number;
  }

  /** Offset in the code window that the next instruction is at, as any mapping sees it. */
  get codeOffset(): number | undefined {
    const [low = 0, high = 0] = [this.#words[PC_OFFSET], this.#words[PC_OFFSET + 1]];
    const pc = BigInt(low) + (BigInt(high) << 32n);
    const base = [BigInt(CODE.base), USER_CODE].find(
      (start) => pc >= start && pc < start + BigInt(CODE.bytes),
    );
    return base === undefined ? undefined : Number(pc - base);
  }

  /** The first word of memory that is other than in `memory`, apart from where the device tree is. */
  differsFrom(memory: Buffer): string | undefined {
    const { ram } = this.machine.core;
    const ours = Buffer.from(ram.buffer, ram.byteOffset, TREE);
    if (ours.equals(memory.subarray(0, TREE))) return undefined;
    let at = 0;
    while (ours.readBigUInt64LE(at) === memory.readBigUInt64LE(at)) at += 8;
    const hex = (value: bigint | number): string => value.toString(16);
    return `memory at ${hex(RAM_BASE + at)}: ${hex(ours.readBigUInt64LE(at))} here, ${hex(memory.readBigUInt64LE(at))} on QEMU`;
  }

  get halted(): boolean {
    return this.machine.halted !== undefined;
  }

  /** Runs one instruction after the other until the program ends or `cycles` are over. */
  runSingly(cycles: number): void {
    while (!this.halted && this.machine.cycles < cycles) this.machine.run({ cycles: 1 });
  }

  /** Runs in strides of random length until the program ends or `cycles` are over. */
  runInStrides(random: Random, cycles: number): void {
    while (!this.halted && this.machine.cycles < cycles) {
      this.machine.run({ cycles: Math.min(random.int(1, 3000), cycles - this.machine.cycles) });
    }
  }
}
