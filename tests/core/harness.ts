/** Machines made of raw machine code, and a probe that executes one instruction in a state of the test's making. */
import { readFileSync } from "node:fs";
import { Machine } from "../../host/machine.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { PRIVILEGE } from "../../spec/riscv.ts";
import { Assembler } from "./assembler.ts";
import { encode, LINES, type Operands } from "./encode.ts";

let compiled: WebAssembly.Module | undefined;

/** The core as it was built last. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(new URL("../../dist/core.wasm", import.meta.url)));
  return compiled;
}

export const MIB = 2 ** 20;

export interface BareOptions {
  readonly harts?: number;
  readonly ramBytes?: number;
}

/** A machine whose harts all begin at RAM_BASE, in M-mode, with a0 = hart id. */
export async function machineWith(
  code: Uint8Array | ((a: Assembler) => void),
  { harts = 1, ramBytes = 8 * MIB }: BareOptions = {},
): Promise<Machine> {
  let bytes: Uint8Array;
  if (code instanceof Uint8Array) bytes = code;
  else {
    const a = new Assembler(RAM_BASE);
    code(a);
    bytes = a.bytes();
  }
  return Machine.create({ wasm: coreModule(), harts, ramBytes, firmware: { name: "test", bytes } });
}

/** Runs until the guest powers off. Throws when it does not within `cycles`. */
export function runToEnd(machine: Machine, cycles = 20_000_000): void {
  if (machine.run({ cycles }) !== "halted")
    throw new Error(`the guest is still running after ${cycles} cycles`);
}

/** Emits a power-off with the test finisher; clobbers t0 and t1. */
export function powerOff(a: Assembler): void {
  const label = a.fresh();
  a.li(5, 0x10_0000).li(6, 0x5555).op("sw", { rs1: 5, rs2: 6 }).label(label).to(label, "jal");
}

export type Level = keyof typeof PRIVILEGE;

/** A trap: its cause (top bit for interrupts) and trap value, and the level that took it. */
export interface Trap {
  readonly cause: bigint;
  readonly tval: bigint;
  readonly level: Level;
}

/** Where the probe puts its instructions. */
export const PROBE_CODE = RAM_BASE + 0x1000;
const M_HANDLER = BigInt(RAM_BASE + 0x2000);
const S_HANDLER = BigInt(RAM_BASE + 0x3000);

/** One hart on which a test sets registers and executes single instructions. */
export class Probe {
  readonly machine: Machine;

  private constructor(machine: Machine) {
    this.machine = machine;
    this.csr("mtvec", M_HANDLER);
    this.csr("stvec", S_HANDLER);
    this.csr("pmpaddr15", -1n);
    this.csr("pmpcfg2", 0x1fn << 56n);
  }

  static async create(): Promise<Probe> {
    return new Probe(await machineWith(new Uint8Array(16)));
  }

  /** Reads a register; writes it first when a value is given. */
  csr(name: string, value?: bigint): bigint {
    const { registers } = this.machine;
    if (value !== undefined && !registers.write(0, name, BigInt.asUintN(64, value))) {
      throw new Error(`cannot write ${name}`);
    }
    const found = registers.read(0, name);
    if (found === undefined) throw new Error(`cannot read ${name}`);
    return found;
  }

  x(index: number, value?: bigint): bigint {
    return this.csr(`x${index}`, value);
  }

  get level(): Level {
    const priv = Number(this.csr("priv"));
    return priv === 3 ? "M" : priv === 1 ? "S" : "U";
  }

  set level(level: Level) {
    this.csr("priv", BigInt(PRIVILEGE[level]));
  }

  /** A little-endian word of memory; writes it first when a value is given. */
  memory(address: number, value?: bigint): bigint {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    if (value !== undefined) {
      view.setBigUint64(0, BigInt.asUintN(64, value), true);
      this.machine.core.write(address, bytes);
    }
    bytes.set(this.machine.readPhysical(address, 8));
    return view.getBigUint64(0, true);
  }

  /** Executes one instruction at PROBE_CODE (or `at`) in the present mode. Returns the trap, if it ended in one. */
  exec(name: string, operands: Operands = {}, at = PROBE_CODE): Trap | undefined {
    return this.execWord(encode(name, operands), LINES.get(name)?.length === 16 ? 2 : 4, at);
  }

  execWord(word: number, length: 2 | 4, at = PROBE_CODE): Trap | undefined {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, word, true);
    this.machine.core.write(at, bytes.subarray(0, length));
    return this.go(BigInt(at));
  }

  /** Executes what is at a virtual address. */
  go(pc: bigint): Trap | undefined {
    this.csr("pc", pc);
    this.machine.run({ cycles: 1 });
    const level = this.level;
    const now = this.csr("pc");
    if (level === "M" && now === M_HANDLER)
      return { cause: this.csr("mcause"), tval: this.csr("mtval"), level };
    if (level === "S" && now === S_HANDLER)
      return { cause: this.csr("scause"), tval: this.csr("stval"), level };
    return undefined;
  }
}
