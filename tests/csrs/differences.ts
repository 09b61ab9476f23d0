/** Where QEMU's CSRs are otherwise: rows of docs/differences-from-qemu.md, with the bits that they are about. */
import { MENVCFG_BIT, MSTATUS_BIT } from "../../spec/riscv.ts";
import { EVENTS } from "../../spec/timing-layout.ts";

export interface Difference {
  /** First column of the table. */
  readonly row: string;
  /** Names of the registers. */
  readonly names: RegExp;
  /** Bits in which the values may differ when `written` is written. */
  readonly bits: (written: bigint) => bigint;
}

const ALL = (1n << 64n) - 1n;
const HIGH_HALF = ALL ^ 0xffff_ffffn;
const VECTORS = 0x600n;
const WIDTHS_AND_HYPERVISOR = 0xff_0000_0000n;
const DIRTY = 1n << 63n;

/** The bytes of `written` for which `condition` holds. */
function entries(written: bigint, condition: (entry: bigint) => boolean): bigint {
  let bytes = 0n;
  for (let shift = 0n; shift < 64n; shift += 8n)
    if (condition((written >> shift) & 0xffn)) bytes |= 0xffn << shift;
  return bytes;
}

const field = (value: bigint, low: number): bigint => (value >> BigInt(low)) & 3n;

export const DIFFERENCES: readonly Difference[] = [
  { row: "values of cycle, time, instret", names: /^(cycle|time|instret|mcycle|minstret)$/, bits: () => ALL },
  {
    row: "VS, UXL, SXL, MPV and GVA of mstatus and sstatus",
    names: /^[ms]status$/,
    bits: () => VECTORS | WIDTHS_AND_HYPERVISOR | DIRTY,
  },
  {
    row: "writing 2 to mstatus.MPP",
    names: /^mstatus$/,
    bits: (written) => (field(written, MSTATUS_BIT.MPP) === 2n ? 3n << BigInt(MSTATUS_BIT.MPP) : 0n),
  },
  { row: "bits 63:32 of mcounteren and scounteren", names: /^[ms]counteren$/, bits: () => HIGH_HALF },
  { row: "bits 1 and 63:32 of mcountinhibit", names: /^mcountinhibit$/, bits: () => HIGH_HALF | 2n },
  {
    row: "mhpmevent: a number that names no event",
    names: /^mhpmevent\d+$/,
    bits: (written) => (written < BigInt(EVENTS.length) ? 0n : ALL),
  },
  {
    row: "CBIE = 2 in menvcfg and senvcfg",
    names: /^[ms]envcfg$/,
    bits: (written) => (field(written, MENVCFG_BIT.CBIE) === 2n ? 3n << BigInt(MENVCFG_BIT.CBIE) : 0n),
  },
  { row: "menvcfg.ADUE", names: /^menvcfg$/, bits: () => 1n << BigInt(MENVCFG_BIT.ADUE) },
  { row: "bit 0 of mepc and sepc", names: /^[ms]epc$/, bits: () => 1n },
  {
    row: "medeleg bits 10, 11, 20 to 23; VS-level bits of mideleg, mie, mip",
    names: /^medeleg$/,
    bits: () => 0xf0_0c00n,
  },
  {
    row: "medeleg bits 10, 11, 20 to 23; VS-level bits of mideleg, mie, mip",
    names: /^mi(deleg|e|p)$/,
    bits: () => 0x2444n,
  },
  {
    row: "bits 6:5 of an entry of pmpcfg; W without R",
    names: /^pmpcfg\d+$/,
    bits: (written) => 0x6060_6060_6060_6060n | entries(written, (entry) => (entry & 3n) === 2n),
  },
  { row: "bits 63:54 of pmpaddr", names: /^pmpaddr\d+$/, bits: () => ALL << 54n },
];

/** Registers of extensions that QEMU is run without: its debug triggers are of another version. */
export const LEFT_OUT = /^t(select|data\d|info|control)$/;
