/**
 * Random programs whose harts store, load, wait for memory and call functions as densely as they can: what the write buffer, the store
 * queues and the walker hold when others look at them then differs from round to round. Half of them are translated, by two
 * page tables that they change between with and without `sfence.vma`.
 */
import { RAM_BASE } from "../../spec/machine-map.ts";
import { Assembler } from "../core/assembler.ts";
import { csrNumber, encode } from "../core/encode.ts";
import { powerOff } from "../core/harness.ts";
import { Random } from "../lockstep/random.ts";

const TABLES = RAM_BASE + 0x10_0000;
/** Two pages of the same functions, which one virtual page stands for. */
const FUNCTIONS = RAM_BASE + 0x18_0000;
/** What the first hart loads and stores; the others have as much behind. */
const DATA = RAM_BASE + 0x20_0000;
const DATA_BYTES = 0x8_0000;
const MOST_HARTS = 4;
const IMAGE_BYTES = DATA - RAM_BASE;
const GIBIBYTE = 2 ** 30;
/** Virtual addresses of functions and data in translated programs. */
const FUNCTIONS_AT = 4 * GIBIBYTE;
const DATA_AT = 5 * GIBIBYTE;

const [RA, T0, T1, NOISE, COUNT, MASK, REGION, CALLED] = [1, 5, 6, 7, 24, 29, 30, 28];
const SATPS = [25, 26] as const;
const BASES = [8, 9, 18, 19, 20, 21, 22, 23];
const VALUES = [10, 11, 12, 13, 14, 15];
const FUNCTION_BYTES = 128;
const FUNCTION_COUNT = 4096 / FUNCTION_BYTES;

const PTE = { table: 1, leaf: 0xcf } as const;
const SV39 = 8n << 60n;

/** Page tables of both address spaces, which map the data in other orders. */
function writeTables(view: DataView): [bigint, bigint] {
  let free = TABLES;
  const table = (): number => {
    free += 4096;
    return free - 4096;
  };
  const enter = (at: number, index: number, physical: number, flags: number): void =>
    view.setBigUint64(at - RAM_BASE + 8 * index, (BigInt(physical) >> 2n) | BigInt(flags), true);
  const space = (which: number): bigint => {
    const root = table();
    for (const gibibyte of [0, 2]) enter(root, gibibyte, gibibyte * GIBIBYTE, PTE.leaf);
    const functions = [table(), table()] as const;
    enter(root, 4, functions[0], PTE.table);
    enter(functions[0], 0, functions[1], PTE.table);
    enter(functions[1], 0, FUNCTIONS + 4096 * which, PTE.leaf);
    const data = table();
    enter(root, 5, data, PTE.table);
    const pages = (MOST_HARTS * DATA_BYTES) / 4096;
    for (let first = 0; first < pages; first += 512) {
      const leaves = table();
      enter(data, first / 512, leaves, PTE.table);
      for (let page = 0; page < 512; page++)
        enter(leaves, page, DATA + 4096 * ((first + page) ^ which), PTE.leaf);
    }
    return SV39 | (BigInt(which) << 44n) | (BigInt(root) >> 12n);
  };
  return [space(0), space(1)];
}

class Writer {
  readonly #a: Assembler;
  readonly #random: Random;

  constructor(a: Assembler, random: Random) {
    this.#a = a;
    this.#random = random;
  }

  /** An access within a line or two of a base, mostly aligned. */
  access(sizes: Readonly<Record<string, number>>, value: "rd" | "rs2"): void {
    const random = this.#random;
    const [name, size] = random.pick(Object.entries(sizes));
    const imm = random.chance(0.9) ? size * random.int(-32 / size, 32 / size) : random.int(-40, 40);
    this.#a.op(name, { [value]: random.pick(VALUES), rs1: random.pick(BASES), imm });
  }

