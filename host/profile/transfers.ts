/** What an instruction does to the call stack, told by its encoding alone (unprivileged manual, section 2.5.1). */

/** `exchange` returns and calls in one, as between coroutines; `xret` leaves a trap handler. */
export type Transfer = "call" | "return" | "exchange" | "jump" | "sret" | "mret";

const SRET = 0x10200073;
const MRET = 0x30200073;

const isLink = (register: number): boolean => register === 1 || register === 5;

function indirect(rd: number, rs1: number): Transfer {
  if (!isLink(rd)) return isLink(rs1) ? "return" : "jump";
  return isLink(rs1) && rs1 !== rd ? "exchange" : "call";
}

/** Undefined for instructions that go on to the next one, and for branches, which stay in their function. */
export function transferOf(insn: number): Transfer | undefined {
  if ((insn & 3) === 3) {
    const opcode = insn & 0x7f;
    if (opcode === 0x6f) return isLink((insn >>> 7) & 31) ? "call" : "jump";
    if (opcode === 0x67) return indirect((insn >>> 7) & 31, (insn >>> 15) & 31);
    if (insn === SRET) return "sret";
    return insn === MRET ? "mret" : undefined;
  }
  if ((insn & 0xe003) === 0xa001) return "jump";
  const register = (insn >>> 7) & 31;
  if (register === 0) return undefined;
  // c.jalr links ra, and is no return whatever it jumps by.
  if ((insn & 0xf07f) === 0x9002) return "call";
  return (insn & 0xf07f) === 0x8002 ? indirect(0, register) : undefined;
}
