/** What firmware and kernels probe for: registers that are not there are illegal, and the tree names what is there. */
import { beforeAll, describe, expect, it } from "vitest";
import { ISA_STRING } from "../../spec/riscv.ts";
import { Probe } from "./harness.ts";

let probe: Probe;
beforeAll(async () => {
  probe = await Probe.create();
});

const read = (csr: number) => probe.exec("csrrs", { rd: 5, csr });

describe("probing", () => {
  it.each([
    ["vstart", 0x008],
    ["seed", 0x015],
    ["sstateen0", 0x10c],
    ["siselect", 0x150],
    ["stopei", 0x15c],
    ["vsstatus", 0x200],
    ["mstateen0", 0x30c],
    ["mstatush", 0x310],
    ["mcyclecfg", 0x321],
    ["miselect", 0x350],
    ["mtopei", 0x35c],
    ["scontext", 0x5a8],
    ["hstatus", 0x600],
    ["mnstatus", 0x744],
    ["mseccfg", 0x747],
    ["mcontext", 0x7a8],
    ["dcsr", 0x7b0],
    ["cycleh", 0xc80],
    ["scountovf", 0xda0],
    ["stopi", 0xdb0],
    ["mtopi", 0xfb0],
  ])("%s finds nothing", (_name, csr) => {
    probe.level = "M";
    expect(read(csr)).toMatchObject({ cause: 2n, level: "M" });
  });

  it.each([
    ["mvendorid", 0xf11],
    ["marchid", 0xf12],
    ["mimpid", 0xf13],
    ["mhartid", 0xf14],
    ["mconfigptr", 0xf15],
    ["menvcfg", 0x30a],
    ["mcountinhibit", 0x320],
    ["mhpmevent31", 0x33f],
    ["mhpmcounter31", 0xb1f],
    ["hpmcounter31", 0xc1f],
    ["tselect", 0x7a0],
    ["stimecmp", 0x14d],
  ])("%s finds it", (_name, csr) => {
    probe.level = "M";
    expect(read(csr)).toBeUndefined();
  });

  it("of PMP by writing all ones finds 16 entries of 4 bytes", () => {
    expect(probe.csr("pmpaddr0", -1n)).toBe((1n << 54n) - 1n);
    expect(read(0x3c0)).toMatchObject({ cause: 2n });
    expect(read(0x3a1)).toMatchObject({ cause: 2n });
    probe.csr("pmpaddr0", 0n);
  });
});

describe("the ISA string", () => {
  it("has the form of the device-tree binding", () => {
    expect(ISA_STRING).toMatch(
      /^rv64imaf?d?q?c?b?k?j?p?v?h?(?:[hsxz](?:[0-9a-z])+)?(?:_[hsxz](?:[0-9a-z])+)*$/,
    );
  });

  it("names each extension once, in the order of the naming conventions", () => {
    const names = ISA_STRING.split("_").slice(1);
    expect(new Set(names).size).toBe(names.length);
    // Z by the single letter that follows, then S.
    const rank = (name: string) =>
      name.startsWith("z") ? "imafdqlcbkjtpvh".indexOf(name[1] as string) : 100;
    expect(names.map(rank)).toEqual(names.map(rank).sort((a, b) => a - b));
  });

  it("names Svadu alone because A and D bits are set by hardware after reset", async () => {
    const fresh = await Probe.create();
    expect((fresh.csr("menvcfg") >> 61n) & 1n).toBe(1n);
    expect(ISA_STRING).toContain("_svadu");
    expect(ISA_STRING).not.toContain("_svade");
  });
});
