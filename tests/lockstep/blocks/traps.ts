/** Traps of every kind: calls, breakpoints, illegal words, privileged instructions, jumps to where nothing can be fetched. */
import { matches } from "../../../spec/isa/check.ts";
import { INSTRUCTION_SET } from "../../core/encode.ts";
import type { Context } from "../context.ts";
import { NOWHERE, PADS } from "../map.ts";
import { illegalCsr } from "./csrs.ts";

/** A word that no line of the tables has and that the peer, with its other extensions off, has not either. */
function illegalWord(context: Context): void {
  const { random, a } = context;
  switch (random.int(0, 4)) {
    case 0:
      a.half(0);
      return;
    case 1:
      a.word(0xffff_ffff);
      return;
    case 2:
      // Compressed: reserved rows of quadrants 0 and 1, c.lwsp and c.ldsp to x0, c.jr to x0.
      a.half(random.pick([0x8000, 0x9c41, 0x9c61, 0x4002, 0x6002, 0x6101, 0x8002]));
      return;
    case 3:
      // Vector and custom opcodes.
      a.word(
        ((random.bits32() & ~0x7f) | random.pick([0x4b, 0x57, 0x0b, 0x2b, 0x5b, 0x7b, 0x6b, 0x77])) >>> 0,
      );
      return;
    default:
      for (;;) {
        const word =
          ((random.bits32() & ~0x7f) |
            random.pick([0x33, 0x3b, 0x1b, 0x63, 0x03, 0x23, 0x67, 0x2f, 0x53, 0x07, 0x27])) >>>
          0;
        if (INSTRUCTION_SET.instructions.some((line) => matches(line, word))) continue;
        a.word(word);
        return;
      }
  }
}

/** Privileged instructions where they are illegal. */
function tooPrivileged(context: Context): void {
  const { random, mode } = context;
  const names = mode === "u" ? ["mret", "sret", "wfi", "sfence.vma"] : ["mret"];
  if (mode === "s" && context.tsr) names.push("sret");
  if (mode === "s" && context.tw) names.push("wfi");
  if (mode === "s" && context.tvm) names.push("sfence.vma");
  const name = random.pick(names);
  context.emit(name, name === "sfence.vma" ? { rs1: random.int(0, 31), rs2: random.int(0, 31) } : {});
}

/** A jump to an address from which, mostly, nothing can be fetched. The link register says where to go on. */
function wildJump(context: Context): void {
  const { random, a, reserved } = context;
  const pad = BigInt(PADS.base + random.int(0, PADS.bytes / 2 - 1) * 2);
  let address: bigint;
  if (random.chance(0.3)) address = pad;
  else if (!context.paged) address = random.pick(NOWHERE) + BigInt(random.int(0, 2047) * 2);
  else {
    const offset = random.pick([0, 2, 0xffe, 0xffe, 0xffc, random.int(0, 2047) * 2]);
    address = random.pick(context.tables.fetchPages) + BigInt(offset);
  }
  const imm = random.int(-2048, 2047);
  // "the least-significant bit of the result" is cleared, so an odd sum does as well.
  const rs1 = context.constant(BigInt.asUintN(64, address - BigInt(imm) + BigInt(random.int(0, 1))));
  a.op("jalr", { rd: reserved.link, rs1, imm });
}

export function traps(context: Context): void {
  const { random, mode } = context;
  for (let n = random.int(1, 4); n > 0; n--) {
    switch (random.int(0, 6)) {
      case 0:
        context.emit("ecall");
        break;
      case 1:
        context.emit(random.pick(["ebreak", "c.ebreak"]));
        break;
      case 2:
        illegalWord(context);
        break;
      case 3:
        if (mode === "m") illegalCsr(context);
        else tooPrivileged(context);
        break;
      case 4:
        illegalCsr(context);
        break;
      default:
        wildJump(context);
    }
  }
}
