/** Taking traps and returning from them (privileged manual, sections 3.1.6 to 3.1.15 and 3.3.2). */
import {
  CAUSE_ILLEGAL_INSTRUCTION,
  MSTATUS_MIE_BIT,
  MSTATUS_MPIE_BIT,
  MSTATUS_MPP_BIT,
  MSTATUS_MPRV_BIT,
  MSTATUS_SIE_BIT,
  MSTATUS_SPIE_BIT,
  MSTATUS_SPP_BIT,
  PRIV_M,
  PRIV_S,
  PRIV_U,
} from "../generated/riscv";
import {
  HART_INSTRET,
  HART_MCAUSE,
  HART_MEDELEG,
  HART_MEPC,
  HART_MIDELEG,
  HART_MSTATUS,
  HART_MTVAL,
  HART_MTVEC,
  HART_PC,
  HART_PRIV,
  HART_RESERVATION,
  HART_SCAUSE,
  HART_SEPC,
  HART_STVAL,
  HART_STVEC,
  HART_TCONTROL,
  HART_TRAPPED,
} from "../generated/layout";
import { updateContext } from "./context";

/** Debug Specification, section 5.7.5: "when any trap into M-mode is taken, mte is set to 0", and mpte to what it was. */
const TCONTROL_MTE: u64 = 8;
const TCONTROL_MPTE: u64 = 0x80;

/** Top bit of mcause: the trap is an interrupt. */
export const CAUSE_INTERRUPT: u64 = 1 << 63;

// @ts-ignore: decorator
@inline
function withBit(word: u64, bit: u64, value: u64): u64 {
  return (word & ~((<u64>1) << bit)) | (value << bit);
}

// @ts-ignore: decorator
@inline
function bitOf(word: u64, bit: u64): u64 {
  return (word >> bit) & 1;
}

/** "When the mode is Vectored, all synchronous exceptions [...] set the pc to BASE, interrupts to BASE + 4 x cause." */
function vector(tvec: u64, cause: u64): u64 {
  const base = tvec & ~3;
  return tvec & 1 && cause & CAUSE_INTERRUPT ? base + ((cause & ~CAUSE_INTERRUPT) << 2) : base;
}

function setPrivilege(h: usize, priv: u32): void {
  store<u32>(h, priv, HART_PRIV);
  // A reservation made in one mode must not let an sc of another succeed.
  store<u64>(h, ~0, HART_RESERVATION);
  updateContext(h);
}

/**
 * Takes the trap `cause` at HART_PC, in M- or S-mode as delegated, and sets the pc to the handler. An
 * exception does not retire its instruction.
 */
export function takeTrap(h: usize, cause: u64, tval: u64): void {
  const priv = load<u32>(h, HART_PRIV);
  const pc = load<u64>(h, HART_PC);
  const interrupt = (cause & CAUSE_INTERRUPT) != 0;
  const delegation = interrupt ? load<u64>(h, HART_MIDELEG) : load<u64>(h, HART_MEDELEG);
  let mstatus = load<u64>(h, HART_MSTATUS);
  if (!interrupt) store<u64>(h, load<u64>(h, HART_INSTRET) - 1, HART_INSTRET);
  if (priv <= PRIV_S && bitOf(delegation, cause & 63)) {
    store<u64>(h, pc, HART_SEPC);
    store<u64>(h, cause, HART_SCAUSE);
    store<u64>(h, tval, HART_STVAL);
    mstatus = withBit(mstatus, MSTATUS_SPIE_BIT, bitOf(mstatus, MSTATUS_SIE_BIT));
    mstatus = withBit(mstatus, MSTATUS_SIE_BIT, 0);
    mstatus = withBit(mstatus, MSTATUS_SPP_BIT, <u64>priv);
    store<u64>(h, mstatus, HART_MSTATUS);
    store<u64>(h, vector(load<u64>(h, HART_STVEC), cause), HART_PC);
    setPrivilege(h, PRIV_S);
  } else {
    store<u64>(h, pc, HART_MEPC);
    store<u64>(h, cause, HART_MCAUSE);
    store<u64>(h, tval, HART_MTVAL);
    mstatus = withBit(mstatus, MSTATUS_MPIE_BIT, bitOf(mstatus, MSTATUS_MIE_BIT));
    mstatus = withBit(mstatus, MSTATUS_MIE_BIT, 0);
    mstatus = (mstatus & ~((<u64>3) << MSTATUS_MPP_BIT)) | ((<u64>priv) << MSTATUS_MPP_BIT);
    store<u64>(h, mstatus, HART_MSTATUS);
    store<u64>(h, load<u64>(h, HART_TCONTROL) & TCONTROL_MTE ? TCONTROL_MPTE : 0, HART_TCONTROL);
    store<u64>(h, vector(load<u64>(h, HART_MTVEC), cause), HART_PC);
    setPrivilege(h, PRIV_M);
  }
  store<u32>(h, 1, HART_TRAPPED);
}

/** `insn` goes to mtval, as "the faulting instruction's bits". */
export function illegalInstruction(h: usize, insn: u64): void {
  takeTrap(h, CAUSE_ILLEGAL_INSTRUCTION, insn);
}

/** mret: back to mstatus.MPP. "If y≠M, xRET also sets MPRV=0." */
export function returnFromM(h: usize): void {
  let mstatus = load<u64>(h, HART_MSTATUS);
  const priv = (<u32>(mstatus >> MSTATUS_MPP_BIT)) & 3;
  mstatus = withBit(mstatus, MSTATUS_MIE_BIT, bitOf(mstatus, MSTATUS_MPIE_BIT));
  mstatus = withBit(mstatus, MSTATUS_MPIE_BIT, 1);
  mstatus = (mstatus & ~((<u64>3) << MSTATUS_MPP_BIT)) | ((<u64>PRIV_U) << MSTATUS_MPP_BIT);
  if (priv != PRIV_M) mstatus = withBit(mstatus, MSTATUS_MPRV_BIT, 0);
  store<u64>(h, mstatus, HART_MSTATUS);
  if (load<u64>(h, HART_TCONTROL) & TCONTROL_MPTE) store<u64>(h, TCONTROL_MPTE | TCONTROL_MTE, HART_TCONTROL);
  store<u64>(h, load<u64>(h, HART_MEPC), HART_PC);
  setPrivilege(h, priv);
}

/** sret: back to sstatus.SPP. */
export function returnFromS(h: usize): void {
  let mstatus = load<u64>(h, HART_MSTATUS);
  const priv = <u32>bitOf(mstatus, MSTATUS_SPP_BIT);
  mstatus = withBit(mstatus, MSTATUS_SIE_BIT, bitOf(mstatus, MSTATUS_SPIE_BIT));
  mstatus = withBit(mstatus, MSTATUS_SPIE_BIT, 1);
  mstatus = withBit(mstatus, MSTATUS_SPP_BIT, <u64>PRIV_U);
  mstatus = withBit(mstatus, MSTATUS_MPRV_BIT, 0);
  store<u64>(h, mstatus, HART_MSTATUS);
  store<u64>(h, load<u64>(h, HART_SEPC), HART_PC);
  setPrivilege(h, priv);
}
