/**
 * The control and status registers, a row each (privileged manual, chapter 2). The number itself says who may
 * access: bits 9:8 are the lowest privilege level, bits 11:10 = 3 mean read-only.
 *
 * A plain row is a field of the hart record (spec/layout.ts) with a mask of the bits that software can
 * change; other bits keep their value. A row with `read` or `write` names a function of
 * assembly/hart/csr-functions.ts. A row with `value` is a constant. Numbers are strings because 64 bits do
 * not fit a JavaScript number.
 */
export interface CsrRow {
  readonly name: string;
  readonly address: number;
  /** Field of the hart record, `name` unless said; an index picks one word of an array field. */
  readonly field?: string;
  readonly index?: number;
  /** Writable bits of a plain register. */
  readonly mask?: string;
  /** Constant value; writes, where the number allows them, change nothing (WARL). */
  readonly value?: string;
  readonly read?: string;
  readonly write?: string;
  /** True when a write may change translation, privilege or pending interrupts, so that the hart must look again. */
  readonly barrier?: boolean;
  /** Index of the register among a family that one function serves, given to it as an argument. */
  readonly argument?: number;
  readonly doc: string;
}

const ALL = "0xffffffffffffffff";

/** Registers `from` to `to` of a name, which read and write functions serve. */
function family(
  name: string,
  first: number,
  from: number,
  to: number,
  functions: string,
  doc: string,
): CsrRow[] {
  return Array.from({ length: to - from + 1 }, (_, i) => ({
    name: `${name}${from + i}`,
    address: first + i,
    read: `read${functions}`,
    write: `write${functions}`,
    argument: from + i,
    doc,
  }));
}

