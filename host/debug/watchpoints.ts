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

interface Holder {
  readonly first: bigint;
  readonly last: bigint;
  readonly accesses: number;
  readonly onHit: WatchHandler;
}

/** Whether the access of `hit`, which may be 8 bytes wide, touches what the holder watches. */
const touches = ({ first, last, accesses }: Holder, { address, accesses: made }: WatchHit): boolean =>
  address <= last && address + 7n >= first && (accesses & made) !== 0;

export class Watchpoints {
  readonly #core: WatchpointCore;
  readonly #holders = new Set<Holder>();

  constructor(core: WatchpointCore) {
    this.#core = core;
  }

  /** Throws what the core throws when it can hold no more. */
  add({ address, length, kind }: WatchRange, onHit: WatchHandler): Watchpoint {
    const first = BigInt.asUintN(64, address);
    const holder = { first, last: first + BigInt(length - 1), accesses: ACCESSES[kind], onHit };
    this.#core.setWatchpoint(holder.first, holder.last, holder.accesses);
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
    if (this.#holders.delete(holder)) this.#core.clearWatchpoint(holder.first, holder.last, holder.accesses);
  }
}
