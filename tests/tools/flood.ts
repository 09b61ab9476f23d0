/** A bare program that floods the serial line, and then powers the machine off. */
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import { Assembler } from "../core/assembler.ts";

const [UART, LETTER, NEWLINE, LINES, COLUMN] = [10, 11, 12, 13, 14];
const FINISHER_PASS = 0x5555;

/** Sends `lines` lines of 63 letters and a newline as fast as the hart can. */
export function floodProgram(lines: number): Uint8Array {
  return new Assembler(RAM_BASE)
    .li(UART, MACHINE_MAP.uart.base)
    .li(LETTER, "x".charCodeAt(0))
    .li(NEWLINE, 10)
    .li(LINES, lines)
    .label("line")
    .li(COLUMN, 63)
    .label("letter")
    .op("sb", { rs1: UART, rs2: LETTER, imm: 0 })
    .op("addi", { rd: COLUMN, rs1: COLUMN, imm: -1 })
    .to("letter", "bne", { rs1: COLUMN, rs2: 0 })
    .op("sb", { rs1: UART, rs2: NEWLINE, imm: 0 })
    .op("addi", { rd: LINES, rs1: LINES, imm: -1 })
    .to("line", "bne", { rs1: LINES, rs2: 0 })
    .li(UART, MACHINE_MAP.testFinisher.base)
    .li(LETTER, FINISHER_PASS)
    .op("sw", { rs1: UART, rs2: LETTER, imm: 0 })
    .label("end")
    .to("end", "jal", { rd: 0 })
    .bytes();
}
