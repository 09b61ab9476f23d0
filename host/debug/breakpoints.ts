/** The breakpoints of a machine: several users (debugger, traces) may hold the same address; the core sees each once. */

/** What a user's handler wants after a hit. A handler may add and remove breakpoints. */
export type AfterHit = "go-on" | "stop";
export type HitHandler = (hart: number) => AfterHit;

/** The part of the core that breakpoints need: it leaves its loop before it executes at a set address. */
export interface BreakpointCore {
  setBreakpoint(address: bigint): void;
  clearBreakpoint(address: bigint): void;
}

/** One user's hold on an address. */
export interface Breakpoint {
  readonly address: bigint;
  /** Harmless when called again. */
  remove(): void;
}

export class Breakpoints {
  readonly #core: BreakpointCore;
  readonly #holders = new Map<bigint, Set<{ onHit: HitHandler }>>();

  constructor(core: BreakpointCore) {
    this.#core = core;
  }

  /** Number of distinct addresses that are set in the core. */
  get size(): number {
    return this.#holders.size;
  }

  has(address: bigint): boolean {
    return this.#holders.has(BigInt.asUintN(64, address));
  }

  /** Throws what the core throws when it can hold no more. */
  add(address: bigint, onHit: HitHandler): Breakpoint {
    const va = BigInt.asUintN(64, address);
    const holder = { onHit };
    let holders = this.#holders.get(va);
    if (holders === undefined) {
      this.#core.setBreakpoint(va);
      holders = new Set();
      this.#holders.set(va, holders);
    }
    holders.add(holder);
    return { address: va, remove: () => this.#remove(va, holder) };
  }

  /** Tells every holder of `address` that `hart` came there; true when one of them wants the machine to stop. */
  hit(hart: number, address: bigint): boolean {
    const holders = this.#holders.get(BigInt.asUintN(64, address));
    let stop = false;
    for (const { onHit } of [...(holders ?? [])]) {
      if (onHit(hart) === "stop") stop = true;
    }
    return stop;
  }

  #remove(address: bigint, holder: { onHit: HitHandler }): void {
    const holders = this.#holders.get(address);
    if (!holders?.delete(holder) || holders.size > 0) return;
    this.#holders.delete(address);
    this.#core.clearBreakpoint(address);
  }
}
