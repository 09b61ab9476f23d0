/** CSRs that are more than a masked word. spec/csrs.ts names these functions; section numbers are the privileged manual's. */
import {
  CYCLES_PER_TICK,
  MENVCFG_ADUE_BIT,
  MENVCFG_CBCFE_BIT,
  MENVCFG_CBIE_BIT,
  MENVCFG_CBZE_BIT,
  MENVCFG_PBMTE_BIT,
  MENVCFG_STCE_BIT,
  MSTATUS_FS_BIT,
  MSTATUS_MIE_BIT,
  MSTATUS_MPIE_BIT,
  MSTATUS_MPP_BIT,
  MSTATUS_MPRV_BIT,
  MSTATUS_MXR_BIT,
  MSTATUS_SIE_BIT,
  MSTATUS_SPIE_BIT,
  MSTATUS_SPP_BIT,
  MSTATUS_SUM_BIT,
  MSTATUS_TSR_BIT,
  MSTATUS_TVM_BIT,
  MSTATUS_TW_BIT,
} from "../generated/riscv";
import {
  HART_CYCLE,
  HART_CYCLEBASE,
  HART_FFLAGS,
  HART_FRM,
  HART_FUEL,
  HART_HARTID,
  HART_INSTRET,
  HART_INSTRETBASE,
  HART_LINES,
  HART_MCOUNTINHIBIT,
  HART_MENVCFG,
  HART_MIDELEG,
  HART_MIE,
  HART_MIP,
  HART_MSTATUS,
  HART_MTVEC,
  HART_PMPADDR,
  HART_PMPCFG,
  HART_RESERVATION,
  HART_SATP,
  HART_SENVCFG,
  HART_STIMECMP,
  HART_STVEC,
  HART_TIMED,
  MACHINE,
  MACHINE_TIMEOFFSET,
} from "../generated/layout";
import { markDirty } from "../fp/state";
import { PMP_LOCK, PMP_R, PMP_W, pmpConfig, pmpMode } from "../mmu/pmp";
import { flushHart, flushTranslations } from "../mmu/tlb";
import { satpModeExists } from "../mmu/walk";
import { inhibitHpmCounters } from "../timing/counters";
import { retiredSince } from "../timing/model";
import { updateContext } from "./context";
import { pendingBits } from "./interrupt";
import { supervisorTimerChanged } from "../host";

// @ts-ignore: decorator
@inline
function bit(number: u64): u64 {
  return (<u64>1) << number;
}

/** SXL = UXL = 2 (64 bits), read-only. */
const XLEN_FIELDS: u64 = (2 << 34) | (2 << 32);

const FS_FIELD: u64 = 3 << MSTATUS_FS_BIT;

/** SD, which sums up: "SD=((FS==0b11) OR ...)". */
function withSd(mstatus: u64): u64 {
  return (mstatus & FS_FIELD) == FS_FIELD ? mstatus | ((<u64>1) << 63) : mstatus;
}

function sstatusWritable(): u64 {
  return (
    bit(MSTATUS_SIE_BIT) |
    bit(MSTATUS_SPIE_BIT) |
    bit(MSTATUS_SPP_BIT) |
    bit(MSTATUS_SUM_BIT) |
    bit(MSTATUS_MXR_BIT) |
    FS_FIELD
  );
}

function mstatusWritable(): u64 {
  return (
    sstatusWritable() |
    bit(MSTATUS_MIE_BIT) |
    bit(MSTATUS_MPIE_BIT) |
    bit(MSTATUS_MPRV_BIT) |
    bit(MSTATUS_TVM_BIT) |
    bit(MSTATUS_TW_BIT) |
    bit(MSTATUS_TSR_BIT)
  );
}

/** The value of mstatus at reset. */
export function resetMstatus(): u64 {
  return XLEN_FIELDS;
}

