/**
 * Instructions whose meaning is a function (`@name` in spec/isa). Each gets the hart and the decoded slot,
 * whose immediate is the raw instruction; pc and fuel are saved. It returns true when the interpreter must look
 * around before it goes on, with the pc set to where that is.
 */
import {
  CAUSE_BREAKPOINT,
  CAUSE_ECALL_FROM_U,
  MSTATUS_TSR_BIT,
  MSTATUS_TVM_BIT,
  MSTATUS_TW_BIT,
  PRIV_M,
  PRIV_S,
  PRIV_U,
} from "../generated/riscv";
import {
  HART_MCOUNTEREN,
  HART_MIP,
  HART_MSTATUS,
  HART_PC,
  HART_PRIV,
  HART_RESERVATION,
  HART_SCOUNTEREN,
  HART_WAITING,
} from "../generated/layout";
import { SLOT_IMM, SLOT_RD, SLOT_RS1 } from "../block/slot";
import { csrExists, csrIsBarrier, csrRead, csrWrite } from "../generated/csr-access";
import { supervisorTimerEnabled } from "../hart/csr-functions";
import { illegalInstruction, returnFromM, returnFromS, takeTrap } from "../hart/trap";
import { floatOff } from "../fp/state";
import { flushPage, flushTranslations } from "../mmu/tlb";

const CSR_FFLAGS: u32 = 0x001;
const CSR_FCSR: u32 = 0x003;
const CSR_SATP: u32 = 0x180;
const CSR_MIP: u32 = 0x344;
const CSR_SIP: u32 = 0x144;
const CSR_STIMECMP: u32 = 0x14d;
const CSR_TIME: u32 = 0xc01;
const CSR_FIRST_COUNTER: u32 = 0xc00;
const CSR_LAST_COUNTER: u32 = 0xc1f;

/** How a CSR instruction makes the new value from the old. */
const CSR_WRITE: u32 = 0;
const CSR_SET: u32 = 1;
const CSR_CLEAR: u32 = 2;

function raw(slot: usize): u32 {
  return load<u32>(slot, SLOT_IMM);
}

function mstatusHas(h: usize, bit: u64): bool {
  return ((load<u64>(h, HART_MSTATUS) >> bit) & 1) != 0;
}

function illegal(h: usize, slot: usize): bool {
  illegalInstruction(h, load<u64>(slot, SLOT_IMM));
  return true;
}

/** Goes on after this 4-byte instruction, by way of the checks of `enter`. */
function resume(h: usize): bool {
  store<u64>(h, load<u64>(h, HART_PC) + 4, HART_PC);
  return true;
}

/** Counters are visible below M-mode as mcounteren says, in U-mode as scounteren says too. */
function counterVisible(h: usize, counter: u32): bool {
  const priv = load<u32>(h, HART_PRIV);
  if (priv < PRIV_M && !((load<u64>(h, HART_MCOUNTEREN) >> (<u64>counter)) & 1)) return false;
  return priv != PRIV_U || ((load<u64>(h, HART_SCOUNTEREN) >> (<u64>counter)) & 1) != 0;
}

/** Whether the hart may access the CSR, for writing or not. */
function csrAccessible(h: usize, address: u32, writes: bool): bool {
  const priv = load<u32>(h, HART_PRIV);
  if (priv < ((address >> 8) & 3) || (writes && address >> 10 == 3) || !csrExists(address)) return false;
  if (address == CSR_SATP && priv == PRIV_S && mstatusHas(h, MSTATUS_TVM_BIT)) return false;
  // Sstc: "if mcounteren.TM or menvcfg.STCE is clear, attempts to access stimecmp below M-mode raise an exception".
  if (address == CSR_STIMECMP && priv < PRIV_M)
    return supervisorTimerEnabled(h) && counterVisible(h, CSR_TIME & 31);
  if (address >= CSR_FFLAGS && address <= CSR_FCSR) return !floatOff(h);
  if (address >= CSR_FIRST_COUNTER && address <= CSR_LAST_COUNTER) return counterVisible(h, address & 31);
  return true;
}

/**
 * The common part of the six CSR instructions. csrrs and csrrc do not write when rs1 is x0 (or the
 * immediate 0), so that read-only registers can be read with them.
 */
