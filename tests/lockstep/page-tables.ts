/** Random page tables, of Sv39 and with levels above it for Sv48 and Sv57, around the fixed mappings that a program needs to run at all. */
import {
  CODE,
  DATA,
  DATA_PAGES,
  GIGAPAGES,
  LENGTHS,
  OPEN_PAGE,
  PADS,
  PROTECTED,
  RAM_BASE,
  TABLES,
  USER_CODE,
  WINDOWS,
  WRITABLE_CODE,
} from "./map.ts";
import type { Random } from "./random.ts";

const PAGE = 4096;
const MEGAPAGE = 2 ** 21;
const PTE = { V: 1, R: 2, W: 4, X: 8, U: 16, G: 32, A: 64, D: 128 } as const;
const TABLE = PTE.V;
/** Svnapot: the PTE is one of those for 64 KiB, whose page number ends in 1000. */
const NAPOT = 1n << 63n;
const NAPOT_64K = 0x8000;

/** An entry for a page of 4 KiB or 2 MiB. */
export interface Leaf {
  readonly at: number;
  readonly va: bigint;
  /** How much it maps. */
  readonly bytes: number;
  /** What it may map. */
  readonly random: (random: Random) => bigint;
}

/** Pages of pads that begin as execute-only, which is what MXR is about. */
const EXECUTE_ONLY = 4;

/** Not canonical in Sv39, or in any mode. */
const NOT_CANONICAL = [0x40_0000_0000n, 0x8000_0000_0000_0000n, 0xffff_ff80_0000_0000n] as const;
/** In the second entry of the root tables of Sv48 and Sv57. */
const UPPER = [0x80_0000_0000n, 0x1_0000_0000_0000n] as const;

/** Where page tables of a program are, and addresses worth an access. */
export interface PageTables {
  /** Values for satp. */
  readonly roots: readonly bigint[];
  /** Contents of the TABLES region. */
  readonly bytes: Uint8Array;
  /** Physical addresses of entries that a program may rewrite, each with the virtual address that it maps. */
  readonly leaves: readonly Leaf[];
  /** Virtual addresses of windows' pages. */
  readonly pages: readonly bigint[];
  /** Virtual addresses of pages that PMP may protect. */
  readonly protectedPages: readonly bigint[];
  /** Virtual addresses of pages that one may jump into: they map pads or nothing. */
  readonly fetchPages: readonly bigint[];
  /** Virtual addresses of pages that begin as execute-only. */
  readonly executePages: readonly bigint[];
  /** A page over an address that nothing answers. */
  readonly nowhere: bigint;
}

const pte = (physical: number | bigint, flags: number): bigint =>
  ((BigInt(physical) >> 12n) << 10n) | BigInt(flags);

/** Flags of a leaf: any, but mostly such that something is allowed. */
function randomFlags(random: Random, writable: boolean): number {
  let flags = random.chance(0.95) ? PTE.V : 0;
  flags |= random.chance(0.9) ? PTE.R : 0;
  flags |= writable && random.chance(0.85) ? PTE.W : 0;
  flags |= random.chance(0.5) ? PTE.X : 0;
  flags |= random.chance(0.5) ? PTE.U : 0;
  // Execute-only pages are those that MXR is about.
  if (random.chance(0.15)) flags = (flags & ~(PTE.R | PTE.W)) | PTE.X;
  flags |= random.chance(0.2) ? PTE.G : 0;
  flags |= random.chance(0.7) ? PTE.A : 0;
  flags |= random.chance(0.6) ? PTE.D : 0;
  return flags | (random.int(0, 3) << 8);
}

/** Mostly 0; a memory type of Svpbmt; or the bit of Svnapot, which the page number of a single page does not fit. */
function randomHighBits(random: Random): bigint {
  if (random.chance(0.04)) return BigInt(random.int(1, 2)) << 61n;
  // A and D are set, because QEMU sets them before it finds the fault.
  return random.chance(0.03) ? NAPOT | BigInt(PTE.A | PTE.D) : 0n;
}

/** A leaf over pads. */
function randomPad(random: Random): bigint {
  return pte(PADS.base + PAGE * random.int(0, 1), randomFlags(random, false)) | randomHighBits(random);
}

/** A leaf for a page of 4 KiB: data, pads or tables (never writable); or for 64 KiB of data. */
function randomLeaf(random: Random): bigint {
  const kind = random.int(0, 9);
  if (kind === 0) return randomPad(random);
  const high = randomHighBits(random);
  if (kind === 1) return pte(TABLES.base + PAGE * random.int(6, 15), randomFlags(random, false)) | high;
  if (kind === 2) return pte(DATA.base + NAPOT_64K, randomFlags(random, true)) | NAPOT;
  return pte(random.pick(DATA_PAGES), randomFlags(random, true)) | high;
}

