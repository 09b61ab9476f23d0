/** The translation context: which TLB arrays a hart's loads, stores and fetches use in its present mode. */
import { MSTATUS_MPP_BIT, MSTATUS_MPRV_BIT, MSTATUS_SUM_BIT, PRIV_M, PRIV_U } from "../generated/riscv";
import { HART_FETCHTLB, HART_MSTATUS, HART_PRIV, HART_READTLB, HART_WRITETLB } from "../generated/layout";
import {
  CONTEXT_M,
  CONTEXT_S,
  CONTEXT_S_SUM,
  CONTEXT_U,
  TLB_FETCH,
  TLB_READ,
  TLB_WRITE,
  tlbArray,
} from "../mmu/tlb";

/** The level that loads and stores are checked for: mstatus.MPP when MPRV is set. */
export function dataPrivilege(h: usize): u32 {
  const mstatus = load<u64>(h, HART_MSTATUS);
  if ((mstatus >> MSTATUS_MPRV_BIT) & 1) return (<u32>(mstatus >> MSTATUS_MPP_BIT)) & 3;
  return load<u32>(h, HART_PRIV);
}

function contextOf(priv: u32, sum: bool): u32 {
  if (priv == PRIV_M) return CONTEXT_M;
  if (priv == PRIV_U) return CONTEXT_U;
  return sum ? CONTEXT_S_SUM : CONTEXT_S;
}

/** To be called after every change of privilege or mstatus. */
export function updateContext(h: usize): void {
  const sum = ((load<u64>(h, HART_MSTATUS) >> MSTATUS_SUM_BIT) & 1) != 0;
  const data = contextOf(dataPrivilege(h), sum);
  store<u32>(h, <u32>tlbArray(h, TLB_READ, data), HART_READTLB);
  store<u32>(h, <u32>tlbArray(h, TLB_WRITE, data), HART_WRITETLB);
  store<u32>(h, <u32>tlbArray(h, TLB_FETCH, contextOf(load<u32>(h, HART_PRIV), false)), HART_FETCHTLB);
}
