/** The fields of the control and status registers that people look at (privileged manual, chapters 3 and 12). */

export interface CsrField {
  readonly name: string;
  readonly low: number;
  readonly width: number;
  /** Meanings of the values, by number. */
  readonly values?: Readonly<Record<number, string>>;
}

const bit = (name: string, low: number): CsrField => ({ name, low, width: 1 });
const MODES = { 0: "U", 1: "S", 3: "M" };
const CONTEXT = { 0: "off", 1: "initial", 2: "clean", 3: "dirty" };

const SSTATUS: readonly CsrField[] = [
  bit("SIE", 1),
  bit("SPIE", 5),
  { name: "SPP", low: 8, width: 1, values: { 0: "U", 1: "S" } },
  { name: "FS", low: 13, width: 2, values: CONTEXT },
  bit("SUM", 18),
  bit("MXR", 19),
];

const SUPERVISOR_INTERRUPTS: readonly CsrField[] = [bit("SSI", 1), bit("STI", 5), bit("SEI", 9)];
const MACHINE_INTERRUPTS: readonly CsrField[] = [
  bit("SSI", 1),
  bit("MSI", 3),
  bit("STI", 5),
  bit("MTI", 7),
  bit("SEI", 9),
  bit("MEI", 11),
];
const VECTOR: readonly CsrField[] = [
  { name: "MODE", low: 0, width: 2, values: { 0: "direct", 1: "vectored" } },
];

export const CSR_FIELDS: Readonly<Record<string, readonly CsrField[]>> = {
  mstatus: [
    bit("SIE", 1),
    bit("MIE", 3),
    bit("SPIE", 5),
    bit("MPIE", 7),
    { name: "SPP", low: 8, width: 1, values: { 0: "U", 1: "S" } },
    { name: "MPP", low: 11, width: 2, values: MODES },
    { name: "FS", low: 13, width: 2, values: CONTEXT },
    bit("MPRV", 17),
    bit("SUM", 18),
    bit("MXR", 19),
    bit("TVM", 20),
    bit("TW", 21),
    bit("TSR", 22),
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
    { name: "MODE", low: 60, width: 4, values: { 0: "Bare", 8: "Sv39", 9: "Sv48", 10: "Sv57" } },
    { name: "ASID", low: 44, width: 16 },
    { name: "PPN", low: 0, width: 44 },
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
