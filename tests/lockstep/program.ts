/** A generated program: a function of its seed. */
import { Assembler } from "../core/assembler.ts";
import { encode } from "../core/encode.ts";
import { changingCode } from "./blocks/code.ts";
import { csrs } from "./blocks/csrs.ts";
import { floats } from "./blocks/float.ts";
import { branches, integers, jumps, loop } from "./blocks/integer.ts";
import { interruptible } from "./blocks/interruptible.ts";
import { asLowerLevel, atomics, loadsAndStores } from "./blocks/memory.ts";
import { changeMode, environment, hiddenCounter, normalize, supervisorFences } from "./blocks/modes.ts";
import { reservations } from "./blocks/reservations.ts";
import { permissions, remap } from "./blocks/translation.ts";
import { traps } from "./blocks/traps.ts";
import { clockTable } from "./clock.ts";
import { Context } from "./context.ts";
import {
  CELLS,
  CLOCK_TABLE,
  CODE,
  DATA,
  IMAGE_BYTES,
  LENGTHS,
  PADS,
  RAM_BASE,
  type Reserved,
  TABLES,
} from "./map.ts";
import { buildPageTables } from "./page-tables.ts";
import { Random } from "./random.ts";
import { emitRuntime, type Runtime } from "./runtime.ts";

/** Blocks, and how often each comes. */
const BLOCKS: ReadonlyArray<readonly [number, (context: Context) => void]> = [
  [6, integers],
  [5, floats],
  [3, branches],
  [2, loop],
  [2, jumps],
  [6, loadsAndStores],
  [2, atomics],
  [2, reservations],
  [2, asLowerLevel],
  [3, csrs],
  [3, traps],
  [3, environment],
  [2, changeMode],
  [1, hiddenCounter],
  [1, supervisorFences],
  [2, permissions],
  [2, remap],
  [2, changingCode],
  [2, interruptible],
];
const DRAW = BLOCKS.flatMap(([weight, block]) => Array.from({ length: weight }, () => block));

export interface Program {
  readonly seed: number;
  /** Memory from RAM_BASE on. */
  readonly image: Uint8Array;
  /** The timer interrupts at any instruction. */
  readonly clocked: boolean;
  /** Address of the first instruction of the body, where comparison begins. */
  readonly body: number;
  readonly handlers: Runtime["handlers"];
  /** Names of table lines by the offset of their instructions from RAM_BASE. */
  readonly names: ReadonlyMap<number, string>;
}

function chooseReserved(random: Random): Reserved {
  const free = [3, 4, 5, 6, 7, ...Array.from({ length: 14 }, (_, i) => 16 + i)];
  const take = (): number => free.splice(random.int(0, free.length - 1), 1)[0] as number;
  // The high half of `jalr x0, 0(link)` must be harmless where it opens a page: with x30 and x31 it is a fence.
  return { t0: take(), t1: take(), request: take(), link: random.pick([30, 31]) };
}

/** Pages of jumps to the link register; the last one of a page reaches into the next. */
function fillPads(image: DataView, link: number): void {
  const back = encode("c.jr", { rs1: link });
  const wide = encode("jalr", { rs1: link });
  for (let offset = 0; offset < PADS.bytes; offset += 2) {
    image.setUint16(PADS.base - RAM_BASE + offset, back, true);
  }
  for (let page = PADS.base - RAM_BASE; page < PADS.base - RAM_BASE + PADS.bytes; page += 4096) {
    image.setUint16(page, wide >>> 16, true);
    image.setUint16(page + 4094, wide & 0xffff, true);
    image.setUint16(page + 4096, wide >>> 16, true);
  }
}

/** Back to the start of the body, `rounds` times; then the machine is powered off. */
function emitEnd(context: Context, rounds: number): void {
  const { a, reserved } = context;
  const { t0, t1 } = reserved;
  normalize(context);
  a.li(t0, CELLS).op("slli", { rd: t0, rs1: t0, imm: 32 }).op("srli", { rd: t0, rs1: t0, imm: 32 });
  a.op("ld", { rd: t1, rs1: t0 }).op("addi", { rd: t1, rs1: t1, imm: 1 }).op("sd", { rs1: t0, rs2: t1 });
  a.op("addi", { rd: t1, rs1: t1, imm: -rounds });
  const done = a.fresh();
  a.to(done, "beq", { rs1: t1, rs2: 0 }).to("body", "jal").label(done);
  a.li(t0, 0x10_0000).li(t1, 0x5555).op("sw", { rs1: t0, rs2: t1 });
  a.label("end").to("end", "jal");
}

/** How large a program is. */
export interface Shape {
  readonly blocks: number;
  /** How often it goes through them. */
  readonly rounds: number;
}

export const WHOLE: Shape = { blocks: 400, rounds: 6 };

/** Writes the program of a seed. */
export function generate(seed: number, { blocks, rounds }: Shape = WHOLE): Program {
  const random = new Random(seed);
  const reserved = chooseReserved(random);
  const tables = buildPageTables(random);
  const image = new Uint8Array(IMAGE_BYTES);
  const view = new DataView(image.buffer);
  for (let at = DATA.base - RAM_BASE; at < IMAGE_BYTES; at += 8)
    view.setBigUint64(at, random.operand(), true);
  image.set(tables.bytes, TABLES.base - RAM_BASE);
  fillPads(view, reserved.link);

  const a = new Assembler(CODE.base, CODE.bytes);
  const names = new Map<number, string>();
  a.onEmit = (offset, length, name) => {
    if (name !== "") names.set(offset, name);
    image[LENGTHS - RAM_BASE + offset / 2] = length;
  };
  const clocked = seed % 2 === 0;
  if (clocked) image.set(new Uint8Array(clockTable(random).buffer), CLOCK_TABLE.base - RAM_BASE);
  const runtime = emitRuntime(a, reserved, random, clocked);
  const context = new Context(random, a, reserved, tables, runtime);
  const body = a.here;
  for (let n = 0; n < blocks && a.here < CODE.base + CODE.bytes - 0x1000; n++) random.pick(DRAW)(context);
  emitEnd(context, rounds);
  image.set(a.bytes(), 0);
  return { seed, clocked, image, body, handlers: runtime.handlers, names };
}
