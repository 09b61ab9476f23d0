/** Floating-point code on values at the edges of the formats, under all rounding modes. */
import { type Context, linesOf } from "../context.ts";
import type { Random } from "../random.ts";

/** All but Zfa, which QEMU 7.2 has not. */
const OPERATIONS = linesOf("fadd", "fmul", "fdiv", "fsqrt", "fma", "fmove", "fcmp", "fcvt").filter(
  ({ extension }) => extension !== "zfa",
);
const CSRS = ["fflags", "frm", "fcsr"] as const;

/** The format of a value: exponent and fraction bits. */
interface Format {
  readonly exponent: number;
  readonly fraction: number;
}
const SINGLE: Format = { exponent: 8, fraction: 23 };
const DOUBLE: Format = { exponent: 11, fraction: 52 };

/** Bits of a number, mostly one where rounding, overflow, subnormals or NaNs begin. */
function value(random: Random, { exponent, fraction }: Format): bigint {
  const sign = BigInt(random.int(0, 1)) << BigInt(exponent + fraction);
  const most = 2 ** exponent - 1;
  const bias = most >> 1;
  const power = random.pick([
    0,
    0,
    1,
    most - 1,
    most,
    bias + random.int(-3, 3),
    bias + random.int(-70, 70),
    bias - random.int(0, bias - 1),
    random.int(0, most),
  ]);
  const all = (1n << BigInt(fraction)) - 1n;
  const low = random.pick([
    0n,
    0n,
    1n,
    all,
    1n << BigInt(fraction - 1),
    (1n << BigInt(fraction - 1)) | 1n,
    all ^ 1n,
    1n << BigInt(random.int(0, fraction - 1)),
    all >> BigInt(random.int(0, fraction - 1)),
    random.bits64() & all,
    random.bits64() & all,
  ]);
  return sign | (BigInt(power) << BigInt(fraction)) | low;
}

/** Loads a register with a double, a single, or a single that is not boxed well. */
function loadValue(context: Context): void {
  const { random } = context;
  const fd = random.int(0, 31);
  const kind = random.int(0, 9);
  if (kind <= 4) context.emit("fmv.d.x", { fd, rs1: context.constant(value(random, DOUBLE)) });
  else if (kind <= 8) context.emit("fmv.w.x", { fd, rs1: context.constant(value(random, SINGLE)) });
  else {
    const boxed = value(random, SINGLE) | (random.bits64() & 0xffff_ffff_0000_0000n);
    context.emit("fmv.d.x", { fd, rs1: context.constant(boxed) });
  }
}

/** Sets the dynamic rounding mode, sometimes to one that is none; reads and writes the flags. */
function control(context: Context): void {
  const { random } = context;
  const kind = random.int(0, 3);
  if (kind <= 1) {
    context.csr("csrrwi", "frm", { rd: context.target(), zimm: random.pick([0, 1, 2, 3, 4, 5, 7]) });
  } else if (kind === 2) {
    context.csr("csrrw", "fflags", { rd: context.target(), rs1: random.chance(0.5) ? 0 : random.int(0, 31) });
  } else {
    const name = random.pick(["csrrw", "csrrs", "csrrc", "csrrsi", "csrrci"] as const);
    const operand = name.endsWith("i") ? { zimm: random.int(0, 31) } : { rs1: random.int(0, 31) };
    context.csr(name, random.pick(CSRS), { rd: context.target(), ...operand });
  }
}

export function floats(context: Context): void {
  const { random } = context;
  context.csr("csrrwi", "frm", { zimm: random.int(0, 4) });
  for (let n = random.int(4, 8); n > 0; n--) loadValue(context);
  for (let n = random.int(10, 25); n > 0; n--) {
    const kind = random.int(0, 9);
    if (kind === 0) control(context);
    else if (kind <= 2) loadValue(context);
    else context.any(random.pick(OPERATIONS));
  }
  context.csr("csrrs", "fcsr", { rd: context.target() });
}
