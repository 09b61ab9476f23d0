/** The same address again and again while what decides about it changes: SUM, MXR, privilege, the page-table entry. */
import type { Encoding } from "../../../spec/isa/reader.ts";
import { MSTATUS_BIT, PRIVILEGE } from "../../../spec/riscv.ts";
import { accessSize, type Context, linesOf } from "../context.ts";
import { enterMachineMode, setPaging } from "./modes.ts";

const PAGE = 4096;
const PLAIN = linesOf("load", "store").filter(({ length, name }) => length === 32 && !name.startsWith("f"));
const AMOS = linesOf("amo");
const bit = (name: "SUM" | "MXR" | "MPRV"): number => 1 << MSTATUS_BIT[name];

/** One access to the address in `rs1`, aligned to 8 bytes. */
function touch(context: Context, rs1: number): void {
  const line: Encoding =
    context.clocked || context.random.chance(0.85) ? context.random.pick(PLAIN) : context.random.pick(AMOS);
  context.any(
    line,
    line.immediate ? { rs1, imm: accessSize(line.name) * context.random.int(0, 1) } : { rs1 },
  );
}

/** Changes SUM and MXR at random. */
function changeRights(context: Context, csr: "mstatus" | "sstatus"): void {
  const { a, random } = context;
  a.li(context.reserved.t0, random.pick([bit("SUM"), bit("MXR"), bit("SUM") | bit("MXR")]));
  context.csr(random.pick(["csrrs", "csrrc"]), csr, { rs1: context.reserved.t0 });
}

/** Lets M-mode access memory as a lower level until something traps. */
function borrowLevel(context: Context, level: number): void {
  const { a } = context;
  const { t0 } = context.reserved;
  a.li(t0, 3 << MSTATUS_BIT.MPP);
  context.csr("csrrc", "mstatus", { rs1: t0 });
  a.li(t0, bit("MPRV") | (level << MSTATUS_BIT.MPP));
  context.csr("csrrs", "mstatus", { rs1: t0 });
}

function returnLevel(context: Context): void {
  const { a } = context;
  const { t0 } = context.reserved;
  a.li(t0, bit("MPRV") | (3 << MSTATUS_BIT.MPP));
  context.csr("csrrc", "mstatus", { rs1: t0 });
}

/** S-mode changes SUM and MXR; M-mode the level that it borrows, too. */
export function permissions(context: Context): void {
  const { random, mode } = context;
  if (!context.satpOn) return;
  const { pages, protectedPages, executePages } = context.tables;
  const page = random.pick(random.pick([pages, protectedPages, executePages]));
  const rs1 = context.constant(page + BigInt(random.int(0, 500) * 8));
  context.holding(rs1, () => {
    for (let n = random.int(3, 7); n > 0; n--) {
      if (mode !== "u") changeRights(context, mode === "m" ? "mstatus" : "sstatus");
      if (mode === "m") borrowLevel(context, random.pick([PRIVILEGE.U, PRIVILEGE.S]));
      touch(context, rs1);
    }
  });
  if (mode === "m") returnLevel(context);
}

/** M-mode rewrites an entry between accesses to what it maps; sfence.vma names an address in it, or all. */
export function remap(context: Context): void {
  const { random, a } = context;
  const { t0, t1 } = context.reserved;
  enterMachineMode(context);
  if (!context.satpOn) setPaging(context, random.pick(context.tables.roots));
  const wide = random.chance(0.5);
  const leaf = random.pick(context.tables.leaves.filter(({ bytes }) => bytes > PAGE === wide));
  const inside = (): bigint =>
    leaf.va + BigInt(PAGE * random.int(0, leaf.bytes / PAGE - 1) + random.int(0, 500) * 8);
  const rs1 = context.constant(inside());
  // The same level all the time, so that nothing but the fence makes the hart forget.
  const level = random.pick([PRIVILEGE.U, PRIVILEGE.S]);
  changeRights(context, "mstatus");
  context.holding(rs1, () => {
    for (let n = random.int(2, 4); n > 0; n--) {
      for (let times = random.int(1, 2); times > 0; times--) {
        borrowLevel(context, level);
        touch(context, rs1);
      }
      returnLevel(context);
      a.li(t0, leaf.at).li(t1, leaf.random(random)).op("sd", { rs1: t0, rs2: t1 });
      // Any address of a superpage stands for all of it.
      a.li(t0, inside());
      context.emit("sfence.vma", { rs1: random.chance(0.8) ? t0 : 0, rs2: 0 });
    }
  });
  // The other window, and the tables above, see the entry too.
  context.emit("sfence.vma");
}
