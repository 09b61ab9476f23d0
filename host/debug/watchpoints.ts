/** The watchpoints of a machine: ranges of virtual addresses whose readers or writers somebody wants to know. */
import { WATCH_ACCESS } from "../../spec/layout.ts";
import type { WatchHit } from "../core/core.ts";
import type { AfterHit } from "./breakpoints.ts";

/** What to wait for. */
export type WatchKind = "write" | "read" | "access";

const ACCESSES: Readonly<Record<WatchKind, number>> = {
  write: WATCH_ACCESS.WRITE,
  read: WATCH_ACCESS.READ,
  access: WATCH_ACCESS.READ | WATCH_ACCESS.WRITE,
};

/** The part of the core that watchpoints need. Several of the same figures count. */
export interface WatchpointCore {
  setWatchpoint(first: bigint, last: bigint, accesses: number): void;
  clearWatchpoint(first: bigint, last: bigint, accesses: number): void;
}

export interface WatchRange {
  readonly address: bigint;
  readonly length: number;
  readonly kind: WatchKind;
}

export type WatchHandler = (hit: WatchHit) => AfterHit;

export interface Watchpoint extends WatchRange {
  /** Harmless when called again. */
  remove(): void;
}

interface Holder extends WatchRange {
  readonly onHit: WatchHandler;
}

/** Whether an access touches a range that is watched for such ones. */
export const touches = (
  { address: first, length, kind }: WatchRange,
  { address, size, accesses }: WatchHit,
): boolean =>
  address < first + BigInt(length) && address + BigInt(size) > first && (accesses & ACCESSES[kind]) !== 0;

/** First and last address, and bits of WATCH_ACCESS. */
const inCore = ({ address, length, kind }: WatchRange): [bigint, bigint, number] => [
  address,
  address + BigInt(length - 1),
  ACCESSES[kind],
];

export class Watchpoints {
  readonly #core: WatchpointCore;
  readonly #holders = new Set<Holder>();

  constructor(core: WatchpointCore) {
    this.#core = core;
  }

  /** Throws what the core throws when it can hold no more. */
  add({ address, length, kind }: WatchRange, onHit: WatchHandler): Watchpoint {
    const holder = { address: BigInt.asUintN(64, address), length, kind, onHit };
    this.#core.setWatchpoint(...inCore(holder));
    this.#holders.add(holder);
    return { address, length, kind, remove: () => this.#remove(holder) };
  }

  /** Tells every holder whom the access concerns; true when one of them wants the machine to stop. */
  hit(hit: WatchHit): boolean {
    let stop = false;
    for (const holder of [...this.#holders]) {
      if (touches(holder, hit) && holder.onHit(hit) === "stop") stop = true;
    }
    return stop;
  }

  #remove(holder: Holder): void {
    if (this.#holders.delete(holder)) this.#core.clearWatchpoint(...inCore(holder));
  }
}