function accessCsr(h: usize, slot: usize, operation: u32, operand: u64): bool {
  const insn = raw(slot);
  const address = insn >> 20;
  const writes = operation == CSR_WRITE || ((insn >> 15) & 31) != 0;
  if (!csrAccessible(h, address, writes)) return illegal(h, slot);
  // "If rd=x0, then the instruction shall not read the CSR": no register here has a side effect of reading.
  const old = csrRead(h, address);
  if (writes) {
    // Setting and clearing bits of mip acts on what software wrote, not on what the controllers drive.
    const base = address == CSR_MIP || address == CSR_SIP ? load<u64>(h, HART_MIP) : old;
    const value = operation == CSR_WRITE ? operand : operation == CSR_SET ? base | operand : base & ~operand;
    csrWrite(h, address, value);
  }
  store<u64>(h + <usize>load<u16>(slot, SLOT_RD), old);
  return writes && csrIsBarrier(address) ? resume(h) : false;
}

function rs1(h: usize, slot: usize): u64 {
  return load<u64>(h + <usize>load<u16>(slot, SLOT_RS1));
}

function zimm(slot: usize): u64 {
  return <u64>((raw(slot) >> 15) & 31);
}

export function csrrw(h: usize, slot: usize): bool {
  return accessCsr(h, slot, CSR_WRITE, rs1(h, slot));
}

export function csrrs(h: usize, slot: usize): bool {
  return accessCsr(h, slot, CSR_SET, rs1(h, slot));
}

export function csrrc(h: usize, slot: usize): bool {
  return accessCsr(h, slot, CSR_CLEAR, rs1(h, slot));
}

export function csrrwi(h: usize, slot: usize): bool {
  return accessCsr(h, slot, CSR_WRITE, zimm(slot));
}

export function csrrsi(h: usize, slot: usize): bool {
  return accessCsr(h, slot, CSR_SET, zimm(slot));
}

export function csrrci(h: usize, slot: usize): bool {
  return accessCsr(h, slot, CSR_CLEAR, zimm(slot));
}

export function ecall(h: usize, slot: usize): bool {
  takeTrap(h, CAUSE_ECALL_FROM_U + <u64>load<u32>(h, HART_PRIV), 0);
  return true;
}

export function ebreak(h: usize, slot: usize): bool {
  takeTrap(h, CAUSE_BREAKPOINT, load<u64>(h, HART_PC));
  return true;
}

export function mret(h: usize, slot: usize): bool {
  if (load<u32>(h, HART_PRIV) != PRIV_M) return illegal(h, slot);
  returnFromM(h);
  return true;
}

export function sret(h: usize, slot: usize): bool {
  const priv = load<u32>(h, HART_PRIV);
  if (priv < PRIV_S || (priv == PRIV_S && mstatusHas(h, MSTATUS_TSR_BIT))) return illegal(h, slot);
  returnFromS(h);
  return true;
}

/** "When S-mode is implemented, then executing WFI in U-mode causes an illegal-instruction exception", here at once. */
export function wfi(h: usize, slot: usize): bool {
  const priv = load<u32>(h, HART_PRIV);
  if (priv == PRIV_U || (priv == PRIV_S && mstatusHas(h, MSTATUS_TW_BIT))) return illegal(h, slot);
  store<u32>(h, 1, HART_WAITING);
  return resume(h);
}

/** Svinval's ordering instructions: what they order is in order already. */
export function sfenceInval(h: usize, slot: usize): bool {
  return load<u32>(h, HART_PRIV) < PRIV_S ? illegal(h, slot) : false;
}

/** rs1 names an address, or x0 all; address-space identifiers are not told apart, so rs2 changes nothing. */
export function sfenceVma(h: usize, slot: usize): bool {
  const priv = load<u32>(h, HART_PRIV);
  if (priv < PRIV_S || (priv == PRIV_S && mstatusHas(h, MSTATUS_TVM_BIT))) return illegal(h, slot);
  store<u64>(h, ~0, HART_RESERVATION);
  if (load<u16>(slot, SLOT_RS1) == 0) flushTranslations(h);
  else flushPage(h, rs1(h, slot));
  return resume(h);
}
