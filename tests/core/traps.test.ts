/** Traps where the manual leaves a choice, or where other implementations go astray. */
import { beforeEach, describe, expect, it } from "vitest";
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import { EXCEPTION } from "../../spec/riscv.ts";
import { csrNumber, encode } from "./encode.ts";
import { MIB, PROBE_CODE, Probe } from "./harness.ts";

let probe: Probe;
beforeEach(async () => {
  probe = await Probe.create();
});

const cause = (name: keyof typeof EXCEPTION): bigint => BigInt(EXCEPTION[name]);
const DATA = BigInt(RAM_BASE + 0x10_0000);
const NOWHERE = 0x9000_0000n;

describe("trap values", () => {
  it("of ebreak is its address", () => {
    expect(probe.exec("ebreak")).toEqual({
      cause: cause("BREAKPOINT"),
      tval: BigInt(PROBE_CODE),
      level: "M",
    });
    expect(probe.exec("c.ebreak")?.tval).toBe(BigInt(PROBE_CODE));
  });

  it("of an illegal instruction are its bits", () => {
    expect(probe.execWord(0xffff_ffff, 4)?.tval).toBe(0xffff_ffffn);
    expect(probe.execWord(0x0000, 2)?.tval).toBe(0n);
    probe.level = "U";
    expect(probe.exec("sinval.vma")?.tval).toBe(BigInt(encode("sinval.vma")));
  });

  it("of ecall are 0, and its cause is the level", () => {
    for (const [level, name] of [
      ["U", "ECALL_FROM_U"],
      ["S", "ECALL_FROM_S"],
      ["M", "ECALL_FROM_M"],
    ] as const) {
      probe.level = level;
      expect(probe.exec("ecall")).toEqual({ cause: cause(name), tval: 0n, level: "M" });
    }
  });

  it("of a misaligned access to nowhere are its own address", () => {
    probe.x(10, NOWHERE + 1n);
    expect(probe.exec("ld", { rd: 5, rs1: 10 })).toEqual({
      cause: cause("LOAD_ACCESS_FAULT"),
      tval: NOWHERE + 1n,
      level: "M",
    });
    expect(probe.exec("sw", { rs2: 5, rs1: 10 })).toEqual({
      cause: cause("STORE_ACCESS_FAULT"),
      tval: NOWHERE + 1n,
      level: "M",
    });
  });

  it("of an access over the end of memory are its own address", () => {
    const last = BigInt(RAM_BASE + 8 * MIB - 4);
    probe.x(10, last);
    expect(probe.exec("ld", { rd: 5, rs1: 10 })?.tval).toBe(last);
    expect(probe.exec("lw", { rd: 5, rs1: 10 })).toBe(undefined);
  });

  it("of a jump to nowhere are the target", () => {
    expect(probe.go(NOWHERE)).toEqual({
      cause: cause("INSTRUCTION_ACCESS_FAULT"),
      tval: NOWHERE,
      level: "M",
    });
    expect(probe.csr("mepc")).toBe(NOWHERE);
  });

  it("of an instruction that ends past the end of memory are its second half", () => {
    const end = RAM_BASE + 8 * MIB;
    probe.memory(end - 8, 0x0013_0000_0000_0000n);
    expect(probe.go(BigInt(end - 2))).toEqual({
      cause: cause("INSTRUCTION_ACCESS_FAULT"),
      tval: BigInt(end),
      level: "M",
    });
    expect(probe.csr("mepc")).toBe(BigInt(end - 2));
  });
});

describe("atomics", () => {
  it("fault as stores where nothing answers, and on devices", () => {
    for (const address of [NOWHERE, BigInt(MACHINE_MAP.clint.base)]) {
      probe.x(10, address);
      expect(probe.exec("amoadd.d", { rd: 5, rs1: 10, rs2: 6 })).toEqual({
        cause: cause("STORE_ACCESS_FAULT"),
        tval: address,
        level: "M",
      });
    }
  });

  it("must be aligned", () => {
    probe.x(10, DATA + 4n);
    expect(probe.exec("amoadd.d", { rd: 5, rs1: 10 })?.cause).toBe(cause("STORE_ADDRESS_MISALIGNED"));
    expect(probe.exec("lr.d", { rd: 5, rs1: 10 })?.cause).toBe(cause("LOAD_ADDRESS_MISALIGNED"));
    expect(probe.exec("sc.d", { rd: 5, rs1: 10 })?.cause).toBe(cause("STORE_ADDRESS_MISALIGNED"));
    expect(probe.exec("amoadd.w", { rd: 5, rs1: 10 })).toBe(undefined);
  });

  it("leave rd as it was when they trap", () => {
    probe.x(10, NOWHERE);
    probe.x(5, 77n);
    for (const name of ["amoswap.w", "lr.w", "ld", "lbu"]) probe.exec(name, { rd: 5, rs1: 10 });
    expect(probe.x(5)).toBe(77n);
  });
});

