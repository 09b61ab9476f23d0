/** The program on our machine, one instruction at a time or in strides. */
import { readFileSync } from "node:fs";
import { Machine } from "../../host/machine.ts";
import { HART_FIELDS, region } from "../../spec/layout.ts";
import { MSTATUS_BIT } from "../../spec/riscv.ts";
import { CODE, RAM_BYTES, USER_CODE } from "./map.ts";
import type { Program } from "./program.ts";
import type { Random } from "./random.ts";
import { CSR_SLOTS, F0, newState, PRIV, type State, X0 } from "./state.ts";

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
/** mstatus.FS = Dirty. */
const DIRTY = 3;
const MIP = CSR_SLOTS.indexOf("mip");

export class Ours {
  readonly machine: Machine;
  /** The hart's record as words. */
  readonly #words: Uint32Array;
  readonly #state = newState();

  private constructor(machine: Machine) {
    this.machine = machine;
    this.#words = new Uint32Array(machine.core.ram.buffer, region("harts").base, 256);
  }

  static async create(program: Program): Promise<Ours> {
    const firmware = { name: `program ${program.seed}`, bytes: program.image };
    return new Ours(await Machine.create({ wasm: coreModule(), ramBytes: RAM_BYTES, firmware }));
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

  /** Executes one instruction, or takes its trap. An interrupt comes with the first instruction of its handler. */
  step(): void {
    this.machine.run({ cycles: 1 });
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

  /** Sets mtval or stval to 0, which the manual allows after an ebreak too. */
  clearTrapValue(name: "mtval" | "stval"): void {
    this.machine.core.hart(0).set(name, 0n);
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

  get halted(): boolean {
    return this.machine.halted !== undefined;
  }

  /** Runs in strides of random length until the program ends or `cycles` are over. */
  runInStrides(random: Random, cycles: number): void {
    while (!this.halted && this.machine.cycles < cycles) {
      this.machine.run({ cycles: Math.min(random.int(1, 3000), cycles - this.machine.cycles) });
    }
  }
}
