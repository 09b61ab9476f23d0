/** The fields of the control and status registers that people look at (privileged manual, chapters 3 and 12). */

export interface CsrField {
  readonly name: string;
  readonly low: number;
  readonly width: number;
  /** Meanings of the values, by number. */
  readonly values?: Readonly<Record<number, string>>;
  /** What it says, or does when it is set. */
  readonly doc: string;
}

const bit = (name: string, low: number, doc: string): CsrField => ({ name, low, width: 1, doc });
const MODES = { 0: "U", 1: "S", 3: "M" };
const CONTEXT = { 0: "off", 1: "initial", 2: "clean", 3: "dirty" };

const SIE = bit("SIE", 1, "interrupts are taken in S-mode");
const SPIE = bit("SPIE", 5, "SIE as it was before the trap to S-mode; sret brings it back");
const SPP: CsrField = {
  name: "SPP",
  low: 8,
  width: 1,
  values: { 0: "U", 1: "S" },
  doc: "the mode that the trap to S-mode came from, where sret returns to",
};
const FS: CsrField = {
  name: "FS",
  low: 13,
  width: 2,
  values: CONTEXT,
  doc: "floating-point registers: off traps their use, dirty says that they must be saved",
};
const SUM = bit("SUM", 18, "S-mode may read and write pages of U-mode");
const MXR = bit("MXR", 19, "pages that may only be executed can be read, too");

const SSTATUS: readonly CsrField[] = [SIE, SPIE, SPP, FS, SUM, MXR];

const SSI = bit("SSI", 1, "S-mode's software interrupt: another hart calls");
const STI = bit("STI", 5, "S-mode's timer interrupt");
const SEI = bit("SEI", 9, "S-mode's external interrupt: a device, through the PLIC");
const SUPERVISOR_INTERRUPTS: readonly CsrField[] = [SSI, STI, SEI];
const MACHINE_INTERRUPTS: readonly CsrField[] = [
  SSI,
  bit("MSI", 3, "M-mode's software interrupt: another hart calls"),
  STI,
  bit("MTI", 7, "M-mode's timer interrupt"),
  SEI,
  bit("MEI", 11, "M-mode's external interrupt: a device, through the PLIC"),
];
const VECTOR: readonly CsrField[] = [
  {
    name: "MODE",
    low: 0,
    width: 2,
    values: { 0: "direct", 1: "vectored" },
    doc: "direct: all traps go to the base; vectored: interrupts go to an entry each",
  },
];

export const CSR_FIELDS: Readonly<Record<string, readonly CsrField[]>> = {
  mstatus: [
    SIE,
    bit("MIE", 3, "interrupts are taken in M-mode"),
    SPIE,
    bit("MPIE", 7, "MIE as it was before the trap to M-mode; mret brings it back"),
    SPP,
    {
      name: "MPP",
      low: 11,
      width: 2,
      values: MODES,
      doc: "the mode that the trap to M-mode came from, where mret returns to",
    },
    FS,
    bit("MPRV", 17, "loads and stores of M-mode go as those of mode MPP"),
    SUM,
    MXR,
    bit("TVM", 20, "satp and sfence.vma trap in S-mode"),
    bit("TW", 21, "wfi traps below M-mode"),
    bit("TSR", 22, "sret traps in S-mode"),
  ],
  sstatus: SSTATUS,
  mie: MACHINE_INTERRUPTS,
  mip: MACHINE_INTERRUPTS,
  mideleg: MACHINE_INTERRUPTS,
  sie: SUPERVISOR_INTERRUPTS,
  sip: SUPERVISOR_INTERRUPTS,
  mtvec: VECTOR,
  stvec: VECTOR,
  satp: [
    {
      name: "MODE",
      low: 60,
      width: 4,
      values: { 0: "Bare", 8: "Sv39", 9: "Sv48", 10: "Sv57" },
      doc: "how many bits a virtual address has; Bare: addresses are physical",
    },
    { name: "ASID", low: 44, width: 16, doc: "the address space: entries of a TLB belong to one" },
    {
      name: "PPN",
      low: 0,
      width: 44,
      doc: "the root page table's page: its physical address is 4096 times this",
    },
  ],
};

/** Names of the causes in mcause and scause: interrupts, then exceptions. */
export const INTERRUPT_CAUSES: Readonly<Record<number, string>> = {
  1: "supervisor software interrupt",
  3: "machine software interrupt",
  5: "supervisor timer interrupt",
  7: "machine timer interrupt",
  9: "supervisor external interrupt",
  11: "machine external interrupt",
};

export const EXCEPTION_CAUSES: Readonly<Record<number, string>> = {
  0: "instruction address misaligned",
  1: "instruction access fault",
  2: "illegal instruction",
  3: "breakpoint",
  4: "load address misaligned",
  5: "load access fault",
  6: "store address misaligned",
  7: "store access fault",
  8: "environment call from U-mode",
  9: "environment call from S-mode",
  11: "environment call from M-mode",
  12: "instruction page fault",
  13: "load page fault",
  15: "store page fault",
};
