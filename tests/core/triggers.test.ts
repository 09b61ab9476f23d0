/** Debug triggers (Debug Specification, chapter 5): what their registers keep, when they fire, and what they leave alone. */
import { beforeEach, describe, expect, it } from "vitest";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { EXCEPTION } from "../../spec/riscv.ts";
import type { Assembler } from "./assembler.ts";
import { MIB, machineWith, PROBE_CODE, Probe, powerOff, runToEnd } from "./harness.ts";

let probe: Probe;
beforeEach(async () => {
  probe = await Probe.create();
});

const TYPE2 = 2n << 60n;
const TYPE6 = 6n << 60n;
const DISABLED = 15n << 60n;
const [LOAD, STORE, EXECUTE] = [1n, 2n, 4n];
const LEVEL = { U: 8n, S: 16n, M: 64n };
const ALL = LEVEL.U | LEVEL.S | LEVEL.M;
const [MTE, MPTE] = [8n, 0x80n];
const [MIE, SIE] = [8n, 2n];
const DATA = RAM_BASE + 0x10_0000;
const BREAKPOINT = BigInt(EXCEPTION.BREAKPOINT);

function set(control: bigint, address: number | bigint, index = 0n): void {
  probe.csr("tselect", index);
  probe.csr("tdata2", BigInt(address));
  probe.csr("tdata1", control);
}

/** The trap of an instruction with DATA in a0, or what stands for none. */
const load = (at = DATA) => {
  probe.x(10, BigInt(at));
  return probe.exec("ld", { rd: 5, rs1: 10 });
};
const hit = (tval: number, level: "M" | "S" = "M") => ({ cause: BREAKPOINT, tval: BigInt(tval), level });

describe("the registers of triggers", () => {
  it("select one of four", () => {
    for (const index of [3n, 0n, 2n, 1n]) expect(probe.csr("tselect", index)).toBe(index);
    for (const index of [4n, 7n, 1n << 32n, -1n]) expect(probe.csr("tselect", index)).toBe(1n);
  });

  it("are kept for each trigger", () => {
    for (const index of [0n, 1n, 2n, 3n]) set(TYPE6 | LEVEL.U | LOAD, index << 12n, index);
    set(TYPE2, 5n, 1n);
    probe.csr("tselect", 2n);
    expect(probe.csr("tdata2")).toBe(2n << 12n);
    expect(probe.csr("tdata1")).toBe(TYPE6 | LEVEL.U | LOAD);
    probe.csr("tselect", 1n);
    expect([probe.csr("tdata1"), probe.csr("tdata2")]).toEqual([TYPE2, 5n]);
  });

  it("begin as triggers of type 2 that match nothing", () => {
    for (const index of [0n, 1n, 2n, 3n]) {
      probe.csr("tselect", index);
      expect([probe.csr("tdata1"), probe.csr("tdata2"), probe.csr("tdata3")]).toEqual([TYPE2, 0n, 0n]);
    }
    expect(probe.csr("tinfo")).toBe((1n << 24n) | (1n << 2n) | (1n << 6n) | (1n << 15n));
  });

  it("keep only what there is: no debug mode, chains, matches other than equality, or hits", () => {
    const everything = (1n << 60n) - 1n;
    const kept = ALL | LOAD | STORE | EXECUTE;
    expect(probe.csr("tdata1", TYPE2 | everything)).toBe(TYPE2 | kept);
    expect(probe.csr("tdata1", TYPE6 | everything)).toBe(TYPE6 | kept);
  });

  it("turn a type that does not exist into a disabled trigger", () => {
    for (const type of [0n, 1n, 3n, 4n, 5n, 7n, 8n, 14n, 15n])
      expect(probe.csr("tdata1", (type << 60n) | ALL | LOAD)).toBe(DISABLED);
  });

  it("know sizes of 1, 2, 4 and 8 bytes", () => {
    const kept = [0, 1, 2, 3, 4, 5, 6, 7].map((size) => {
      const six = TYPE6 | (BigInt(size) << 16n) | LOAD;
      const two = TYPE2 | (BigInt(size & 3) << 16n) | (BigInt(size >> 2) << 21n) | LOAD;
      return [probe.csr("tdata1", six) === six, probe.csr("tdata1", two) === two];
    });
    const sizes = [true, true, true, true, false, true, false, false];
    expect(kept).toEqual(sizes.map((exists) => [exists, exists]));
    const execute = TYPE6 | EXECUTE;
    expect(probe.csr("tdata1", execute | (2n << 16n))).toBe(execute);
  });
});

