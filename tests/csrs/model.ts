/** What the manuals say of each CSR: which bits are kept, and what a write of a value that is not legal leaves there. */
import { CSRS, type CsrRow } from "../../spec/csrs.ts";
import { MENVCFG_BIT, MSTATUS_BIT, PRIVILEGE } from "../../spec/riscv.ts";
import { EVENTS } from "../../spec/timing-layout.ts";
import type { Level } from "../core/harness.ts";

/** The value after `written` was written to a register that held `before`. */
type Rule = (before: bigint, written: bigint) => bigint;

const ALL = (1n << 64n) - 1n;
const bits = (...numbers: number[]): bigint => numbers.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);
const masked =
  (mask: bigint): Rule =>
  (before, written) =>
    (before & ~mask) | (written & mask);

const { SIE, MIE, SPIE, MPIE, SPP, MPP, FS, MPRV, SUM, MXR, TVM, TW, TSR } = MSTATUS_BIT;
const SSTATUS = bits(SIE, SPIE, SPP, FS, FS + 1, SUM, MXR);
const MSTATUS = SSTATUS | bits(MIE, MPIE, MPRV, TVM, TW, TSR);

/** Privileged manual 3.1.6.6: SD says that some of FS, VS, XS is Dirty. */
function summed(status: bigint): bigint {
  const dirty = ((status >> BigInt(FS)) & 3n) === 3n;
  return dirty ? status | bits(63) : status & ~bits(63);
}

/** 3.1.6.1: MPP holds privilege levels that exist. */
const mstatus: Rule = (before, written) => {
  const level = (written >> BigInt(MPP)) & 3n;
  return summed(masked(level === 2n ? MSTATUS : MSTATUS | bits(MPP, MPP + 1))(before, written));
};

/** 3.1.7: modes Direct and Vectored. */
const vector: Rule = (before, written) => ((written & 3n) > 1n ? before : written);

/** 3.1.18: FIOM, CBIE (of which 2 is reserved), CBCFE, CBZE, and in menvcfg ADUE, PBMTE and STCE. */
const environment =
  (mask: bigint): Rule =>
  (before, written) =>
    masked(
      ((written >> BigInt(MENVCFG_BIT.CBIE)) & 3n) === 2n ? mask & ~(3n << BigInt(MENVCFG_BIT.CBIE)) : mask,
    )(before, written);
const BLOCKS = bits(0, MENVCFG_BIT.CBIE, MENVCFG_BIT.CBIE + 1, MENVCFG_BIT.CBCFE, MENVCFG_BIT.CBZE);

/** 12.1.11: a mode that is not supported makes a write do nothing. */
const satp: Rule = (before, written) => ([0n, 8n, 9n, 10n].includes(written >> 60n) ? written : before);

/** 3.7.1: bits 6:5 of an entry are 0; R = 0 with W = 1 is reserved. */
const protection: Rule = (before, written) => {
  let kept = 0n;
  for (let shift = 0n; shift < 64n; shift += 8n) {
    const entry = (written >> shift) & 0x9fn;
    kept |= ((entry & 3n) === 2n ? (before >> shift) & 0xffn : entry) << shift;
  }
  return kept;
};

/** Debug 5.7.1, 5.7.2: triggers 0 to 3; a type that there is not becomes 15, disabled. Sizes 0 to 3 and 5, for data only. */
const trigger: Rule = (_, written) => {
  const type = written >> 60n;
  if (type !== 2n && type !== 6n) return 15n << 60n;
  const size = type === 2n ? ((written >> 16n) & 3n) | ((written >> 19n) & 12n) : (written >> 16n) & 7n;
  const keeps = (size < 4n || size === 5n) && (written & 4n) === 0n;
  const sized = type === 2n ? bits(16, 17, 21, 22) : bits(16, 17, 18);
  return (type << 60n) | (written & (bits(0, 1, 2, 3, 4, 6) | (keeps ? sized : 0n)));
};

/** Registers that are more than a mask of the table; a name without its number stands for all of a family. */
const RULES: Readonly<Record<string, Rule>> = {
  fflags: masked(0x1fn),
  frm: masked(7n),
  fcsr: masked(0xffn),
  sstatus: (before, written) => summed(masked(SSTATUS)(before, written)),
  // mideleg is 0x222 here.
  sie: masked(0x222n),
  // 12.1.3: SSIP alone is writable.
  sip: masked(2n),
  stvec: vector,
  senvcfg: environment(BLOCKS),
  stimecmp: masked(ALL),
  satp,
  mstatus,
  mtvec: vector,
  menvcfg: environment(BLOCKS | bits(MENVCFG_BIT.ADUE, MENVCFG_BIT.PBMTE, MENVCFG_BIT.STCE)),
  // 3.1.12: bit 1 is 0, time is not stopped.
  mcountinhibit: masked(0xffff_fffdn),
  // Any number is kept that names an event; others select none.
  mhpmevent: (_, written) => (written < BigInt(EVENTS.length) ? written : 0n),
  mip: masked(0x222n),
  pmpcfg: protection,
  // 3.7.1: bits 55:2 of an address.
  pmpaddr: masked((1n << 54n) - 1n),
  tselect: (before, written) => (written < 4n ? written : before),
  tdata1: trigger,
  tdata2: masked(ALL),
  mcycle: masked(ALL),
  minstret: masked(ALL),
  mhpmcounter: masked(ALL),
};

/** Time goes on while one looks. */
const MOVING = new Set(["cycle", "time", "instret"]);

const isReadOnly = ({ address }: CsrRow): boolean => address >> 10 === 3;

function ruleOf(row: CsrRow): Rule {
  if (row.mask !== undefined) return masked(BigInt(row.mask));
  if (row.value !== undefined) return () => BigInt(row.value as string);
  if (isReadOnly(row)) return (before) => before;
  const rule = RULES[row.name] ?? RULES[row.name.replace(/\d+$/, "")];
  if (!rule) throw new Error(`the model has no rule for ${row.name}`);
  return rule;
}

/** Rows that the model says nothing about. */
export function unknownRows(rows: readonly CsrRow[] = CSRS): string[] {
  return rows
    .filter((row) => {
      try {
        return !ruleOf(row);
      } catch {
        return true;
      }
    })
    .map(({ name }) => name);
}

/** Rules that no row uses. */
export function unusedRules(rows: readonly CsrRow[] = CSRS): string[] {
  const used = new Set(rows.flatMap(({ name }) => [name, name.replace(/\d+$/, "")]));
  return Object.keys(RULES).filter((name) => !used.has(name));
}

/** "The lowest two bits of the number's upper half encode the lowest privilege level that can access the CSR." */
export const mayRead = (row: CsrRow, level: Level): boolean => PRIVILEGE[level] >= ((row.address >> 8) & 3);
export const mayWrite = (row: CsrRow, level: Level): boolean => mayRead(row, level) && !isReadOnly(row);

/** What the register holds after the write; undefined where that is a matter of time. */
export function after(row: CsrRow, before: bigint, written: bigint): bigint | undefined {
  return MOVING.has(row.name) ? undefined : ruleOf(row)(before, written);
}
