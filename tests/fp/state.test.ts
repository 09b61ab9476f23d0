/** Floating-point state: mstatus.FS, fcsr, rounding modes that are none, loads, stores, NaN boxing. */
import { describe, expect, test } from "vitest";
import { isFloat } from "../../spec/isa/meaning.ts";
import { csrNumber, encode, INSTRUCTION_SET } from "../core/encode.ts";
import { DATA, run } from "../insn/program.ts";

const ILLEGAL = 2n;
const fs = (value: number) => ({ mstatus: BigInt(value) << 13n });
const OFF = fs(0);
const INITIAL = fs(1);
const CLEAN = fs(2);
const DIRTY = fs(3);
const SD = 1n << 63n;
const fsOf = (mstatus: bigint) => Number((mstatus >> 13n) & 3n);

const ONE = 0x3ff0000000000000n;
const QUIET_NAN = 0x7ff8000000000000n;
const SIGNALING_NAN = 0x7ff0000000000001n;
const A0 = 10;

describe("mstatus.FS", () => {
  const lines = INSTRUCTION_SET.instructions.filter(({ meaning }) => isFloat(meaning));
  for (const { name } of lines) {
    test(`Off makes ${name} illegal`, async () => {
      const { trap } = await run((a) => a.op(name, { rs1: A0, rd: A0 }), {
        csrs: OFF,
        x: { [A0]: BigInt(DATA) },
      });
      expect(trap).toEqual({ cause: ILLEGAL, tval: BigInt(encode(name, { rs1: A0, rd: A0 })) });
    });
  }

  for (const { name, expandsTo } of INSTRUCTION_SET.compressed.filter((line) => /^f/.test(line.expandsTo))) {
    test(`Off makes ${name} (${expandsTo}) illegal`, async () => {
      const { trap } = await run((a) => a.op(name, { rs1: A0, fd: 9, fs2: 9 }), { csrs: OFF });
      expect(trap).toEqual({ cause: ILLEGAL, tval: BigInt(encode(name, { rs1: A0, fd: 9, fs2: 9 })) });
    });
  }

  for (const name of ["fflags", "frm", "fcsr"]) {
    test(`Off hides ${name}`, async () => {
      const read = await run((a) => a.op("csrrs", { rd: A0, csr: csrNumber(name) }), { csrs: OFF });
      expect(read.trap?.cause).toBe(ILLEGAL);
      const write = await run((a) => a.op("csrrw", { csr: csrNumber(name) }), { csrs: OFF });
      expect(write.trap?.cause).toBe(ILLEGAL);
    });
  }

  test("becomes Dirty with a register, and SD says so", async () => {
    const outcome = await run((a) => a.op("fmv.d.x", { fd: 1, rs1: 0 }), { csrs: INITIAL });
    expect(fsOf(outcome.csr("mstatus"))).toBe(3);
    expect(outcome.csr("mstatus") & SD).toBe(SD);
    expect(outcome.csr("sstatus") & SD).toBe(SD);
  });

  test("becomes Dirty with a load, not with one that faults, not with a store", async () => {
    const x = { [A0]: BigInt(DATA) };
    const load = await run((a) => a.op("fld", { fd: 1, rs1: A0 }), { csrs: CLEAN, x });
    expect(fsOf(load.csr("mstatus"))).toBe(3);
    const fault = await run((a) => a.op("fld", { fd: 1, rs1: 0 }), { csrs: CLEAN });
    expect(fault.trap?.cause).toBe(5n);
    expect(fsOf(fault.csr("mstatus"))).toBe(2);
    const store = await run((a) => a.op("fsd", { fs2: 1, rs1: A0 }), { csrs: CLEAN, x });
    expect(fsOf(store.csr("mstatus"))).toBe(2);
    expect(store.csr("mstatus") & SD).toBe(0n);
  });

  test("becomes Dirty with a flag, not with a comparison that raises none", async () => {
    const compare = (second: bigint) =>
      run((a) => a.op("feq.d", { rd: A0, fs1: 1, fs2: 2 }), { csrs: CLEAN, f: { 1: ONE, 2: second } });
    expect(fsOf((await compare(QUIET_NAN)).csr("mstatus"))).toBe(2);
    expect(fsOf((await compare(SIGNALING_NAN)).csr("mstatus"))).toBe(3);
  });

  test("becomes Dirty with a write of a CSR, not with a read", async () => {
    const write = await run((a) => a.op("csrrwi", { csr: csrNumber("frm"), zimm: 1 }), { csrs: CLEAN });
    expect(fsOf(write.csr("mstatus"))).toBe(3);
    const read = await run((a) => a.op("csrrs", { rd: A0, csr: csrNumber("fcsr") }), { csrs: CLEAN });
    expect(fsOf(read.csr("mstatus"))).toBe(2);
  });

  test("is writable through sstatus", async () => {
    const outcome = await run((a) => a.op("csrrs", { csr: csrNumber("sstatus"), rs1: A0 }), {
      x: { [A0]: 3n << 13n },
    });
    expect(fsOf(outcome.csr("mstatus"))).toBe(3);
  });
});

