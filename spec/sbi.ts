/**
 * Ids of the RISC-V Supervisor Binary Interface, version 2.0, that firmware and kernel share. Extension ids are mostly
 * the ASCII letters of the name (SBI specification, one chapter each). A function's id is its place in the list.
 */
export interface SbiExtension {
  readonly name: string;
  readonly id: number;
  readonly functions: readonly string[];
}

export const SBI_EXTENSIONS: readonly SbiExtension[] = [
  {
    name: "BASE",
    id: 0x10,
    functions: [
      "GET_SPEC_VERSION",
      "GET_IMP_ID",
      "GET_IMP_VERSION",
      "PROBE_EXT",
      "GET_MVENDORID",
      "GET_MARCHID",
      "GET_MIMPID",
    ],
  },
  { name: "TIME", id: 0x5449_4d45, functions: ["SET_TIMER"] },
  { name: "IPI", id: 0x73_5049, functions: ["SEND_IPI"] },
  {
    name: "RFENCE",
    id: 0x5246_4e43,
    functions: ["REMOTE_FENCE_I", "REMOTE_SFENCE_VMA", "REMOTE_SFENCE_VMA_ASID"],
  },
  { name: "HSM", id: 0x48_534d, functions: ["HART_START", "HART_STOP", "HART_STATUS", "HART_SUSPEND"] },
  { name: "SRST", id: 0x5352_5354, functions: ["RESET"] },
  { name: "DBCN", id: 0x4442_434e, functions: ["CONSOLE_WRITE", "CONSOLE_READ", "CONSOLE_WRITE_BYTE"] },
];

/** Legacy calls (chapter 5): an extension id each, and no function id. */
export const SBI_LEGACY = {
  SET_TIMER: 0,
  CONSOLE_PUTCHAR: 1,
  CONSOLE_GETCHAR: 2,
  CLEAR_IPI: 3,
  SEND_IPI: 4,
  REMOTE_FENCE_I: 5,
  REMOTE_SFENCE_VMA: 6,
  REMOTE_SFENCE_VMA_ASID: 7,
  SHUTDOWN: 8,
} as const;

/** Error codes (section 3, table 1). */
export const SBI_ERRORS = {
  SUCCESS: 0,
  FAILED: -1,
  NOT_SUPPORTED: -2,
  INVALID_PARAM: -3,
  DENIED: -4,
  INVALID_ADDRESS: -5,
  ALREADY_AVAILABLE: -6,
  ALREADY_STARTED: -7,
  ALREADY_STOPPED: -8,
} as const;
