/** The reset vector: the code every hart starts with, and the parameters that it hands to the firmware. */
import { MACHINE_MAP } from "../../spec/machine-map.ts";

const ZERO = 0;
const T0 = 5;
const A0 = 10;
const A1 = 11;
const A2 = 12;
const CSR_MHARTID = 0xf14;

/* RISC-V Unprivileged ISA, chapter "RV32/64G Instruction Set Listings". */
const auipc = (rd: number, pages: number): number => (pages << 12) | (rd << 7) | 0x17;
const addi = (rd: number, rs1: number, imm: number): number => (imm << 20) | (rs1 << 15) | (rd << 7) | 0x13;
const ld = (rd: number, imm: number, rs1: number): number =>
  (imm << 20) | (rs1 << 15) | (3 << 12) | (rd << 7) | 0x03;
const csrr = (rd: number, csr: number): number => (csr << 20) | (2 << 12) | (rd << 7) | 0x73;
const jr = (rs1: number): number => (rs1 << 15) | (ZERO << 7) | 0x67;

/** Where the parts lie, in bytes from the start of the ROM; the six instructions come first. */
const FIRMWARE_ENTRY = 24;
const FDT_ADDRESS = 32;
const DYNAMIC_INFO = 40;

/** OpenSBI's `struct fw_dynamic_info`, version 2: how a loader tells the firmware what to start next. */
export const FW_DYNAMIC_MAGIC = 0x4942534f;
const FW_DYNAMIC_VERSION = 2;
const FW_DYNAMIC_FIELDS = 6;

/** Privilege mode in `next_mode`. */
const SUPERVISOR = 1;

export interface BootRomParameters {
  /** Where all harts go from the ROM, in M-mode, with a0 = mhartid, a1 = device tree, a2 = fw_dynamic_info. */
  readonly firmwareEntry: number;
  readonly fdtAddress: number;
  /** What the firmware starts in S-mode; 0 when there is no kernel. */
  readonly nextAddress: number;
  /** The hart that the firmware should boot on. */
  readonly bootHart?: number;
}

/** Address of the first instruction after reset. */
export const RESET_VECTOR = MACHINE_MAP.bootRom.base;

/** The contents of the boot ROM from RESET_VECTOR on. */
export function bootRom(parameters: BootRomParameters): Uint8Array {
  const code = [
    auipc(T0, 0),
    addi(A2, T0, DYNAMIC_INFO),
    csrr(A0, CSR_MHARTID),
    ld(A1, FDT_ADDRESS, T0),
    ld(T0, FIRMWARE_ENTRY, T0),
    jr(T0),
  ];
  const rom = new Uint8Array(DYNAMIC_INFO + 8 * FW_DYNAMIC_FIELDS);
  const view = new DataView(rom.buffer);
  code.forEach((instruction, index) => {
    view.setUint32(4 * index, instruction, true);
  });
  const info = [
    FW_DYNAMIC_MAGIC,
    FW_DYNAMIC_VERSION,
    parameters.nextAddress,
    SUPERVISOR,
    0, // options
    parameters.bootHart ?? 0,
  ];
  const words = [parameters.firmwareEntry, parameters.fdtAddress, ...info];
  words.forEach((word, index) => {
    view.setBigUint64(FIRMWARE_ENTRY + 8 * index, BigInt(word), true);
  });
  return rom;
}
