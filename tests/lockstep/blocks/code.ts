/** Programs that change their own code: instructions replaced in place, and routines copied to data and called there. */
import { encode } from "../../core/encode.ts";
import { type Context, linesOf } from "../context.ts";
import { DATA, WRITABLE_CODE } from "../map.ts";

const WIDE = linesOf("alu", "mul", "div").filter(({ length }) => length === 32);
const NARROW = linesOf("alu").filter(({ length }) => length === 16);

/** Replaces an instruction (or the halves of one) just ahead, executes it, and puts the old one back. */
function patch(context: Context): void {
  const { random, a } = context;
  const { t0, t1 } = context.reserved;
  const site = a.fresh();
  const narrow = random.chance(0.4);
  const line = () => {
    const chosen = random.pick(narrow ? NARROW : WIDE);
    return { name: chosen.name, operands: context.operands(chosen) };
  };
  const [before, after] = [line(), line()];
  const write = (word: number): void => {
    a.address(t0, site);
    a.li(t1, BigInt.asIntN(narrow ? 16 : 32, BigInt(word)));
    if (narrow) a.op("sh", { rs1: t0, rs2: t1 });
    else if (random.chance(0.3)) {
      a.op("sh", { rs1: t0, rs2: t1 });
      a.op("srli", { rd: t1, rs1: t1, imm: 16 }).op("sh", { rs1: t0, rs2: t1, imm: 2 });
    } else a.op("sw", { rs1: t0, rs2: t1 });
    context.emit("fence.i", { rd: random.int(0, 31), rs1: random.int(0, 31), ignored: random.int(0, 4095) });
  };
  write(encode(after.name, after.operands));
  for (let n = random.int(0, 2); n > 0; n--) context.any(random.pick(WIDE));
  a.label(site);
  context.emit(before.name, before.operands);
  write(encode(before.name, before.operands));
}

/** Changes the second half of an instruction that was executed before: its immediate. */
function patchHalf(context: Context): void {
  const { random, a } = context;
  const { t0, t1 } = context.reserved;
  const site = a.fresh();
  const rounds = context.variable();
  const rs1 = random.int(0, 31);
  context.holding(rounds, () => {
    const rd = context.target();
    const imm = random.int(-2048, 2047) & ~1;
    a.li(rounds, random.int(2, 4)).label(site);
    context.emit("addi", { rd, rs1, imm });
    a.address(t0, site).op("lhu", { rd: t1, rs1: t0, imm: 2 });
    a.op("xori", { rd: t1, rs1: t1, imm: 16 }).op("sh", { rs1: t0, rs2: t1, imm: 2 });
    context.emit("fence.i");
    context.emit("addi", { rd: rounds, rs1: rounds, imm: -1 });
    a.to(site, "bne", { rs1: rounds, rs2: 0 });
  });
}

/** Writes a routine to where there was another before, often across a page edge, and calls it. */
function callCopy(context: Context): void {
  const { random, a, reserved } = context;
  const { t0, t1, link } = reserved;
  const place =
    context.mode === "m" && random.chance(0.5)
      ? DATA.base + 4096 * random.int(27, 30)
      : WRITABLE_CODE.base + 4096 * random.int(0, 1);
  const offset = random.pick([0xff8, 0xffc, 0xffe, 0, random.int(0, 2000) * 2]);
  a.li(t0, context.fixedAddress(place + offset));
  let at = 0;
  for (let n = random.int(1, 5); n > 0; n--) {
    // Relative to the pc, auipc says where the copy is; both sides agree on that.
    const line = random.pick(random.chance(0.3) ? NARROW : WIDE);
    const bits = line.length;
    a.li(t1, BigInt.asIntN(bits, BigInt(encode(line.name, context.operands(line)))));
    a.op(bits === 16 ? "sh" : "sw", { rs1: t0, rs2: t1, imm: at });
    at += bits / 8;
  }
  a.li(t1, BigInt.asIntN(16, BigInt(encode("c.jr", { rs1: link }))));
  a.op("sh", { rs1: t0, rs2: t1, imm: at });
  context.emit("fence.i");
  a.op("jalr", { rd: link, rs1: t0 });
}

/** In M-mode stores go to the code itself, too. */
export function changingCode(context: Context): void {
  if (context.mode !== "m") callCopy(context);
  else context.random.pick([patch, patch, patchHalf, callCopy])(context);
}