describe("CSRs", () => {
  const ILLEGAL = cause("ILLEGAL_INSTRUCTION");

  it("that are read-only cannot be written with the same value either", () => {
    probe.x(6, 0n);
    const csr = csrNumber("mhartid");
    expect(probe.exec("csrrs", { rd: 5, csr, rs1: 6 })?.cause).toBe(ILLEGAL);
    expect(probe.exec("csrrc", { rd: 5, csr, rs1: 6 })?.cause).toBe(ILLEGAL);
    expect(probe.exec("csrrs", { rd: 5, csr })).toBe(undefined);
    expect(probe.exec("csrrsi", { rd: 5, csr })).toBe(undefined);
    expect(probe.exec("csrrw", { rd: 5, csr })?.cause).toBe(ILLEGAL);
  });

  it("keep only what they can hold", () => {
    const write = (name: string, value: bigint): bigint => {
      probe.x(6, BigInt.asUintN(64, value));
      expect(probe.exec("csrrw", { csr: csrNumber(name), rs1: 6 })).toBe(undefined);
      expect(probe.exec("csrrs", { rd: 7, csr: csrNumber(name) })).toBe(undefined);
      return probe.x(7);
    };
    expect(write("mepc", -1n)).toBe(2n ** 64n - 2n);
    expect(write("sepc", 3n)).toBe(2n);
    expect(write("pmpaddr3", -1n)).toBe(2n ** 54n - 1n);
    expect(write("medeleg", -1n)).toBe(0xb3ffn);
    expect(write("mideleg", -1n)).toBe(0x222n);
    expect(write("mie", -1n)).toBe(0xaaan);
    expect(write("mip", -1n)).toBe(0x222n);
    expect(write("mhpmcounter3", -1n)).toBe(2n ** 64n - 1n);
    expect(write("mhpmevent3", -1n)).toBe(0n);
    const mtvec = write("mtvec", 0x8000_2000n);
    expect(write("mtvec", 0x8000_4002n)).toBe(mtvec);
    const mpp = (value: bigint): bigint => (write("mstatus", value << 11n) >> 11n) & 3n;
    expect([mpp(3n), mpp(2n), mpp(1n), mpp(2n), mpp(0n)]).toEqual([3n, 3n, 1n, 1n, 0n]);
    write("satp", 8n << 60n);
    for (const mode of [1n, 7n, 11n, 15n]) expect(write("satp", (mode << 60n) | 5n)).toBe(8n << 60n);
  });

  it("of Sstc leave STIP to software while menvcfg.STCE is 0", () => {
    probe.csr("mip", 0x20n);
    probe.csr("stimecmp", 2n ** 62n);
    expect(probe.csr("mip") & 0x20n).toBe(0x20n);
    probe.csr("menvcfg", 1n << 63n);
    expect(probe.csr("mip") & 0x20n).toBe(0n);
    probe.csr("stimecmp", 0n);
    expect(probe.csr("mip") & 0x20n).toBe(0x20n);
  });
});

describe("what is reserved", () => {
  it("is illegal", () => {
    const words: ReadonlyArray<readonly [string, number, 2 | 4]> = [
      ["c.addiw with rd = x0", 0x2005, 2],
      ["c.lwsp with rd = x0", 0x4002, 2],
      ["c.ldsp with rd = x0", 0x6002, 2],
      ["c.addi4spn with immediate 0", 0x0004, 2],
      ["c.addi16sp with immediate 0", 0x6101, 2],
      ["c.lui with immediate 0", 0x6081, 2],
      ["c.jr with rs1 = x0", 0x8002, 2],
      ["slli by 64", 0x4000_1013 | (1 << 25), 4],
      ["a rounding mode of 5", 0x0000_d053, 4],
    ];
    probe.csr("mstatus", 3n << 13n);
    for (const [what, word, length] of words) {
      expect([what, probe.execWord(word, length)?.cause]).toEqual([what, cause("ILLEGAL_INSTRUCTION")]);
    }
  });

  it("in U-mode: Svinval's ordering instructions, wfi, sret, mret", () => {
    for (const name of [
      "sfence.w.inval",
      "sfence.inval.ir",
      "sinval.vma",
      "sfence.vma",
      "wfi",
      "sret",
      "mret",
    ]) {
      probe.level = "U";
      expect([name, probe.exec(name)?.cause]).toEqual([name, cause("ILLEGAL_INSTRUCTION")]);
    }
  });
});

describe("delegation", () => {
  it("goes to S-mode from below M-mode only", () => {
    probe.csr("medeleg", 1n << 3n);
    for (const [from, to] of [
      ["U", "S"],
      ["S", "S"],
      ["M", "M"],
    ] as const) {
      probe.level = from;
      expect(probe.exec("ebreak")?.level).toBe(to);
    }
  });
});