export const CSRS: readonly CsrRow[] = [
  // Floating point; mstatus.FS = Off hides these.
  { name: "fflags", address: 0x001, read: "readFflags", write: "writeFflags", doc: "accrued exceptions" },
  { name: "frm", address: 0x002, read: "readFrm", write: "writeFrm", doc: "rounding mode" },
  { name: "fcsr", address: 0x003, read: "readFcsr", write: "writeFcsr", doc: "rounding mode and exceptions" },

  // Unprivileged counters.
  { name: "cycle", address: 0xc00, read: "readCycle", argument: 0, doc: "cycle counter" },
  { name: "time", address: 0xc01, read: "readTime", argument: 1, doc: "ticks of mtime" },
  { name: "instret", address: 0xc02, read: "readInstret", argument: 2, doc: "retired instructions" },
  ...Array.from({ length: 29 }, (_, i) => ({
    name: `hpmcounter${i + 3}`,
    address: 0xc03 + i,
    read: "readHpmCounter",
    argument: i + 3,
    doc: "event counter",
  })),

  // Supervisor.
  {
    name: "sstatus",
    address: 0x100,
    read: "readSstatus",
    write: "writeSstatus",
    barrier: true,
    doc: "S view of mstatus",
  },
  { name: "sie", address: 0x104, read: "readSie", write: "writeSie", barrier: true, doc: "S view of mie" },
  { name: "stvec", address: 0x105, write: "writeStvec", doc: "trap vector" },
  { name: "scounteren", address: 0x106, mask: "0xffffffff", doc: "counters visible in U-mode" },
  { name: "senvcfg", address: 0x10a, write: "writeSenvcfg", doc: "environment configuration" },
  { name: "sscratch", address: 0x140, mask: ALL, doc: "scratch" },
  { name: "sepc", address: 0x141, mask: "0xfffffffffffffffe", doc: "exception pc" },
  { name: "scause", address: 0x142, mask: ALL, doc: "trap cause" },
  { name: "stval", address: 0x143, mask: ALL, doc: "trap value" },
  { name: "stimecmp", address: 0x14d, write: "writeStimecmp", barrier: true, doc: "timer compare of Sstc" },
  { name: "sip", address: 0x144, read: "readSip", write: "writeSip", barrier: true, doc: "S view of mip" },
  {
    name: "satp",
    address: 0x180,
    read: "readSatp",
    write: "writeSatp",
    barrier: true,
    doc: "address translation",
  },

  // Machine.
  { name: "mvendorid", address: 0xf11, value: "0", doc: "not a commercial implementation" },
  { name: "marchid", address: 0xf12, value: "0", doc: "not assigned" },
  { name: "mimpid", address: 0xf13, value: "0", doc: "not assigned" },
  { name: "mhartid", address: 0xf14, read: "readMhartid", doc: "hart id" },
  { name: "mconfigptr", address: 0xf15, value: "0", doc: "no configuration structure" },
  {
    name: "mstatus",
    address: 0x300,
    read: "readMstatus",
    write: "writeMstatus",
    barrier: true,
    doc: "status",
  },
  { name: "misa", address: 0x301, value: "0x800000000014112d", doc: "RV64: A C D F I M S U" },
  { name: "medeleg", address: 0x302, mask: "0xb3ff", doc: "delegated exceptions; ecall from M cannot be" },
  { name: "mideleg", address: 0x303, mask: "0x222", barrier: true, doc: "delegated interrupts" },
  { name: "mie", address: 0x304, mask: "0xaaa", barrier: true, doc: "interrupt enables" },
  { name: "mtvec", address: 0x305, write: "writeMtvec", doc: "trap vector" },
  { name: "mcounteren", address: 0x306, mask: "0xffffffff", doc: "counters visible below M-mode" },
  { name: "menvcfg", address: 0x30a, write: "writeMenvcfg", barrier: true, doc: "environment configuration" },
  { name: "mcountinhibit", address: 0x320, write: "writeMcountinhibit", doc: "CY and IR" },
  ...family("mhpmevent", 0x323, 3, 31, "HpmEvent", "event that a counter counts, by CVA6's numbers"),
  { name: "mscratch", address: 0x340, mask: ALL, doc: "scratch" },
  { name: "mepc", address: 0x341, mask: "0xfffffffffffffffe", doc: "exception pc" },
  { name: "mcause", address: 0x342, mask: ALL, doc: "trap cause" },
  { name: "mtval", address: 0x343, mask: ALL, doc: "trap value" },
  {
    name: "mip",
    address: 0x344,
    read: "readMip",
    write: "writeMip",
    barrier: true,
    doc: "pending interrupts",
  },
  ...[0, 2].map((n) => ({
    name: `pmpcfg${n}`,
    address: 0x3a0 + n,
    field: "pmpcfg",
    index: n / 2,
    write: "writePmpcfg",
    argument: n / 2,
    barrier: true,
    doc: "PMP configuration",
  })),
  ...Array.from({ length: 16 }, (_, n) => ({
    name: `pmpaddr${n}`,
    address: 0x3b0 + n,
    field: "pmpaddr",
    index: n,
    write: "writePmpaddr",
    argument: n,
    barrier: true,
    doc: "PMP address",
  })),

  // Debug triggers.
  { name: "tselect", address: 0x7a0, write: "writeTselect", doc: "which trigger the next registers show" },
  {
    name: "tdata1",
    address: 0x7a1,
    read: "readTdata1",
    write: "writeTdata1",
    barrier: true,
    doc: "its control",
  },
  {
    name: "tdata2",
    address: 0x7a2,
    read: "readTdata2",
    write: "writeTdata2",
    barrier: true,
    doc: "its address",
  },
  { name: "tdata3", address: 0x7a3, value: "0", doc: "no further conditions" },
  { name: "tinfo", address: 0x7a4, value: "0x01008044", doc: "version 1; types 2, 6 and 15 (disabled)" },
  { name: "tcontrol", address: 0x7a5, mask: "0x88", doc: "whether triggers fire in M-mode" },

  // Machine counters.
  { name: "mcycle", address: 0xb00, read: "readMcycle", write: "writeMcycle", doc: "cycle counter" },
  {
    name: "minstret",
    address: 0xb02,
    read: "readMinstret",
    write: "writeMinstret",
    doc: "retired instructions",
  },
  ...family(
    "mhpmcounter",
    0xb03,
    3,
    31,
    "HpmCounter",
    "event counter; events are those of the pipeline model",
  ),
];