describe("fcsr", () => {
  test("is frm and fflags", async () => {
    const outcome = await run(
      (a) => {
        a.op("csrrw", { csr: csrNumber("fcsr"), rs1: A0 });
        a.op("csrrs", { rd: 11, csr: csrNumber("fcsr") });
        a.op("csrrs", { rd: 12, csr: csrNumber("frm") }).op("csrrs", { rd: 13, csr: csrNumber("fflags") });
      },
      { csrs: DIRTY, x: { [A0]: 0xffff_ffffn } },
    );
    expect([11, 12, 13].map((number) => outcome.x(number))).toEqual([0xffn, 7n, 0x1fn]);
  });
});

describe("rounding modes", () => {
  const third = { 1: ONE, 2: 0x4008000000000000n };
  const divide = (rm: number, frm: number) =>
    run((a) => a.op("fdiv.d", { fd: 3, fs1: 1, fs2: 2, rm }), {
      csrs: { ...DIRTY, frm: BigInt(frm) },
      f: third,
    });

  for (const mode of [0, 1, 2, 3, 4]) {
    test(`mode ${mode} is the same in the instruction and in frm`, async () => {
      const fixed = await divide(mode, (mode + 1) % 5);
      expect(fixed.f(3)).toBe(mode === 3 ? 0x3fd5555555555556n : 0x3fd5555555555555n);
      expect((await divide(7, mode)).f(3)).toBe(fixed.f(3));
    });
  }

  for (const frm of [5, 6, 7]) {
    test(`frm = ${frm} is illegal for dynamic rounding only`, async () => {
      expect((await divide(7, frm)).trap?.cause).toBe(ILLEGAL);
      expect((await divide(0, frm)).trap).toBeUndefined();
    });
  }

  for (const rm of [5, 6]) {
    test(`rm = ${rm} is no instruction`, async () => {
      const word = encode("fadd.s", { fd: 1, fs1: 2, fs2: 3 }) | (rm << 12);
      const { trap } = await run((a) => a.word(word), { csrs: DIRTY });
      expect(trap).toEqual({ cause: ILLEGAL, tval: BigInt(word >>> 0) });
    });
  }
});

describe("loads and stores", () => {
  test("flw boxes, fsw stores the low word whatever is above", async () => {
    const outcome = await run(
      (a) => {
        a.op("fsw", { fs2: 1, rs1: A0 }).op("flw", { fd: 2, rs1: A0 });
        a.op("fmv.x.w", { rd: 11, fs1: 1 }).op("lwu", { rd: 12, rs1: A0 });
      },
      { csrs: DIRTY, x: { [A0]: BigInt(DATA) }, f: { 1: 0x1234_5678_9abc_def0n } },
    );
    expect(outcome.f(2)).toBe(0xffff_ffff_9abc_def0n);
    expect(outcome.x(11)).toBe(0xffff_ffff_9abc_def0n);
    expect(outcome.x(12)).toBe(0x9abc_def0n);
  });

  test("compressed ones take the registers and offsets of the manual, misaligned and across pages too", async () => {
    const value = 0x0123_4567_89ab_cdefn;
    const outcome = await run(
      (a) => {
        a.op("c.fsd", { fs2: 9, rs1: A0, imm: 248 }).op("c.fld", { fd: 15, rs1: A0, imm: 248 });
        a.op("c.fsdsp", { fs2: 9, imm: 504 }).op("c.fldsp", { fd: 31, imm: 504 });
      },
      { csrs: DIRTY, x: { 2: BigInt(DATA), [A0]: BigInt(DATA + 4096 - 248 - 3) }, f: { 9: value } },
    );
    expect(outcome.trap).toBeUndefined();
    expect([outcome.f(15), outcome.f(31)]).toEqual([value, value]);
  });

  test("f0 is a register like the others", async () => {
    const outcome = await run((a) => a.op("fadd.d", { fd: 0, fs1: 1, fs2: 1 }), {
      csrs: DIRTY,
      f: { 1: ONE },
    });
    expect(outcome.f(0)).toBe(0x4000000000000000n);
  });
});
