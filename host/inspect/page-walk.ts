/** A page-table walk step by step, as the privileged manual's section 12.3.2 has it, for people to look at. */

export interface WalkStep {
  /** 2 for the root of Sv39, 0 for the last level. */
  readonly level: number;
  /** Physical address of the table, and the index that the virtual address picks. */
  readonly table: number;
  readonly index: number;
  readonly entryAddress: number;
  /** Undefined where there is no memory at that address. */
  readonly entry: bigint | undefined;
  /** The letters of the entry's flags that are set, as in "VRWXUGAD". */
  readonly flags: string;
  readonly physicalPage: bigint;
  readonly leaf: boolean;
}

export interface Walk {
  readonly mode: "Bare" | "Sv39" | "Sv48" | "Sv57";
  readonly asid: number;
  readonly virtual: bigint;
  readonly steps: readonly WalkStep[];
  /** Undefined where the walk ends in a fault. */
  readonly physical: bigint | undefined;
  readonly pageBytes: number | undefined;
  readonly fault: string | undefined;
}

const MODES = new Map<bigint, { mode: Walk["mode"]; levels: number }>([
  [8n, { mode: "Sv39", levels: 3 }],
  [9n, { mode: "Sv48", levels: 4 }],
  [10n, { mode: "Sv57", levels: 5 }],
]);
const FLAGS = "VRWXUGAD";
const PAGE_SHIFT = 12n;

function flagsOf(entry: bigint): string {
  return FLAGS.split("")
    .filter((_, bit) => (entry >> BigInt(bit)) & 1n)
    .join("");
}

/** Walks from the root that `satp` names. `read` gives 8 bytes of physical memory, little-endian. */
export function walkPages(
  satp: bigint,
  virtual: bigint,
  read: (address: number) => bigint | undefined,
): Walk {
  const translation = MODES.get(satp >> 60n);
  const asid = Number((satp >> 44n) & 0xffffn);
  if (!translation) {
    return {
      mode: "Bare",
      asid,
      virtual,
      steps: [],
      physical: virtual,
      pageBytes: undefined,
      fault: undefined,
    };
  }
  const { mode, levels } = translation;
  const steps: WalkStep[] = [];
  const ends = (fault: string): Walk => ({
    mode,
    asid,
    virtual,
    steps,
    physical: undefined,
    pageBytes: undefined,
    fault,
  });
  const width = BigInt(12 + 9 * levels);
  if (BigInt.asUintN(64, BigInt.asIntN(Number(width), virtual)) !== virtual) {
    return ends(`bits 63 to ${width} do not repeat bit ${width - 1n}`);
  }
  let table = Number((satp & ((1n << 44n) - 1n)) << PAGE_SHIFT);
  for (let level = levels - 1; level >= 0; level--) {
    const shift = PAGE_SHIFT + BigInt(9 * level);
    const index = Number((virtual >> shift) & 0x1ffn);
    const entryAddress = table + index * 8;
    const entry = read(entryAddress);
    const physicalPage = ((entry ?? 0n) >> 10n) & ((1n << 44n) - 1n);
    const flags = flagsOf(entry ?? 0n);
    const leaf = /[RX]/.test(flags);
    steps.push({ level, table, index, entryAddress, entry, flags, physicalPage, leaf });
    if (entry === undefined) return ends("the table lies outside of memory");
    if (!flags.includes("V")) return ends("the entry is not valid");
    if (leaf) {
      const inside = (1n << shift) - 1n;
      if ((physicalPage << PAGE_SHIFT) & inside) return ends("a large page that is not aligned");
      const physical = ((physicalPage << PAGE_SHIFT) & ~inside) | (virtual & inside);
      return { mode, asid, virtual, steps, physical, pageBytes: Number(inside) + 1, fault: undefined };
    }
    table = Number(physicalPage << PAGE_SHIFT);
  }
  return ends("the last level holds a pointer");
}