  store(): void {
    for (let n = this.#random.int(1, 5); n > 0; n--) this.access({ sb: 1, sh: 2, sw: 4, sd: 8 }, "rs2");
  }

  load(): void {
    this.access({ lb: 1, lhu: 2, lw: 4, ld: 8 }, "rd");
  }

  atomic(): void {
    const random = this.#random;
    const operands = { rd: random.pick(VALUES), rs1: random.pick(BASES) };
    const name = random.pick(["amoadd.d", "amoswap.w", "lr.d", "sc.d"]);
    this.#a.op(name, name === "lr.d" ? operands : { ...operands, rs2: random.pick(VALUES) });
  }

  integer(): void {
    const random = this.#random;
    const [rd, rs1, rs2] = [random.pick(VALUES), random.pick(VALUES), random.pick(VALUES)];
    const name = random.pick(["add", "xor", "add", "mul", "div", "remuw"]);
    if (random.chance(0.3)) this.#a.half(1);
    this.#a.op(name, { rd, rs1, rs2 });
  }

  /** A base goes elsewhere in its hart's data. */
  move(): void {
    const random = this.#random;
    this.#a
      .op("srli", { rd: T0, rs1: NOISE, imm: random.int(0, 40) })
      .op("and", { rd: T0, rs1: T0, rs2: MASK });
    this.#a.op("add", { rd: random.pick(BASES), rs1: REGION, rs2: T0 });
  }

  /** A branch, hard to foresee, over some of the above. */
  skip(): void {
    const random = this.#random;
    const over = this.#a.fresh();
    this.#a.op("andi", { rd: T0, rs1: NOISE, imm: random.pick([1, 2, 7, 64]) });
    this.#a.to(over, random.pick(["beq", "bne"]), { rs1: T0 });
    for (let n = random.int(1, 3); n > 0; n--) random.pick([this.store, this.load, this.integer]).call(this);
    this.#a.label(over);
  }

  /** What changes from round to round. */
  noise(): void {
    for (const [name, imm] of [
      ["slli", 13],
      ["srli", 7],
      ["slli", 17],
    ] as const)
      this.#a.op(name, { rd: T0, rs1: NOISE, imm }).op("xor", { rd: NOISE, rs1: NOISE, rs2: T0 });
  }

  call(): void {
    const at = FUNCTION_BYTES * this.#random.int(0, FUNCTION_COUNT - 1);
    this.#a.li(T1, at).op("add", { rd: T1, rs1: T1, rs2: CALLED }).op("jalr", { rd: RA, rs1: T1 });
  }

  /** The time goes to memory, so that a cycle more or less is not forgotten. */
  clock(): void {
    this.#a.op("csrrs", { rd: this.#random.pick(VALUES), csr: csrNumber("cycle") });
  }

  fence(): void {
    const kind = this.#random.int(0, 9);
    this.#a.op(kind === 0 ? "fence.i" : kind === 1 ? "sfence.vma" : "fence");
  }

  space(): void {
    const { csr } = { csr: csrNumber("satp") };
    if (this.#random.chance(0.3)) this.#a.op("sfence.vma");
    this.#a.op("csrrw", { csr, rs1: this.#random.pick(SATPS) });
  }

  body(length: number, translated: boolean): void {
    const draw = [
      ...Array<() => void>(8).fill(this.store),
      ...Array<() => void>(3).fill(this.load),
      ...Array<() => void>(2).fill(this.atomic),
      ...Array<() => void>(4).fill(this.integer),
      ...Array<() => void>(3).fill(this.move),
      ...Array<() => void>(3).fill(this.skip),
      this.noise,
      this.call,
      this.clock,
      this.fence,
      ...(translated ? [this.space] : []),
    ];
    for (let n = 0; n < length; n++) this.#random.pick(draw).call(this);
  }
}

function functionsPage(random: Random): Uint8Array {
  const a = new Assembler(0, 4096);
  const writer = new Writer(a, random);
  for (let n = 0; n < FUNCTION_COUNT; n++) {
    a.skipTo(n * FUNCTION_BYTES);
    if (random.chance(0.5)) a.half(1);
    for (let length = random.int(0, 2); length > 0; length--)
      random.pick([writer.store, writer.load]).call(writer);
    if (random.chance(0.5)) a.op("jalr", { rs1: RA });
    else a.half(encode("c.jr", { rs1: RA }));
  }
  return a.bytes();
}

/** Goes over to S-mode, at the next instruction, with the first page table. */
function enterSupervisor(a: Assembler, satps: readonly bigint[]): void {
  const set = (name: string, value: bigint): void => {
    a.li(T0, value).op("csrrw", { csr: csrNumber(name), rs1: T0 });
  };
  set("pmpaddr0", (1n << 54n) - 1n);
  set("pmpcfg0", 0x1fn);
  set("mcounteren", 7n);
  for (const [index, value] of satps.entries()) a.li(SATPS[index] as number, value);
  a.op("csrrw", { csr: csrNumber("satp"), rs1: SATPS[0] });
  set("mstatus", 1n << 11n);
  a.address(T0, "body")
    .op("csrrw", { csr: csrNumber("mepc"), rs1: T0 })
    .op("mret");
}

/** Memory from RAM_BASE on of the program of a seed, which goes through its body `rounds` times. */
export function memoryProgram(seed: number, length = 120, rounds = 40): Uint8Array {
  const random = new Random(seed);
  const image = new Uint8Array(IMAGE_BYTES);
  const satps = writeTables(new DataView(image.buffer));
  const translated = random.chance(0.5);
  const a = new Assembler(RAM_BASE, TABLES - RAM_BASE);
  a.op("addi", { rd: T1, rs1: 10 }).li(T0, DATA_BYTES).op("mul", { rd: T1, rs1: T1, rs2: T0 });
  a.li(REGION, translated ? DATA_AT + 64 : DATA + 64).op("add", { rd: REGION, rs1: REGION, rs2: T1 });
  a.li(CALLED, translated ? FUNCTIONS_AT : FUNCTIONS).li(MASK, random.pick([0x38, 0x1f8, 0xff8, 0x7_fe38]));
  for (const register of VALUES) a.li(register, random.operand());
  for (const register of BASES) a.op("addi", { rd: register, rs1: REGION, imm: 8 * random.int(0, 60) });
  a.li(NOISE, random.bits32() | 1).li(COUNT, rounds);
  if (translated) enterSupervisor(a, satps);
  a.label("body");
  const writer = new Writer(a, random);
  writer.body(length, translated);
  writer.noise();
  a.op("addi", { rd: COUNT, rs1: COUNT, imm: -1 })
    .to("end", "beq", { rs1: COUNT })
    .to("body", "jal")
    .label("end");
  powerOff(a);
  image.set(a.bytes());
  for (const which of [0, 1]) image.set(functionsPage(random), FUNCTIONS - RAM_BASE + 4096 * which);
  return image;
}
