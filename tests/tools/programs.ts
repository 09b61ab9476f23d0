/** Bare-metal programs of a few instructions, for tests of the machine from outside. */
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import { buildElf } from "../host/boot/elf-builder.ts";

const T0 = 5;
const T1 = 6;

const lui = (rd: number, value: number): number => (value & 0xfffff000) | (rd << 7) | 0x37;
const addiw = (rd: number, rs1: number, imm: number): number =>
  ((imm & 0xfff) << 20) | (rs1 << 15) | (rd << 7) | 0x1b;
const sw = (rs2: number, rs1: number): number => (rs2 << 20) | (rs1 << 15) | (2 << 12) | 0x23;
const sb = (rs2: number, rs1: number): number => (rs2 << 20) | (rs1 << 15) | 0x23;
const JUMP_TO_SELF = 0x6f;

/** Puts a 32-bit value into a register. */
function li(rd: number, value: number): number[] {
  const low = (value << 20) >> 20;
  return [lui(rd, value - low), addiw(rd, rd, low)];
}

function program(...code: number[]): Uint8Array {
  const bytes = new Uint8Array(new Uint32Array(code).buffer);
  return buildElf({ segments: [{ paddr: RAM_BASE, bytes }], entry: BigInt(RAM_BASE) });
}

/** Writes a text to the UART, then `value` to the test finisher. */
export function finisherProgram(value: number, text = ""): Uint8Array {
  return program(
    ...li(T0, MACHINE_MAP.uart.base),
    ...[...text].flatMap((character) => [...li(T1, character.charCodeAt(0)), sb(T1, T0)]),
    ...li(T0, MACHINE_MAP.testFinisher.base),
    ...li(T1, value),
    sw(T1, T0),
    JUMP_TO_SELF,
  );
}

export const FINISHER_PASS = 0x5555;
export const FINISHER_RESET = 0x7777;
export const finisherFail = (code: number): number => (code << 16) | 0x3333;
