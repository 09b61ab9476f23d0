/** Loads, stores and atomics, aligned and not, in the present mode or through mstatus.MPRV. */
import type { Encoding } from "../../../spec/isa/reader.ts";
import { MSTATUS_BIT, PRIVILEGE } from "../../../spec/riscv.ts";
import { accessSize, type Context, linesOf } from "../context.ts";
import { integer } from "./integer.ts";

const ACCESSES = linesOf("load", "store");
const BYTE_LOADS = linesOf("load").filter(({ name }) => accessSize(name) === 1);
const AMOS = linesOf("amo");

const isStore = (name: string): boolean => /^(c\.)?f?s/.test(name);

/** Loads the base register of an access so that it hits `address`, then emits it. */
function accessAt(context: Context, line: Encoding, address: bigint): void {
  const imm = context.immediate(line);
  const base = BigInt.asUintN(64, address - BigInt(imm));
  const prime = line.fields.some(({ name }) => name === "rs1'");
  const stack = /sp$/.test(line.name);
  const rs1 = stack ? 2 : context.variable(prime);
  context.a.li(rs1, base);
  context.any(line, line.fields.some(({ name }) => name.startsWith("rs1")) ? { rs1, imm } : { imm });
}

/** One load or store at an address of the kind that `translated` says. */
function access(context: Context, translated: boolean): void {
  const line = context.random.pick(ACCESSES);
  accessAt(context, line, context.dataAddress(accessSize(line.name), translated, isStore(line.name)));
}

export function loadsAndStores(context: Context): void {
  const { random } = context;
  for (let n = random.int(3, 10); n > 0; n--) {
    access(context, context.paged);
    if (random.chance(0.3)) integer(context);
    // With paging on, an address that happens to be in a register can do no more than fault. Bytes are never misaligned.
    if (context.paged && random.chance(0.2)) context.any(random.pick(BYTE_LOADS));
  }
}

export function atomics(context: Context): void {
  const { random } = context;
  for (let n = random.int(2, 6); n > 0; n--) {
    const line = random.pick(AMOS);
    context.any(line, { rs1: context.constant(context.atomicAddress(accessSize(line.name))) });
  }
}

/** M-mode accesses memory as a lower level would. */
export function asLowerLevel(context: Context): void {
  const { random, a } = context;
  const { t0 } = context.reserved;
  if (context.mode !== "m") {
    loadsAndStores(context);
    return;
  }
  const level = random.pick(["U", "S", "M"] as const);
  for (let n = random.int(1, 3); n > 0; n--) {
    // A trap ends MPRV, so it is set anew each time.
    const line = random.pick(context.clocked || random.chance(0.8) ? ACCESSES : AMOS);
    const size = accessSize(line.name);
    const translated = context.satpOn && level !== "M";
    const address = context.dataAddress(
      size,
      translated,
      isStore(line.name) || line.name.startsWith("amo"),
      line.name.startsWith("amo"),
    );
    a.li(t0, 3 << MSTATUS_BIT.MPP);
    context.csr("csrrc", "mstatus", { rs1: t0 });
    a.li(t0, (1 << MSTATUS_BIT.MPRV) | (PRIVILEGE[level] << MSTATUS_BIT.MPP));
    context.csr("csrrs", "mstatus", { rs1: t0 });
    accessAt(context, line, address);
  }
  a.li(t0, (1 << MSTATUS_BIT.MPRV) | (3 << MSTATUS_BIT.MPP));
  context.csr("csrrc", "mstatus", { rs1: t0 });
}
