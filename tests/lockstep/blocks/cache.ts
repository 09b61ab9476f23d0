/** Cache-block operations, enabled and not, and the short waits of Zawrs, which end a reservation on QEMU. */
import { MENVCFG_BIT } from "../../../spec/riscv.ts";
import { type Context, linesOf } from "../context.ts";
import { DATA_PAGES } from "../map.ts";

const OPERATIONS = linesOf("cache");
const WAITS = linesOf("wait");

const ENABLES = [
  0,
  1 << MENVCFG_BIT.CBCFE,
  1 << MENVCFG_BIT.CBZE,
  1 << MENVCFG_BIT.CBIE,
  3 << MENVCFG_BIT.CBIE,
];
const ALL = 0xf << MENVCFG_BIT.CBIE;

/** Another choice of what lower levels may do. */
function enable(context: Context): void {
  const { random, a, mode } = context;
  if (mode === "u") return;
  const csr = mode === "m" ? random.pick(["menvcfg", "senvcfg"]) : "senvcfg";
  const { t0 } = context.reserved;
  a.li(t0, ALL);
  context.csr("csrrc", csr, { rs1: t0 });
  a.li(t0, random.chance(0.5) ? ALL : random.pick(ENABLES));
  context.csr("csrrs", csr, { rs1: t0 });
}

export function caches(context: Context): void {
  const { random } = context;
  if (random.chance(0.4)) enable(context);
  for (let n = random.int(1, 4); n > 0; n--) {
    // QEMU reports the block, not the address: blocks' first bytes are the same for both.
    const page = context.paged
      ? random.chance(0.1)
        ? context.tables.nowhere
        : random.pick(context.tables.pages)
      : BigInt(random.pick(DATA_PAGES));
    const address = page + BigInt(64 * random.int(0, 63));
    context.any(random.pick(OPERATIONS), { rs1: context.constant(address) });
  }
  if (random.chance(0.3)) context.any(random.pick(WAITS));
}
