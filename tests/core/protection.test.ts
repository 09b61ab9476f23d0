/** Physical memory protection, and page tables where it or nothing stands in the way. */
import { beforeEach, describe, expect, it } from "vitest";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { EXCEPTION } from "../../spec/riscv.ts";
import { type Level, PROBE_CODE, Probe } from "./harness.ts";

const [R, W, X, TOR, NA4, NAPOT, LOCK] = [1, 2, 4, 1 << 3, 2 << 3, 3 << 3, 0x80];
const DATA = RAM_BASE + 0x10_0000;
const LOAD_FAULT = BigInt(EXCEPTION.LOAD_ACCESS_FAULT);
const STORE_FAULT = BigInt(EXCEPTION.STORE_ACCESS_FAULT);

let probe: Probe;
beforeEach(async () => {
  probe = await Probe.create();
});

/** Sets one of entries 0 to 7. */
function protect(entry: number, address: bigint, config: number): void {
  probe.csr(`pmpaddr${entry}`, address);
  const others = probe.csr("pmpcfg0") & ~(0xffn << BigInt(8 * entry));
  probe.csr("pmpcfg0", others | (BigInt(config) << BigInt(8 * entry)));
}

const napot = (start: number, bytes: number): bigint => BigInt(start / 4 + bytes / 8 - 1);
const word = (address: number): bigint => BigInt(address / 4);

/** Whether a load and a store at an address go through. */
function rights(address: number, level: Level, load = "lw", store = "sw"): string {
  let allowed = "";
  for (const [letter, name] of [
    ["r", load],
    ["w", store],
  ] as const) {
    probe.level = level;
    probe.x(10, BigInt(address));
    const trap = probe.exec(name, { rd: 5, rs1: 10, rs2: 6 });
    if (trap && trap.cause !== (letter === "r" ? LOAD_FAULT : STORE_FAULT))
      throw new Error(`cause ${trap.cause}`);
    if (!trap) allowed += letter;
  }
  return allowed;
}

