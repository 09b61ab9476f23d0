/** What is in the core's software TLBs, and in those of the pipeline model. */
import { CODE_PAGE_BYTES, region, TLB_BYTES, TLB_CONTEXTS, TLB_ENTRIES } from "../../spec/layout.ts";
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import { MAX_TLB } from "../../spec/timing-layout.ts";
import type { CoreRecord } from "./record.ts";

export interface TlbEntry {
  /** Virtual and physical address of the page. */
  readonly page: bigint;
  readonly physical: number;
  /** The translation context: "U", "S" ... */
  readonly context: (typeof TLB_CONTEXTS)[number];
  readonly read: boolean;
  readonly write: boolean;
  readonly fetch: boolean;
}

const KINDS = ["read", "write", "fetch"] as const;
const ENTRY_BYTES = 16;
const PAGE_BYTES = 4096;

/** The entries of a hart in the order of contexts and addresses. They are of 4 KiB each, pieces of larger pages too. */
export function tlbEntries(buffer: ArrayBuffer, hart: number): TlbEntry[] {
  const view = new DataView(buffer);
  const ram = region("ram").base;
  const rom = region("bootRom").base;
  const guestAddress = (place: number): number =>
    place >= ram ? RAM_BASE + place - ram : MACHINE_MAP.bootRom.base + place - rom;
  const physicalOf = (kind: (typeof KINDS)[number], page: bigint, addend: number): number => {
    if (kind !== "fetch") return guestAddress((addend + Number(BigInt.asUintN(32, page))) >>> 0);
    const decoded = (addend - region("codePool").base) / CODE_PAGE_BYTES;
    return RAM_BASE + view.getUint32(region("codeOwners").base + decoded * 8, true) * PAGE_BYTES;
  };
  const entries = new Map<string, { -readonly [Key in keyof TlbEntry]: TlbEntry[Key] }>();
  for (const [kindNumber, kind] of KINDS.entries()) {
    for (const [contextNumber, context] of TLB_CONTEXTS.entries()) {
      const array = (hart * KINDS.length + kindNumber) * TLB_CONTEXTS.length + contextNumber;
      for (let index = 0; index < TLB_ENTRIES; index++) {
        const at = region("tlbs").base + array * TLB_BYTES + index * ENTRY_BYTES;
        const page = view.getBigUint64(at, true);
        if (page % BigInt(PAGE_BYTES) !== 0n) continue;
        const physical = physicalOf(kind, page, view.getUint32(at + 8, true));
        const key = `${contextNumber} ${page}`;
        const entry = entries.get(key) ?? {
          page,
          physical,
          context,
          read: false,
          write: false,
          fetch: false,
        };
        entry[kind] = true;
        entries.set(key, entry);
      }
    }
  }
  const order = ({ context }: TlbEntry): number => TLB_CONTEXTS.indexOf(context);
  return [...entries.values()].sort((a, b) => order(a) - order(b) || (a.page < b.page ? -1 : 1));
}

export interface ModelledEntry {
  readonly page: bigint;
  readonly physical: bigint;
  /** 0: a page of 4 KiB; 1 and 2: larger by 512 each. */
  readonly level: number;
}

/** The entries of a pipeline model's TLB. */
export function modelledEntries(timing: CoreRecord, tlb: "itlb" | "dtlb"): ModelledEntry[] {
  return Array.from({ length: MAX_TLB }, (_, index) => ({
    tag: timing.get(`${tlb}Tags`, index),
    physical: timing.get(`${tlb}Bases`, index),
  }))
    .filter(({ tag }) => tag !== 2n ** 64n - 1n)
    .map(({ tag, physical }) => {
      const level = tag & 3n;
      return { page: (tag >> 2n) << (12n + 9n * level), physical, level: Number(level) };
    });
}
