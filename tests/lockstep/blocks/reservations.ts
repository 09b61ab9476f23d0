/** LR and SC: pairs with code between, pairs that do not belong together, and loops as compilers write them. */
import type { Operands } from "../../core/encode.ts";
import { type Context, linesOf } from "../context.ts";
import { integer } from "./integer.ts";

const ARITHMETIC = ["add", "xor", "or", "and", "sub", "max", "minu"] as const;
const LR = linesOf("lrsc").filter(({ name }) => name.startsWith("lr"));

const ordering = ({ random }: Context): Operands => ({ aq: random.int(0, 1), rl: random.int(0, 1) });

function load(context: Context, suffix: string, operands: Operands): void {
  context.emit(`lr.${suffix}`, { ...ordering(context), ...operands });
}

function store(context: Context, suffix: string, rs1: number): void {
  const { random } = context;
  context.emit(`sc.${suffix}`, { ...ordering(context), rd: context.target(), rs1, rs2: random.int(0, 31) });
}

/** lr, a few instructions, sc to the same address or (it fails then) another; then one that fails and leaves no reservation. */
function pair(context: Context, suffix: string, size: number): void {
  const { random } = context;
  const address = context.atomicAddress(size);
  const natural = address - (address % BigInt(size));
  const rs1 = context.constant(natural);
  context.holding(rs1, () => {
    load(context, suffix, { rd: context.target(), rs1 });
    for (let n = random.int(0, 3); n > 0; n--) integer(context);
    if (random.chance(0.8)) store(context, suffix, rs1);
    store(context, suffix, context.constant(natural ^ BigInt(size * 2)));
  });
}

/** An lr that may trap, and an sc that fails. */
function stray(context: Context, suffix: string, size: number): void {
  const wrong = context.dataAddress(size, context.paged, false);
  const line = LR.find(({ name }) => name === `lr.${suffix}`);
  if (line) context.any(line, { rs1: context.constant(wrong) });
  store(context, suffix, context.constant((wrong - (wrong % 8n)) ^ 64n));
}

/** A second lr takes the place of the first. */
function replaced(context: Context, suffix: string, size: number): void {
  const { random } = context;
  const address = context.openAddress(size);
  const first = context.constant(address);
  context.holding(first, () => {
    const second = context.constant(address ^ BigInt(size * random.int(1, 4)));
    context.holding(second, () => {
      load(context, suffix, { rd: context.target(), rs1: first });
      load(context, suffix, { rd: context.target(), rs1: second });
      for (const rs1 of random.chance(0.5) ? [first, second] : [second, first]) store(context, suffix, rs1);
    });
  });
}

/** Reads, changes and writes until it succeeds; or exchanges if the value is the one expected. */
function retried(context: Context, suffix: string, size: number): void {
  const { random, a } = context;
  const address = context.openAddress(size);
  const rs1 = context.constant(address);
  context.holding(rs1, () => {
    const old = context.variable();
    context.holding(old, () => {
      const fresh = context.variable();
      context.holding(fresh, () => {
        const again = a.fresh();
        const out = a.fresh();
        const failed = context.variable();
        a.label(again);
        load(context, suffix, { rd: old, rs1 });
        if (random.chance(0.4)) a.to(out, random.pick(["beq", "bne"]), { rs1: old, rs2: random.int(0, 31) });
        context.emit(random.pick(ARITHMETIC), { rd: fresh, rs1: old, rs2: random.int(0, 31) });
        context.emit(`sc.${suffix}`, { ...ordering(context), rd: failed, rs1, rs2: fresh });
        a.to(again, "bne", { rs1: failed, rs2: 0 }).label(out);
      });
    });
  });
  // Where the branch left the loop a reservation is still there.
  store(context, suffix, context.constant(address ^ BigInt(size)));
}

/** LR/SC of either size. */
export function reservations(context: Context): void {
  const { random } = context;
  const [suffix, size] = random.pick([
    ["w", 4],
    ["d", 8],
  ] as const);
  const kinds = [pair, pair, replaced, retried, retried, ...(context.clocked ? [] : [stray])];
  random.pick(kinds)(context, suffix, size);
}