function setMstatus(h: usize, value: u64): void {
  const changed = load<u64>(h, HART_MSTATUS) ^ value;
  store<u64>(h, value, HART_MSTATUS);
  // MXR decides what a load TLB may hold; SUM and privilege have TLB arrays of their own.
  if (changed & bit(MSTATUS_MXR_BIT)) flushTranslations(h);
  updateContext(h);
}

export function writeMstatus(h: usize, value: u64): void {
  const old = load<u64>(h, HART_MSTATUS);
  let mask = mstatusWritable();
  // MPP is WARL: 2 is no privilege level.
  if (((value >> MSTATUS_MPP_BIT) & 3) != 2) mask |= (<u64>3) << MSTATUS_MPP_BIT;
  setMstatus(h, (old & ~mask) | (value & mask));
}

export function readMstatus(h: usize): u64 {
  return withSd(load<u64>(h, HART_MSTATUS));
}

export function readSstatus(h: usize): u64 {
  return withSd(load<u64>(h, HART_MSTATUS) & (sstatusWritable() | (3 << 32)));
}

export function writeSstatus(h: usize, value: u64): void {
  const mask = sstatusWritable();
  setMstatus(h, (load<u64>(h, HART_MSTATUS) & ~mask) | (value & mask));
}

const FFLAGS_MASK: u64 = 0x1f;
const FRM_MASK: u64 = 7;
/** frm's place in fcsr. */
const FRM_SHIFT: u64 = 5;

export function readFflags(h: usize): u64 {
  return <u64>load<u32>(h, HART_FFLAGS);
}

export function writeFflags(h: usize, value: u64): void {
  store<u32>(h, <u32>(value & FFLAGS_MASK), HART_FFLAGS);
  markDirty(h);
}

export function readFrm(h: usize): u64 {
  return <u64>load<u32>(h, HART_FRM);
}

export function writeFrm(h: usize, value: u64): void {
  store<u32>(h, <u32>(value & FRM_MASK), HART_FRM);
  markDirty(h);
}

export function readFcsr(h: usize): u64 {
  return (readFrm(h) << FRM_SHIFT) | readFflags(h);
}

export function writeFcsr(h: usize, value: u64): void {
  writeFflags(h, value);
  writeFrm(h, value >> FRM_SHIFT);
}

/** 3.1.9: SSIP, STIP and SEIP are writable in mip; the M-level bits follow the interrupt controllers. */
const MIP_WRITABLE: u64 = 0x222;
const STIP: u64 = 0x20;

export function readMip(h: usize): u64 {
  return pendingBits(h);
}

export function writeMip(h: usize, value: u64): void {
  // Sstc: with menvcfg.STCE set, STIP is read-only and follows stimecmp.
  const writable = supervisorTimerEnabled(h) ? MIP_WRITABLE & ~STIP : MIP_WRITABLE;
  store<u64>(h, value & writable, HART_MIP);
}

export function readSip(h: usize): u64 {
  return pendingBits(h) & load<u64>(h, HART_MIDELEG);
}

/** 11.1.3: of sip only SSIP is writable, where it is delegated. */
export function writeSip(h: usize, value: u64): void {
  const mask = load<u64>(h, HART_MIDELEG) & 2;
  store<u64>(h, (load<u64>(h, HART_MIP) & ~mask) | (value & mask), HART_MIP);
}

export function readSie(h: usize): u64 {
  return load<u64>(h, HART_MIE) & load<u64>(h, HART_MIDELEG);
}

export function writeSie(h: usize, value: u64): void {
  const mask = load<u64>(h, HART_MIDELEG);
  store<u64>(h, (load<u64>(h, HART_MIE) & ~mask) | (value & mask), HART_MIE);
}

const CBIE_FIELD: u64 = 3 << MENVCFG_CBIE_BIT;
/** FIOM, and which cache-block operations are allowed below. */
const SENVCFG_WRITABLE: u64 = 1 | CBIE_FIELD | (1 << MENVCFG_CBCFE_BIT) | (1 << MENVCFG_CBZE_BIT);

