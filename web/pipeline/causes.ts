/** The causes of stalls in words. */
import type { Cause } from "../../spec/timing-layout.ts";

const TEXTS: Readonly<Record<Cause, string>> = {
  base: "an instruction issued",
  fetch: "no instruction was there: the front end was behind",
  icache: "the instruction cache missed",
  itlb: "the instruction TLB missed",
  mispredict: "a branch went another way than predicted",
  alu: "an operand came from the ALU",
  loadUse: "an operand came from a load",
  dcache: "the data cache missed",
  dtlb: "the data TLB missed",
  multiply: "an operand came from the multiplier",
  divide: "the divider was at work",
  float: "the floating-point unit was at work",
  csr: "a control register was read or written",
  fence: "a fence emptied the pipeline",
  atomic: "an atomic memory operation",
  trap: "a trap, or the return from one",
  storeBuffer: "the store buffer was full",
  storeToLoad: "a load waited for an earlier store",
  structural: "a unit or an entry was taken",
  idle: "the hart waited for an interrupt",
  drain: "the last instructions are on their way",
};

export function causeText(cause: Cause): string {
  return TEXTS[cause];
}