describe("a trigger", () => {
  beforeEach(() => {
    probe.csr("tcontrol", MTE);
  });

  it("fires at any byte of an access, before it is done", () => {
    set(TYPE2 | LEVEL.M | LOAD, DATA + 8);
    probe.memory(DATA + 8, 77n);
    for (const at of [DATA, DATA + 16]) expect(load(at)).toBeUndefined();
    for (const at of [DATA + 1, DATA + 8]) {
      probe.csr("tcontrol", MTE);
      probe.x(5, 1n);
      expect(load(at)).toEqual(hit(at));
      expect(probe.x(5)).toBe(1n);
      expect(probe.csr("mepc")).toBe(BigInt(PROBE_CODE));
    }
    set(TYPE2 | LEVEL.M | STORE, DATA + 8);
    probe.csr("tcontrol", MTE);
    expect(load(DATA + 8)).toBeUndefined();
    probe.x(11, 0n);
    expect(probe.exec("sd", { rs1: 10, rs2: 11 })).toEqual(hit(DATA + 8));
    expect(probe.memory(DATA + 8)).toBe(77n);
  });

  it("waits for accesses of its size", () => {
    set(TYPE6 | LEVEL.M | LOAD | (3n << 16n), DATA);
    expect(load()).toBeUndefined();
    expect(probe.exec("lw", { rd: 5, rs1: 10 })).toEqual(hit(DATA));
    set(TYPE2 | LEVEL.M | LOAD | (1n << 16n) | (1n << 21n), DATA);
    probe.csr("tcontrol", MTE);
    expect(probe.exec("lw", { rd: 5, rs1: 10 })).toBeUndefined();
    expect(load()).toEqual(hit(DATA));
  });

  it("sees atomics, floating point and cache blocks", () => {
    probe.x(10, BigInt(DATA));
    probe.csr("mstatus", 3n << 13n);
    const fires = (name: string) => {
      probe.csr("tcontrol", MTE);
      return probe.exec(name, { rs1: 10 }) !== undefined;
    };
    set(TYPE2 | LEVEL.M | STORE, DATA);
    expect(["amoadd.w", "fsd", "cbo.zero", "fld", "lr.d", "sc.d"].map(fires)).toEqual([
      true,
      true,
      true,
      false,
      false,
      true,
    ]);
    set(TYPE2 | LEVEL.M | LOAD, DATA);
    expect(["amoadd.w", "fsd", "fld", "lr.d"].map(fires)).toEqual([true, false, true, true]);
    expect(probe.memory(DATA)).toBe(0n);
  });

  it("comes before the faults of its access and of its fetch", () => {
    const nowhere = 0x9000_0000;
    set(TYPE2 | LEVEL.M | LOAD, nowhere);
    expect(load(nowhere)).toEqual(hit(nowhere));
    set(TYPE2 | LEVEL.M | LOAD, DATA + 3);
    probe.csr("tcontrol", MTE);
    probe.x(10, BigInt(DATA + 1));
    expect(probe.exec("lr.d", { rs1: 10 })).toEqual(hit(DATA + 1));
    set(TYPE2 | LEVEL.M | EXECUTE, nowhere);
    probe.csr("tcontrol", MTE);
    expect(probe.go(BigInt(nowhere))).toEqual(hit(nowhere));
  });

  it("fires on an instruction, also one that has run before or lies across pages", () => {
    for (const at of [PROBE_CODE + 64, PROBE_CODE + 0xffe]) {
      const step = () => probe.exec("addi", { rd: 5, rs1: 5, imm: 1 }, at);
      probe.x(5, 0n);
      expect(step()).toBeUndefined();
      set(TYPE2 | LEVEL.M | EXECUTE, at);
      probe.csr("tcontrol", MTE);
      expect(step()).toEqual(hit(at));
      probe.csr("tdata2", BigInt(at + 4096));
      expect(step()).toBeUndefined();
      probe.csr("tdata2", BigInt(at));
      probe.csr("tcontrol", MTE);
      expect(step()).toEqual(hit(at));
      probe.csr("tdata1", 0n);
      expect(step()).toBeUndefined();
      expect(probe.x(5)).toBe(3n);
    }
  });

  it("does not fire in a handler: M-mode has tcontrol.mte, or mstatus.MIE", () => {
    set(TYPE2 | ALL | LOAD, DATA);
    expect(load()).toEqual(hit(DATA));
    expect(probe.csr("tcontrol")).toBe(MPTE);
    expect(load()).toBeUndefined();
    probe.csr("mepc", BigInt(PROBE_CODE));
    probe.exec("mret");
    expect(probe.csr("tcontrol")).toBe(MTE | MPTE);
    probe.level = "M";
    probe.csr("tcontrol", 0n);
    probe.csr("mstatus", MIE);
    expect(load()).toEqual(hit(DATA));
  });

  it("does not fire in S-mode's handler: breakpoints delegated, it has sstatus.SIE", () => {
    set(TYPE2 | ALL | LOAD, DATA);
    probe.level = "S";
    expect(load()).toEqual(hit(DATA));
    probe.csr("medeleg", 1n << BREAKPOINT);
    probe.level = "S";
    expect(load()).toBeUndefined();
    probe.csr("sstatus", SIE);
    expect(load()).toEqual(hit(DATA, "S"));
    expect(load()).toBeUndefined();
    probe.level = "U";
    expect(load()).toEqual(hit(DATA, "S"));
  });

  it("belongs to the level of the hart, not to that of its data", () => {
    probe.csr("mstatus", 1n << 17n); // MPRV, with MPP = U
    set(TYPE2 | LEVEL.U | LOAD, DATA);
    expect(load()).toBeUndefined();
    set(TYPE2 | LEVEL.M | LOAD, DATA);
    expect(load()).toEqual(hit(DATA));
  });

  it("is gone after a reset", () => {
    set(TYPE2 | ALL | LOAD | EXECUTE, DATA, 3n);
    probe.machine.reset();
    expect([probe.csr("tselect"), probe.csr("tcontrol")]).toEqual([0n, 0n]);
    probe.csr("tselect", 3n);
    expect([probe.csr("tdata1"), probe.csr("tdata2")]).toEqual([TYPE2, 0n]);
  });
});