/** What a write makes of an envcfg register: of CBIE "10" is reserved, and such a write keeps what it was. */
function legalEnvcfg(old: u64, value: u64, mask: u64): u64 {
  const reserved = (value & CBIE_FIELD) == (<u64>2) << MENVCFG_CBIE_BIT;
  return (reserved ? (value & ~CBIE_FIELD) | (old & CBIE_FIELD) : value) & mask;
}

export function writeSenvcfg(h: usize, value: u64): void {
  store<u64>(h, legalEnvcfg(load<u64>(h, HART_SENVCFG), value, SENVCFG_WRITABLE), HART_SENVCFG);
}

/** The same, and whether A and D bits are set by hardware, PTEs have memory types, and the supervisor has a timer. */
const MENVCFG_WRITABLE: u64 =
  SENVCFG_WRITABLE | (1 << MENVCFG_ADUE_BIT) | (1 << MENVCFG_PBMTE_BIT) | (1 << MENVCFG_STCE_BIT);

/** The value of menvcfg at reset: A and D bits by hardware, as software that knows nothing of Svadu expects it. */
export function resetMenvcfg(): u64 {
  return bit(MENVCFG_ADUE_BIT);
}

export function writeMenvcfg(h: usize, value: u64): void {
  store<u64>(h, legalEnvcfg(load<u64>(h, HART_MENVCFG), value, MENVCFG_WRITABLE), HART_MENVCFG);
  if (supervisorTimerEnabled(h)) store<u64>(h, load<u64>(h, HART_MIP) & ~STIP, HART_MIP);
  flushTranslations(h);
  driveSupervisorTimer(h);
}

export function writeStimecmp(h: usize, value: u64): void {
  store<u64>(h, value, HART_STIMECMP);
  driveSupervisorTimer(h);
}

/** Whether the hart's stimecmp is in force. */
export function supervisorTimerEnabled(h: usize): bool {
  return ((load<u64>(h, HART_MENVCFG) >> MENVCFG_STCE_BIT) & 1) != 0;
}

/** Whether the supervisor timer is due at `ticks` of the time CSR. */
export function supervisorTimerDue(h: usize, ticks: u64): bool {
  return supervisorTimerEnabled(h) && ticks >= load<u64>(h, HART_STIMECMP);
}

/** STIP = time >= stimecmp. The host sees to it that this is looked at again when time has come. */
function driveSupervisorTimer(h: usize): void {
  const lines = load<u32>(h, HART_LINES) & ~(<u32>STIP);
  store<u32>(h, supervisorTimerDue(h, readTime(h, 1)) ? lines | (<u32>STIP) : lines, HART_LINES);
  supervisorTimerChanged(load<u32>(h, HART_HARTID));
}

/** Modes 0 and 1 exist; a write of another mode changes nothing. */
export function writeMtvec(h: usize, value: u64): void {
  if ((value & 3) < 2) store<u64>(h, value, HART_MTVEC);
}

export function writeStvec(h: usize, value: u64): void {
  if ((value & 3) < 2) store<u64>(h, value, HART_STVEC);
}

/** 11.1.11: "if satp is written with an unsupported MODE, the entire write has no effect". */
export function writeSatp(h: usize, value: u64): void {
  if (!satpModeExists(value >> 60)) return;
  store<u64>(h, value, HART_SATP);
  store<u64>(h, ~0, HART_RESERVATION);
  flushTranslations(h);
}

export function readSatp(h: usize): u64 {
  return load<u64>(h, HART_SATP);
}

/** Bits above 55:2 of an address are not kept. */
const PMPADDR_MASK: u64 = (1 << 54) - 1;

/** 3.7.1.1: a locked entry keeps its address, and so does the one below a locked TOR entry. */
export function writePmpaddr(h: usize, entry: u32, value: u64): void {
  if (pmpConfig(h, entry) & PMP_LOCK) return;
  if (entry < 15) {
    const next = pmpConfig(h, entry + 1);
    if (next & PMP_LOCK && pmpMode(next) == 1) return;
  }
  store<u64>(h + ((<usize>entry) << 3), value & PMPADDR_MASK, HART_PMPADDR);
  flushHart(h);
}

