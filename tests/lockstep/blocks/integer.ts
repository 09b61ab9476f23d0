/** Straight-line integer code on operands at the edges, and loops and branches around it. */
import { type Context, linesOf } from "../context.ts";

/** QEMU 7.2 counts on beyond bit 31. */
const INTEGER = linesOf("alu", "mul", "div", "fence", "hint").filter(({ name }) => name !== "ctzw");
const BRANCHES = linesOf("branch").filter(({ length }) => length === 32);
const SHORT_BRANCHES = linesOf("branch").filter(({ length }) => length === 16);

/** One integer instruction. */
export function integer(context: Context): void {
  context.any(context.random.pick(INTEGER));
}

export function integers(context: Context): void {
  const { random } = context;
  for (let n = random.int(1, 4); n > 0; n--) context.constant(random.operand(), random.chance(0.5));
  for (let n = random.int(6, 30); n > 0; n--) integer(context);
}

/** Conditional branches over a few instructions. */
export function branches(context: Context): void {
  const { random, a } = context;
  for (let n = random.int(2, 6); n > 0; n--) {
    const label = a.fresh();
    if (random.chance(0.4)) {
      const rs1 = context.constant(random.chance(0.3) ? 0n : random.operand(), true);
      const line = random.pick(SHORT_BRANCHES);
      a.to(label, line.name, { rs1 });
    } else {
      const rs1 = random.int(0, 31);
      const rs2 = random.chance(0.2)
        ? rs1
        : random.chance(0.5)
          ? context.constant(random.operand())
          : random.int(0, 31);
      const line = random.pick(BRANCHES);
      a.to(label, line.name, { rs1, rs2 });
    }
    for (let skipped = random.int(0, 4); skipped > 0; skipped--) integer(context);
    a.label(label);
  }
}

/** A loop of a few rounds. */
export function loop(context: Context): void {
  const { random, a } = context;
  // Not x2, which c.addi16sp always writes.
  const stack = 2;
  let counter = stack;
  while (counter === stack) counter = context.variable(random.chance(0.5));
  a.li(counter, random.int(2, 12));
  const label = a.fresh();
  context.holding(counter, () => {
    a.label(label);
    for (let n = random.int(1, 6); n > 0; n--) integer(context);
    context.emit("addi", { rd: counter, rs1: counter, imm: -1 });
    if (counter >= 8 && counter < 16) a.to(label, "c.bnez", { rs1: counter });
    else a.to(label, "bne", { rs1: counter, rs2: 0 });
  });
}

/** Jumps of every kind to a place behind some bytes that are not executed. */
export function jumps(context: Context): void {
  const { random, a } = context;
  for (let n = random.int(1, 4); n > 0; n--) {
    const label = a.fresh();
    const kind = random.pick(["jal", "jalr", "c.j", "c.jr", "c.jalr"] as const);
    if (kind === "jal") a.to(label, kind, { rd: context.target() });
    else if (kind === "c.j") a.to(label, kind);
    else {
      // x1 gets the return address of c.jalr: always writable.
      const register = context.variable();
      a.address(register, label);
      const imm = kind === "jalr" ? random.int(-2048, 2047) : 0;
      if (imm !== 0) a.op("addi", { rd: register, rs1: register, imm: Math.min(2047, -imm) });
      if (imm === -2048) a.op("addi", { rd: register, rs1: register, imm: 1 });
      if (kind === "jalr")
        a.op(kind, { rd: random.chance(0.3) ? register : context.target(), rs1: register, imm });
      else a.op(kind, { rs1: register });
    }
    for (let junk = random.int(0, 3); junk > 0; junk--) a.half(random.bits32() & 0xffff);
    a.label(label);
  }
}