describe("triggers of several harts", () => {
  it("stop only their own", async () => {
    const program = (a: Assembler): void => {
      const [trapped, wait, done] = [a.fresh(), a.fresh(), a.fresh()];
      // a0 is the hart's number; each counts its breakpoints in memory, the first has a trigger on the code of both.
      a.address(6, trapped).op("csrrw", { csr: 0x305, rs1: 6 });
      a.li(5, Number(MTE)).op("csrrw", { csr: 0x7a5, rs1: 5 });
      a.li(9, DATA).op("slli", { rd: 8, rs1: 10, imm: 3 }).op("add", { rd: 9, rs1: 9, rs2: 8 });
      a.to(wait, "bne", { rs1: 10 });
      a.address(6, wait).op("csrrw", { csr: 0x7a2, rs1: 6 });
      a.li(5, TYPE2 | LEVEL.M | EXECUTE).op("csrrw", { csr: 0x7a1, rs1: 5 });
      a.label(wait).op("addi");
      a.li(7, 1).op("sd", { rs1: 9, rs2: 7, imm: 64 });
      a.label(done).to(done, "bne", { rs1: 10 });
      a.li(9, DATA);
      const other = a.fresh();
      a.label(other).op("ld", { rd: 7, rs1: 9, imm: 72 }).to(other, "beq", { rs1: 7 });
      powerOff(a);
      a.label(trapped).li(7, 1).op("sd", { rs1: 9, rs2: 7 });
      a.op("csrrs", { rd: 7, csr: 0x341 }).op("addi", { rd: 7, rs1: 7, imm: 4 });
      a.op("csrrw", { csr: 0x341, rs1: 7 }).op("mret");
    };
    const machine = await machineWith(program, { harts: 2, ramBytes: 8 * MIB });
    runToEnd(machine);
    const word = (at: number) => Buffer.from(machine.readPhysical(at, 8)).readBigUInt64LE();
    expect([word(DATA), word(DATA + 8), word(DATA + 64), word(DATA + 72)]).toEqual([1n, 0n, 1n, 1n]);
  });
});