/** A leaf for 2 MiB: the program's, not writable, or of memory that nothing else uses; sometimes not aligned. */
function randomMegapage(random: Random): bigint {
  const number = random.int(0, 6);
  const misaligned = random.chance(0.1) ? PAGE * random.int(1, 511) : 0;
  // Only the program's own may be executed: the pads are at the same place in it.
  const flags = randomFlags(random, number > 0) & (number > 0 ? ~PTE.X : ~0);
  // Without any permission it would point to a table, and the walker would set bits in code.
  const permission = (flags & (PTE.R | PTE.W | PTE.X)) === 0 ? PTE.R : 0;
  return pte(RAM_BASE + MEGAPAGE * number + misaligned, flags | permission);
}

/** A leaf over a page that PMP may protect. */
function randomProtected(random: Random): bigint {
  return pte(PROTECTED.base + PAGE * random.int(0, PROTECTED.bytes / PAGE - 1), randomFlags(random, true));
}

class Builder {
  readonly bytes = new Uint8Array(TABLES.bytes);
  readonly #view = new DataView(this.bytes.buffer);
  #next = TABLES.base;

  table(): number {
    const address = this.#next;
    this.#next += PAGE;
    if (this.#next > TABLES.base + TABLES.bytes) throw new Error("too many page tables");
    return address;
  }

  set(table: number, index: number, entry: bigint): void {
    this.#view.setBigUint64(table - TABLES.base + index * 8, BigInt.asUintN(64, entry), true);
  }
}

const indexOf = (va: bigint, level: number): number => Number((va >> BigInt(12 + 9 * level)) & 511n);

/** The code window, read and execute; what else handlers and generated code touch. */
function mapProgram(builder: Builder, leafTable: number, user: boolean, random: Random): void {
  const marks = (): number => (random.chance(0.7) ? PTE.A : 0) | (random.chance(0.5) ? PTE.D : 0);
  const flags = PTE.V | PTE.R | PTE.X | (user ? PTE.U : 0);
  for (let page = CODE.base; page < LENGTHS + CODE.bytes / 2; page += PAGE) {
    builder.set(leafTable, (page >> 12) & 511, pte(page, flags | marks()));
  }
  for (let page = PADS.base; page < PADS.base + PADS.bytes; page += PAGE) {
    builder.set(leafTable, (page >> 12) & 511, pte(page, flags | marks()));
  }
  for (let page = WRITABLE_CODE.base; page < WRITABLE_CODE.base + WRITABLE_CODE.bytes; page += PAGE) {
    builder.set(leafTable, (page >> 12) & 511, pte(page, flags | PTE.W | marks()));
  }
  builder.set(leafTable, (OPEN_PAGE >> 12) & 511, pte(OPEN_PAGE, (flags | PTE.W | marks()) & ~PTE.X));
  for (const page of DATA_PAGES) builder.set(leafTable, (page >> 12) & 511, randomLeaf(random));
}

/** The gigabytes with one entry in the root each: leaves and all the ways in which an entry can be wrong. */
function gigaEntries(random: Random): bigint[] {
  return [
    pte(RAM_BASE, randomFlags(random, false) | PTE.V | PTE.R),
    pte(RAM_BASE, randomFlags(random, true) | PTE.V | PTE.U),
    pte(RAM_BASE + 2 ** 20 * 2 * random.int(1, 4), randomFlags(random, true) | PTE.R),
    pte(TABLES.base, TABLE | random.pick([PTE.A, PTE.D, PTE.U])),
    pte(RAM_BASE, randomFlags(random, false) & ~PTE.V),
    pte(TABLES.base, TABLE) | (1n << BigInt(random.pick([61, 62, 63]))),
  ];
}

const satp = (mode: bigint, root: number, random: Random): bigint =>
  (mode << 60n) | (BigInt(random.int(0, 0xffff)) << 44n) | (BigInt(root) >> 12n);

export function buildPageTables(random: Random): PageTables {
  const builder = new Builder();
  const leaves: Leaf[] = [];
  const pages: bigint[] = [];
  const identity = builder.table();
  const user = builder.table();
  mapProgram(builder, identity, false, random);
  mapProgram(builder, user, true, random);

  // One table of two-megabyte steps serves both windows.
  const middle = builder.table();
  for (const [slot, share] of [
    [0, 0.6],
    [1, 1],
  ] as const) {
    const leaf = builder.table();
    builder.set(middle, slot, pte(leaf, TABLE));
    for (let index = 0; index < 512; index++) {
      if (random.chance(share)) builder.set(leaf, index, randomLeaf(random));
      const va = WINDOWS[0] + (BigInt(slot) << 21n) + BigInt(index * PAGE);
      leaves.push({ at: leaf + index * 8, va, random: randomLeaf, bytes: PAGE });
    }
    for (const window of WINDOWS) {
      for (let n = 0; n < 24; n++) {
        pages.push(window + (BigInt(slot) << 21n) + BigInt(PAGE * random.int(0, 509)));
      }
    }
    if (slot === 1) builder.set(leaf, 511, pte(0x9000_0000, PTE.V | PTE.R | PTE.W | PTE.X | PTE.A | PTE.D));
  }
  const mega = (va: bigint, entry: bigint): void => {
    builder.set(middle, indexOf(va, 1), entry);
    leaves.push({ at: middle + indexOf(va, 1) * 8, va, random: randomMegapage, bytes: MEGAPAGE });
  };
  const megabyte = (n: number): bigint => WINDOWS[0] + (BigInt(n) << 21n);
  mega(megabyte(2), pte(RAM_BASE, randomFlags(random, false) | PTE.V | PTE.R));
  mega(megabyte(3), pte(RAM_BASE + PAGE * random.int(1, 511), randomFlags(random, true) | PTE.R));
  mega(megabyte(4), 0n);
  mega(megabyte(5), pte(TABLES.base, TABLE | random.pick([PTE.A, PTE.D, PTE.U])));
  mega(megabyte(6), pte(RAM_BASE, PTE.V | PTE.W | PTE.X));
  for (const window of WINDOWS) {
    for (let n = 2; n <= 7; n++) {
      const inside = n === 2 ? BigInt(DATA.base - RAM_BASE) : 0n;
      for (const offset of [0n, 0x3000n, 0x1f_f000n]) {
        pages.push(window + (BigInt(n) << 21n) + (n === 2 && offset > 0x3000n ? inside : inside + offset));
      }
    }
  }

  const fetchPages: bigint[] = [];
  const pads = builder.table();
  builder.set(middle, 8, pte(pads, TABLE));
  for (let index = 0; index < 512; index++) {
    if (random.chance(0.8)) builder.set(pads, index, randomPad(random));
    leaves.push({
      at: pads + index * 8,
      va: megabyte(8) + BigInt(index * PAGE),
      random: randomPad,
      bytes: PAGE,
    });
    if (random.chance(0.2))
      fetchPages.push(random.pick(WINDOWS) - WINDOWS[0] + megabyte(8) + BigInt(index * PAGE));
  }
  const protectedPages: bigint[] = [];
  const guarded = builder.table();
  // Not beside the pads, whose last instruction reaches into the page behind them.
  builder.set(middle, 10, pte(guarded, TABLE));
  for (let index = 0; index < 32; index++) {
    builder.set(guarded, index, randomProtected(random));
    const va = megabyte(10) + BigInt(index * PAGE);
    leaves.push({ at: guarded + index * 8, va, random: randomProtected, bytes: PAGE });
    protectedPages.push(va);
  }
  const executePages = Array.from({ length: EXECUTE_ONLY }, (_, index) => megabyte(8) + BigInt(index * PAGE));
  for (const n of [3, 4, 5, 6, 7]) fetchPages.push(megabyte(n) + BigInt(PADS.base - RAM_BASE));
  fetchPages.push(megabyte(2) + BigInt(PADS.base - RAM_BASE));

  const roots: bigint[] = [];
  for (let variant = 0; variant < 3; variant++) {
    const root = builder.table();
    const low = builder.table();
    const userLow = builder.table();
    // One variant maps the program by a megapage.
    const whole = pte(RAM_BASE, PTE.V | PTE.R | PTE.W | PTE.X | PTE.A | PTE.D);
    builder.set(low, 0, variant === 2 ? whole : pte(identity, TABLE));
    builder.set(userLow, 0, variant === 2 ? whole | BigInt(PTE.U) : pte(user, TABLE));
    builder.set(root, indexOf(BigInt(RAM_BASE), 2), pte(low, TABLE));
    builder.set(root, indexOf(USER_CODE, 2), pte(userLow, TABLE));
    for (const window of WINDOWS) builder.set(root, indexOf(window, 2), pte(middle, TABLE));
    const entries = gigaEntries(random);
    entries.forEach((entry, n) => {
      builder.set(root, indexOf(GIGAPAGES[n] as bigint, 2), entry);
    });
    roots.push(satp(8n, root, random));
    if (variant > 0) continue;
    // Sv48 and Sv57: the lowest and the highest entry of the tables above lead to the same table.
    const root48 = builder.table();
    const root57 = builder.table();
    for (const [upper, lower] of [
      [root48, root],
      [root57, root48],
    ] as const) {
      builder.set(upper, 0, pte(lower, TABLE));
      builder.set(upper, 511, pte(lower, TABLE));
      builder.set(upper, 1, pte(RAM_BASE, randomFlags(random, true) | PTE.R));
    }
    roots.push(satp(9n, root48, random), satp(10n, root57, random));
  }
  for (const giga of GIGAPAGES)
    pages.push(giga + BigInt(DATA.base - RAM_BASE) + BigInt(PAGE * random.int(0, 13)));
  for (const giga of GIGAPAGES) fetchPages.push(giga + BigInt(PADS.base - RAM_BASE));
  pages.push(...NOT_CANONICAL, ...UPPER);
  for (const address of [...NOT_CANONICAL, ...UPPER]) fetchPages.push(address + megabyte(8) - WINDOWS[0]);
  return {
    roots,
    bytes: builder.bytes,
    leaves,
    pages,
    executePages,
    protectedPages,
    fetchPages,
    nowhere: WINDOWS[0] + (1n << 21n) + BigInt(511 * PAGE),
  };
}
