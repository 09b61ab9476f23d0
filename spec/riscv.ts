/** Numbers of the RISC-V manuals that several places need: privilege levels, interrupt and exception codes. */

/** Privilege levels (privileged manual, table 1). */
export const PRIVILEGE = { U: 0, S: 1, M: 3 } as const;

/** Interrupt codes, which are also bit numbers of mip and mie (privileged manual, table 14). */
export const INTERRUPT = { SSI: 1, MSI: 3, STI: 5, MTI: 7, SEI: 9, MEI: 11 } as const;

/** Exception codes (privileged manual, table 14). */
export const EXCEPTION = {
  INSTRUCTION_ADDRESS_MISALIGNED: 0,
  INSTRUCTION_ACCESS_FAULT: 1,
  ILLEGAL_INSTRUCTION: 2,
  BREAKPOINT: 3,
  LOAD_ADDRESS_MISALIGNED: 4,
  LOAD_ACCESS_FAULT: 5,
  STORE_ADDRESS_MISALIGNED: 6,
  STORE_ACCESS_FAULT: 7,
  ECALL_FROM_U: 8,
  ECALL_FROM_S: 9,
  ECALL_FROM_M: 11,
  INSTRUCTION_PAGE_FAULT: 12,
  LOAD_PAGE_FAULT: 13,
  STORE_PAGE_FAULT: 15,
} as const;

/** Bits of mstatus and its S view (privileged manual, section 3.1.6). */
export const MSTATUS_BIT = {
  SIE: 1,
  MIE: 3,
  SPIE: 5,
  MPIE: 7,
  SPP: 8,
  MPP: 11,
  FS: 13,
  MPRV: 17,
  SUM: 18,
  MXR: 19,
  TVM: 20,
  TW: 21,
  TSR: 22,
} as const;

/** Bits of menvcfg (privileged manual, section 3.1.18). */
export const MENVCFG_BIT = { CBIE: 4, CBCFE: 6, CBZE: 7, ADUE: 61, PBMTE: 62, STCE: 63 } as const;

/** Bytes that a cache-block operation works on. */
export const CACHE_BLOCK_BYTES = 64;

/** `mmu-type` of the device tree: the largest that there is. */
export const MMU_TYPE = "riscv,sv57";

/**
 * What is implemented beyond the single letters, in the order of the manual's naming conventions. Svadu alone, without
 * Svade, tells that A and D bits are set by hardware from reset on (the binding riscv/extensions.yaml).
 */
const EXTENSIONS = [
  ..."zic64b zicbom zicbop zicboz ziccamoa ziccif zicclsm ziccrse zicntr zicond zicsr zifencei".split(" "),
  ..."zihintntl zihintpause zihpm za64rs zawrs zfa zfhmin zba zbb zbc zbs zkt".split(" "),
  ..."ssccptr sscounterenw sstc sstvala sstvecd svadu svinval svnapot svpbmt".split(" "),
] as const;

/** The `riscv,isa` string of the device tree. */
export const ISA_STRING = ["rv64imafdc", ...EXTENSIONS].join("_");
