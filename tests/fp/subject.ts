/** The subject: a loop of the same form, encoded from the tables, on our core. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Core } from "../../host/core/core.ts";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { MSTATUS_BIT } from "../../spec/riscv.ts";
import { Assembler } from "../core/assembler.ts";
import { csrNumber } from "../core/encode.ts";
import type { Operation } from "./operations.ts";

const RAM_BYTES = 32 * 2 ** 20;
const CODE = RAM_BASE;
const RECORDS = RAM_BASE + 2 ** 20;
const RESULTS = RAM_BASE + 2 ** 23;

/** Registers of the loop, as in oracle.ts. */
const [A0, A1, A2, A3, A4, A5] = [10, 11, 12, 13, 14, 15] as const;
const FA0 = 10;
const DYNAMIC = 7;

export class Subject {
  readonly #core: Core;
  #end = 0n;

  private constructor(core: Core) {
    this.#core = core;
  }

  static async create(): Promise<Subject> {
    const wasm = readFileSync(join(PACKAGE_ROOT, "dist/core.wasm"));
    const bus = { read: () => undefined, write: () => false, supervisorTimerChanged: () => {} };
    return new Subject(await Core.create({ wasm, harts: 1, ramBytes: RAM_BYTES, bus }));
  }

  /** Puts the loop of an operation into memory. Every record starts with the flags `flags`, 0 or 1 (inexact). */
  load(operation: Operation, flags: number, rm = DYNAMIC, zimm = 0): void {
    const a = new Assembler(CODE, 4096);
    const result = operation.toInteger ? { rd: A4 } : { fd: FA0 + 3 };
    const first = operation.fromInteger ? { rs1: A3 } : { fs1: FA0 };
    a.label("loop").op("ld", { rd: A3, rs1: A0 });
    for (let place = 0; place < 3; place++) a.op("fld", { fd: FA0 + place, rs1: A0, imm: 8 * place });
    a.op("csrrwi", { csr: csrNumber("fflags"), zimm: flags });
    a.op(operation.name, { ...result, ...first, fs2: FA0 + 1, fs3: FA0 + 2, rm, zimm });
    a.op("csrrs", { rd: A5, csr: csrNumber("fflags") });
    if (operation.toInteger) a.op("sd", { rs2: A4, rs1: A1 });
    else a.op("fsd", { fs2: FA0 + 3, rs1: A1 });
    a.op("sd", { rs2: A5, rs1: A1, imm: 8 });
    a.op("addi", { rd: A0, rs1: A0, imm: 24 }).op("addi", { rd: A1, rs1: A1, imm: 16 });
    a.op("addi", { rd: A2, rs1: A2, imm: -1 });
    a.to("loop", "bne", { rs1: A2 }).label("end").op("ebreak");
    if (this.#end) this.#core.clearBreakpoint(this.#end);
    this.#end = BigInt(a.addressOf("end"));
    this.#core.setBreakpoint(this.#end);
    this.#core.write(CODE, a.bytes());
  }

  /** Runs the loop and returns value and flags of each record. */
  run(mode: number, records: Uint32Array, count: number): BigUint64Array {
    const core = this.#core;
    const hart = core.hart(0);
    core.write(RECORDS, new Uint8Array(records.buffer, records.byteOffset, count * 24));
    core.writeCsr(0, "mstatus", 3n << BigInt(MSTATUS_BIT.FS));
    core.writeCsr(0, "frm", BigInt(mode));
    hart.set("x", BigInt(RECORDS), A0);
    hart.set("x", BigInt(RESULTS), A1);
    hart.set("x", BigInt(count), A2);
    hart.set("pc", BigInt(CODE));
    hart.set("resumePc", -1n);
    const stop = core.run(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 1e9);
    if (hart.get("pc") !== this.#end) {
      throw new Error(
        `stopped (${stop}) at 0x${hart.get("pc").toString(16)}, cause ${core.readCsr(0, "mcause")}`,
      );
    }
    const bytes = core.view(RESULTS, count * 16) as Uint8Array;
    return new BigUint64Array(bytes.slice().buffer);
  }
}
