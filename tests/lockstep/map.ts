/** Where a generated program keeps its parts in memory, and what its reserved registers are for. */

export const RAM_BASE = 0x8000_0000;
export const RAM_BYTES = 32 * 2 ** 20;

/** Handlers and generated code; one window whose low address bits are the same under every mapping. */
export const CODE = { base: RAM_BASE, bytes: 0x2_0000 } as const;
/** First generated instruction: the prologue and the handlers come before. */
export const BODY = CODE.base + 0xa00;
/** One byte for each halfword of code: the length of the instruction there. */
export const LENGTHS = CODE.base + CODE.bytes;
/** Pages in which every halfword jumps back to the link register, so that one may jump anywhere into them. */
export const PADS = { base: RAM_BASE + 0x3_0000, bytes: 0x2000 } as const;
/** The counter of the outer loop. The last pad reaches into the start of this page. */
export const CELLS = RAM_BASE + 0x3_2100;
/** Offset from CELLS of the address of the next time in the table below. */
export const CLOCK_CELL = 8;
export const CLOCK_TABLE = { base: RAM_BASE + 0x3_4000, bytes: 0x4000 } as const;
/** A page that every level may read and write. */
export const OPEN_PAGE = RAM_BASE + 0x3_8000;
/** Pages that every level may read, write and execute. */
export const WRITABLE_CODE = { base: RAM_BASE + 0x3_9000, bytes: 0x3000 } as const;
/** Room for page tables. */
export const TABLES = { base: RAM_BASE + 0x4_0000, bytes: 0x4_0000 } as const;
/** What programs load from and store to. */
export const DATA = { base: RAM_BASE + 0x8_0000, bytes: 0x2_0000 } as const;
/** Pages of the data that PMP entries may protect; accesses to them do not cross pages. A multiple of 8 KiB, which an entry may have. */
export const PROTECTED = { base: DATA.base + 0x1_2000, bytes: 0x8000 } as const;
/** Pages of the data, apart from the protected ones and their neighbours. */
export const DATA_PAGES = [...Array.from({ length: 15 }, (_, i) => i), 27, 28, 29, 30].map(
  (page) => DATA.base + 4096 * page,
);
export const IMAGE_BYTES = DATA.base + DATA.bytes - RAM_BASE;

/** Virtual address, with paging on, at which U-mode sees the code window. */
export const USER_CODE = 0x8_4000_0000n;
/** Gigabytes of virtual address space with random mappings; none is an address of anything without paging. */
export const WINDOWS = [0x8_0000_0000n, 0xffff_ffc0_0000_0000n] as const;
/** Gigabytes that one leaf maps, or that a root entry spoils. */
export const GIGAPAGES = Array.from({ length: 6 }, (_, i) => 0x8_8000_0000n + BigInt(i) * 0x4000_0000n);

/** Physical addresses where nothing answers. */
export const NOWHERE = [
  0x80_0000n,
  0x9000_0000n,
  0x8_0000_0000n,
  0x40_0000_0000n,
  0x00f0_0000_0000_0000n,
] as const;

/** The CLINT's registers of hart 0. */
export const MSIP = 0x200_0000;
export const MTIMECMP = 0x200_4000;

/** Registers that generated instructions read but never write. */
export interface Reserved {
  /** Temporaries of handlers and of changes of mode. */
  readonly t0: number;
  readonly t1: number;
  /** 0, or nonzero when a trap asks for M-mode instead of the next instruction. */
  readonly request: number;
  /** Where to go on after a fetch that faults. */
  readonly link: number;
}