describe("PMP entries", () => {
  it("bind S and U by their permissions, and M only when locked", () => {
    const cases = [
      [0, ""],
      [R, "r"],
      [R | W, "rw"],
      [X, ""],
      [R | X, "r"],
    ] as const;
    for (const [config, allowed] of cases) {
      protect(0, napot(DATA, 4096), NAPOT | config);
      expect([config, rights(DATA, "S"), rights(DATA, "U"), rights(DATA, "M")]).toEqual([
        config,
        allowed,
        allowed,
        "rw",
      ]);
    }
    protect(0, napot(DATA, 4096), NAPOT | R | LOCK);
    expect([rights(DATA, "S"), rights(DATA, "M")]).toEqual(["r", "r"]);
  });

  it("leave nothing to S and U where none matches, and all to M", () => {
    probe.csr("pmpcfg2", 0n);
    protect(1, napot(PROBE_CODE, 4096), NAPOT | X);
    expect([rights(DATA, "U"), rights(DATA, "M")]).toEqual(["", "rw"]);
  });

  it("count by the lowest number", () => {
    protect(0, napot(DATA, 8), NAPOT | R);
    protect(1, napot(DATA, 4096), NAPOT | R | W);
    expect([rights(DATA, "U"), rights(DATA + 4, "U"), rights(DATA + 8, "U")]).toEqual(["r", "r", "rw"]);
  });

  it("cover four bytes, powers of two, or what lies between two addresses", () => {
    protect(0, word(DATA + 4), NA4 | R);
    expect([rights(DATA, "U"), rights(DATA + 4, "U"), rights(DATA + 8, "U")]).toEqual(["rw", "r", "rw"]);
    protect(0, word(DATA + 8), 0);
    protect(1, word(DATA + 16), TOR | R);
    expect([DATA + 4, DATA + 8, DATA + 12, DATA + 16].map((at) => rights(at, "U"))).toEqual([
      "rw",
      "r",
      "r",
      "rw",
    ]);
    protect(0, word(DATA + 16), 0);
    expect(rights(DATA + 8, "U")).toBe("rw");
    protect(1, 0n, 0);
    protect(0, word(DATA), TOR | R | W | X);
    expect(rights(DATA - 4, "U")).toBe("rw");
  });

  it("must match all bytes of an access, in M-mode too", () => {
    protect(0, napot(DATA, 8), NAPOT | R | W);
    expect(rights(DATA, "U", "ld", "sd")).toBe("rw");
    expect(rights(DATA + 4, "U", "ld", "sd")).toBe("");
    expect(rights(DATA + 4, "M", "ld", "sd")).toBe("");
    expect(rights(DATA + 6, "U")).toBe("");
  });

  it("see each page's part of an access that crosses pages", () => {
    protect(0, napot(DATA, 4096), NAPOT | R);
    expect(rights(DATA - 2, "U")).toBe("r");
    probe.level = "U";
    probe.x(10, BigInt(DATA - 2));
    expect(probe.exec("sw", { rs1: 10 })?.tval).toBe(BigInt(DATA));
  });

  it("keep their configuration and address while locked, and the address below a locked TOR", () => {
    protect(2, word(DATA), 0);
    protect(3, word(DATA + 4096), TOR | R | LOCK);
    probe.csr("pmpaddr3", 0n);
    probe.csr("pmpaddr2", 0n);
    probe.csr("pmpcfg0", 0n);
    expect(probe.csr("pmpaddr3")).toBe(word(DATA + 4096));
    expect(probe.csr("pmpaddr2")).toBe(word(DATA));
    expect(probe.csr("pmpcfg0")).toBe(BigInt(TOR | R | LOCK) << 24n);
    expect(rights(DATA, "M")).toBe("r");
    probe.csr("pmpaddr1", 5n);
    expect(probe.csr("pmpaddr1")).toBe(5n);
  });

  it("cannot be writable without being readable", () => {
    protect(0, napot(DATA, 4096), NAPOT | R);
    protect(0, napot(DATA, 4096), NAPOT | W);
    expect(probe.csr("pmpcfg0")).toBe(BigInt(NAPOT | R));
  });

  it("hold at once for what was accessed before", () => {
    expect(rights(DATA, "U")).toBe("rw");
    protect(0, napot(DATA, 4096), NAPOT);
    expect(rights(DATA, "U")).toBe("");
    protect(0, napot(DATA, 4096), NAPOT | R | W);
    expect(rights(DATA, "U")).toBe("rw");
  });

  it("hold for fetches, both halves of an instruction", () => {
    const at = DATA + 4094;
    protect(0, napot(DATA + 4096, 4096), NAPOT | R | W);
    probe.level = "U";
    expect(probe.exec("c.li", { rd: 5, imm: 1 }, at)).toBe(undefined);
    const trap = probe.exec("addi", { rd: 5 }, at);
    expect(trap).toEqual({
      cause: BigInt(EXCEPTION.INSTRUCTION_ACCESS_FAULT),
      tval: BigInt(DATA + 4096),
      level: "M",
    });
    protect(0, napot(DATA + 4096, 8), NAPOT | R | W);
    probe.level = "U";
    expect(probe.exec("addi", { rd: 5 }, DATA + 4104)).toBe(undefined);
    expect(probe.exec("addi", { rd: 5 }, DATA + 4100)?.cause).toBe(
      BigInt(EXCEPTION.INSTRUCTION_ACCESS_FAULT),
    );
  });

  it("hold for the level that MPRV names", () => {
    protect(0, napot(DATA, 4096), NAPOT | R);
    probe.level = "M";
    probe.x(10, BigInt(DATA));
    probe.csr("mstatus", 1n << 17n);
    expect(probe.exec("lw", { rd: 5, rs1: 10 })).toBe(undefined);
    expect(probe.exec("sw", { rs1: 10 })?.cause).toBe(STORE_FAULT);
  });
});