/** Eight configuration bytes; locked ones stay. "The combination R=0 and W=1 is reserved": such a byte stays too. */
export function writePmpcfg(h: usize, word: u32, value: u64): void {
  for (let i: u32 = 0; i < 8; i++) {
    const config = (<u32>(value >> (<u64>(8 * i)))) & 0x9f;
    const entry = word * 8 + i;
    if (pmpConfig(h, entry) & PMP_LOCK) continue;
    if ((config & (PMP_R | PMP_W)) == PMP_W) continue;
    store<u8>(h + <usize>entry, <u8>config, HART_PMPCFG);
  }
  flushHart(h);
}

export function readMhartid(h: usize): u64 {
  return <u64>load<u32>(h, HART_HARTID);
}

/** Guest time of the instruction that is executing, in cycles. */
export function now(h: usize): u64 {
  return load<u64>(h, HART_CYCLE) - <u64>(<i64>load<i32>(h, HART_FUEL));
}

const INHIBIT_CY: u64 = 1;
const INHIBIT_IR: u64 = 4;

export function readMcycle(h: usize): u64 {
  const base = load<u64>(h, HART_CYCLEBASE);
  return load<u64>(h, HART_MCOUNTINHIBIT) & INHIBIT_CY ? base : base + now(h);
}

export function writeMcycle(h: usize, value: u64): void {
  const running = !(load<u64>(h, HART_MCOUNTINHIBIT) & INHIBIT_CY);
  store<u64>(h, running ? value - now(h) : value, HART_CYCLEBASE);
}

/** Instructions retired before the one that is executing. */
function retired(h: usize): u64 {
  if (load<u32>(h, HART_TIMED)) return load<u64>(h, HART_INSTRET) + retiredSince(h) - 1;
  return load<u64>(h, HART_INSTRET) - <u64>load<u32>(h, HART_FUEL) - 1;
}

export function readMinstret(h: usize): u64 {
  const base = load<u64>(h, HART_INSTRETBASE);
  return load<u64>(h, HART_MCOUNTINHIBIT) & INHIBIT_IR ? base : base + retired(h);
}

/** "Any explicit write to instret takes effect after the writing instruction": that one is not counted. */
export function writeMinstret(h: usize, value: u64): void {
  const running = !(load<u64>(h, HART_MCOUNTINHIBIT) & INHIBIT_IR);
  store<u64>(h, running ? value - retired(h) - 1 : value, HART_INSTRETBASE);
}

/** 3.1.12: a counter that is inhibited keeps its value; the bases are converted so that reads go on from there. */
export function writeMcountinhibit(h: usize, value: u64): void {
  const cycle = readMcycle(h);
  const instret = readMinstret(h);
  inhibitHpmCounters(h, value);
  store<u64>(h, value & 0xffff_fffd, HART_MCOUNTINHIBIT);
  writeMcycle(h, cycle);
  store<u64>(h, value & INHIBIT_IR ? instret : instret - retired(h), HART_INSTRETBASE);
}

export function readCycle(h: usize, counter: u32): u64 {
  return readMcycle(h);
}

export function readInstret(h: usize, counter: u32): u64 {
  return readMinstret(h);
}

/** The memory-mapped mtime. */
export function readTime(h: usize, counter: u32): u64 {
  return ticksAt(now(h));
}

/** mtime at a guest cycle. */
export function ticksAt(cycle: u64): u64 {
  return cycle / CYCLES_PER_TICK + load<u64>(MACHINE, MACHINE_TIMEOFFSET);
}

export { readTdata1, readTdata2, writeTdata1, writeTdata2, writeTselect } from "../debug/triggers";
export { readHpmCounter, readHpmEvent, writeHpmCounter, writeHpmEvent } from "../timing/counters";
