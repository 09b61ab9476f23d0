/** Runs a short program in M-mode on a bare core, to its end or to its first trap. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Core } from "../../host/core/core.ts";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { Assembler } from "../core/assembler.ts";

const WASM = new WebAssembly.Module(readFileSync(join(PACKAGE_ROOT, "dist/core.wasm")));
/** Where traps go: nothing is there, and the run stops before it is executed. */
const HANDLER = BigInt(RAM_BASE + 0x10_0000);
/** Memory for the program's data. */
export const DATA = RAM_BASE + 0x20_0000;

export interface Trap {
  readonly cause: bigint;
  readonly tval: bigint;
}

/** The state that a program leaves. */
class Outcome {
  constructor(
    readonly core: Core,
    /** Undefined when the program came to its end. */
    readonly trap: Trap | undefined,
  ) {}

  x(number: number): bigint {
    return this.core.hart(0).get("x", number);
  }

  f(number: number): bigint {
    return this.core.hart(0).get("f", number);
  }

  csr(name: string): bigint {
    return this.core.readCsr(0, name) ?? 0n;
  }
}

export interface Start {
  /** CSRs to begin with, by name. */
  readonly csrs?: Readonly<Record<string, bigint>>;
  /** Integer and floating-point registers to begin with, by number. */
  readonly x?: Readonly<Record<number, bigint>>;
  readonly f?: Readonly<Record<number, bigint>>;
  /** Contents of memory at DATA. */
  readonly memory?: Uint8Array;
  /** The privilege level, M unless said; below M all memory is allowed. */
  readonly level?: 0 | 1 | 3;
}

export async function run(
  write: (a: Assembler) => void,
  { csrs = {}, x = {}, f = {}, memory, level = 3 }: Start = {},
): Promise<Outcome> {
  const bus = { read: () => undefined, write: () => false, supervisorTimerChanged: () => {} };
  const core = await Core.create({ wasm: WASM, harts: 1, ramBytes: 4 << 20, bus });
  const a = new Assembler(RAM_BASE);
  write(a);
  a.label("end");
  core.write(RAM_BASE, a.bytes());
  if (memory) core.write(DATA, memory);
  const end = BigInt(a.addressOf("end"));
  core.setBreakpoint(end);
  core.setBreakpoint(HANDLER);
  const hart = core.hart(0);
  const start = { mtvec: HANDLER, pmpaddr0: 2n ** 54n - 1n, pmpcfg0: 0x1fn, ...csrs };
  for (const [name, value] of Object.entries(start)) core.writeCsr(0, name, value);
  for (const [number, value] of Object.entries(x)) hart.set("x", value, Number(number));
  for (const [number, value] of Object.entries(f)) hart.set("f", value, Number(number));
  hart.set("priv", BigInt(level));
  core.contextWritten(0);
  hart.set("pc", BigInt(RAM_BASE));
  core.run(1e7, 1e7, 1e7);
  const pc = hart.get("pc");
  if (pc === end) return new Outcome(core, undefined);
  if (pc !== HANDLER) throw new Error(`the program stopped at 0x${pc.toString(16)}`);
  return new Outcome(core, { cause: core.readCsr(0, "mcause") ?? 0n, tval: core.readCsr(0, "mtval") ?? 0n });
}