describe("page tables", () => {
  const TABLE = RAM_BASE + 0x20_0000;
  const VA = 0x4000_0000;
  const LEAF = 0xcfn;
  const entry = (address: number, flags: bigint): bigint => (BigInt(address / 4096) << 10n) | flags;
  const ENTRY_AT = TABLE + (VA / 2 ** 30) * 8;

  /** Sv39 with gigapages: memory by identity, and `pte` for VA. */
  function map(pte: bigint, level: Level = "S"): void {
    probe.memory(TABLE + 16, entry(RAM_BASE, LEAF));
    probe.memory(ENTRY_AT, pte);
    probe.csr("satp", (8n << 60n) | BigInt(TABLE / 4096));
    probe.level = level;
    probe.x(10, BigInt(VA));
  }
  const load = () => probe.exec("lw", { rd: 5, rs1: 10 });
  const store = () => probe.exec("sw", { rs1: 10, rs2: 0 });

  it("where nothing answers give an access fault of the access's kind", () => {
    map(entry(0x9000_0000, 1n));
    expect(load()?.cause).toBe(LOAD_FAULT);
    map(entry(0x9000_0000, 1n));
    expect(store()?.cause).toBe(STORE_FAULT);
    expect(probe.csr("mtval")).toBe(BigInt(VA));
  });

  it("that PMP hides give an access fault", () => {
    // M-mode loads as S-mode would, so that the fetch needs no page table.
    map(entry(RAM_BASE, LEAF), "M");
    probe.csr("mstatus", (1n << 17n) | (1n << 11n));
    expect(load()).toBe(undefined);
    protect(0, napot(TABLE, 4096), NAPOT);
    expect(load()?.cause).toBe(LOAD_FAULT);
  });

  it("that PMP keeps from being written give an access fault when A or D is due", () => {
    protect(0, napot(TABLE, 4096), NAPOT | R);
    map(entry(RAM_BASE, 0x0fn));
    expect(load()?.cause).toBe(LOAD_FAULT);
    map(entry(RAM_BASE, 0x4fn));
    expect(load()).toBe(undefined);
    expect(store()?.cause).toBe(STORE_FAULT);
    map(entry(RAM_BASE, LEAF));
    expect(store()).toBe(undefined);
  });

  it("get A from an access and D from a store, or page faults without menvcfg.ADUE", () => {
    map(entry(RAM_BASE, 0x0fn));
    expect(load()).toBe(undefined);
    expect(probe.memory(ENTRY_AT) & 0xffn).toBe(0x4fn);
    expect(store()).toBe(undefined);
    expect(probe.memory(ENTRY_AT) & 0xffn).toBe(0xcfn);
    probe.csr("menvcfg", 0n);
    map(entry(RAM_BASE, 0x0fn));
    expect(load()?.cause).toBe(BigInt(EXCEPTION.LOAD_PAGE_FAULT));
    map(entry(RAM_BASE, 0x4fn));
    expect(load()).toBe(undefined);
    expect(store()?.cause).toBe(BigInt(EXCEPTION.STORE_PAGE_FAULT));
    expect(probe.memory(ENTRY_AT) & 0xffn).toBe(0x4fn);
  });

  it("with reserved bits give page faults", () => {
    const fault = BigInt(EXCEPTION.LOAD_PAGE_FAULT);
    for (let bit = 54n; bit <= 60n; bit++) {
      map(entry(RAM_BASE, LEAF) | (1n << bit));
      expect([bit, load()?.cause]).toEqual([bit, fault]);
    }
    for (const type of [1n, 2n, 3n]) {
      probe.csr("menvcfg", 1n << 61n);
      map(entry(RAM_BASE, LEAF) | (type << 61n));
      expect([type, load()?.cause]).toEqual([type, fault]);
      probe.csr("menvcfg", 3n << 61n);
      map(entry(RAM_BASE, LEAF) | (type << 61n));
      expect([type, load()?.cause]).toEqual([type, type === 3n ? fault : undefined]);
    }
  });

  it("are looked at anew after sfence.vma, also for one page of a superpage", () => {
    map(entry(RAM_BASE, LEAF));
    expect(load()).toBe(undefined);
    probe.memory(ENTRY_AT, 0n);
    probe.x(11, BigInt(VA + 0x5000));
    expect(probe.exec("sfence.vma", { rs1: 11 })).toBe(undefined);
    expect(load()?.cause).toBe(BigInt(EXCEPTION.LOAD_PAGE_FAULT));
  });
});
