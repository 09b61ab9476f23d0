/**
 * The past of a machine: checkpoints, from which the run is repeated up to any place.
 *
 * The first checkpoint holds all of memory, each later one the pages written since the one before, so that page p
 * at checkpoint k is in the last checkpoint up to k that has p. A checkpoint that goes leaves its pages to the next one.
 * Checkpoints lie densely near the present and thinly far back: going back costs time in proportion to the way.
 */
import { type Core, PAGE_BYTES } from "../core/core.ts";
import type { RunLoop, Scan } from "../run-loop.ts";
import type { JournaledDisk, WrittenSectors } from "../snapshot/journaled-disk.ts";
import type { MachineState } from "../snapshot/machine-state.ts";
import { comparePositions, type Position } from "./position.ts";

interface Checkpoint {
  readonly position: Position;
  readonly state: MachineState;
  readonly disks: readonly WrittenSectors[];
  readonly pages: Map<number, Uint8Array>;
}

/** Executed cycles between checkpoints. */
const INTERVAL = 8_000_000;
/** Checkpoints before a place that was gone back to, for the next step back. */
const APPROACHES = [1 << 20, 1 << 15, 1 << 10];
/** Executed cycles between two looks at whether the search goes on. */
const SCAN_PIECE = 4_000_000;
/** Executed cycles before the end of an instruction at which the search for its beginning begins. */
const REACHES = [1, 64, 4096, 2 ** 20, Number.POSITIVE_INFINITY];
const MOST_CHECKPOINTS = 200;
const MOST_BYTES = 256 * 2 ** 20;

export interface HistoryOptions {
  readonly core: Core;
  readonly loop: RunLoop;
  readonly disks: readonly JournaledDisk[];
  readonly save: () => MachineState;
  readonly restore: (state: MachineState) => void;
  /** The run takes another way than before. */
  readonly fork: () => void;
}

export class History {
  readonly #options: HistoryOptions;
  readonly #checkpoints: Checkpoint[];
  /** The checkpoint that memory was last equal to, and pages that may differ from it besides the core's dirty ones. */
  #from: Checkpoint;
  #changed = new Set<number>();

  /** Begins at the present place. */
  constructor(options: HistoryOptions) {
    this.#options = options;
    const { core, loop } = options;
    core.takeDirtyPages();
    const pages = new Map<number, Uint8Array>();
    for (let page = 0; page < core.ram.length / PAGE_BYTES; page += 1) {
      const bytes = pageOf(core, page);
      if (!isZero(bytes)) pages.set(page, bytes.slice());
    }
    this.#from = this.#capture(pages);
    this.#checkpoints = [this.#from];
    loop.onCheckpoint = () => this.#checkpoint();
    loop.onInput = () => this.#forgetFuture();
    this.#plan();
  }

  /** The earliest place that can be gone back to. */
  get start(): Position {
    return (this.#checkpoints[0] as Checkpoint).position;
  }

  /** Numbers for people: how much is kept. */
  get size(): { checkpoints: number; bytes: number } {
    return { checkpoints: this.#checkpoints.length, bytes: this.#bytes() };
  }

  /** Ends the recording of checkpoints. */
  end(): void {
    const { loop } = this.#options;
    loop.onCheckpoint = () => {};
    loop.onInput = () => {};
    loop.checkpointAt = Number.POSITIVE_INFINITY;
  }

  /** To a place of the run, before or after the present one. */
  goTo(goal: Position): void {
    const { loop } = this.#options;
    const present = comparePositions(goal, loop.position);
    const isThere = present === 0 && goal.pc === loop.position.pc;
    if (isThere) return;
    if (present <= 0) this.#restore(this.#lastBefore((position) => comparePositions(position, goal) < 0));
    this.#approach(goal.executed);
    loop.advanceTo(goal);
  }

  /** To a guest cycle; before the start of the history to the start. */
  goToCycle(cycle: number): void {
    const { loop } = this.#options;
    if (cycle < loop.position.cycle) this.#restore(this.#lastBefore((position) => position.cycle <= cycle));
    loop.advanceToCycle(cycle);
  }

  /** To where so many cycles have been executed; before the start of the history to the start. */
  goToExecuted(executed: number): void {
    const { loop } = this.#options;
    if (executed < loop.position.executed) {
      this.#restore(this.#lastBefore((position) => position.executed <= executed));
    }
    this.#approach(executed);
    loop.advanceToExecuted(executed);
  }

  /** Back to before the last instruction that `hart` executed; false at the start of the history. */
  stepBack(hart: number): boolean {
    const { core, loop } = this.#options;
    const last = core.lastRun(hart);
    if (last <= this.start.executed) {
      this.goTo(this.start);
      return false;
    }
    loop.advanceToExecuted(this.#goToLastBefore(last), true);
    return true;
  }

  /**
   * To the last instruction that begins before so many cycles have been executed, or a little before it. Returns how many had been
   * at its beginning. In timed runs that is any number of cycles before; so the search begins ever further back.
   */
  #goToLastBefore(executed: number): number {
    const { core, loop } = this.#options;
    for (const reach of REACHES) {
      const from = executed - reach;
      this.#restore(this.#lastBefore((position) => position.executed <= from));
      this.#approach(from);
      loop.advanceToExecuted(from);
      if (core.executed === executed - 1) return core.executed;
      let last: number | undefined;
      while (core.executed < executed) {
        last = core.executed;
        loop.advanceToExecuted(last + 1);
      }
      if (last === undefined) continue;
      this.goToExecuted(last);
      return last;
    }
    this.goTo(this.start);
    return this.start.executed;
  }

  /**
   * Back to the last place before the present one where `scan`, made for each stretch, notes something. Undefined, and
   * at the start of the history, when there is none. Yields between pieces; whoever gives up then finds the machine at the
   * checkpoint up to which there is nothing.
   */
  *findBack<Found extends { position: Position }>(
    look: (found: (what: Found) => void) => Scan,
  ): Generator<void, Found | undefined> {
    const { core, loop } = this.#options;
    let end = loop.position;
    const earlier = this.#checkpoints.filter(({ position }) => position.executed < end.executed).reverse();
    for (const checkpoint of earlier) {
      this.#restore(checkpoint);
      let last: Found | undefined;
      const scan = look((what) => {
        last = what;
      });
      let scanned = false;
      try {
        while (core.executed < end.executed) {
          loop.scanTo(Math.min(core.executed + SCAN_PIECE, end.executed), scan);
          yield;
        }
        loop.scanUpTo(end, scan);
        scanned = true;
      } finally {
        if (!scanned) this.goTo(checkpoint.position);
      }
      if (last) {
        this.goTo((last as Found).position);
        return last;
      }
      end = checkpoint.position;
    }
    this.goTo(this.start);
    return undefined;
  }

  /** Runs near to a place, and leaves checkpoints on the way for those who go back from there. */
  #approach(executed: number): void {
    const { core, loop } = this.#options;
    for (const distance of APPROACHES) {
      const at = executed - distance;
      if (at - core.executed < distance) continue;
      loop.advanceToExecuted(at);
      if (core.executed >= at) this.#checkpoint();
    }
  }

  #lastBefore(fits: (position: Position) => boolean): Checkpoint {
    const first = this.#checkpoints[0] as Checkpoint;
    return this.#checkpoints.findLast(({ position }) => fits(position)) ?? first;
  }

  #checkpoint(): void {
    const { core, loop } = this.#options;
    const changed = this.#takeChanged();
    const { position } = loop;
    const index = this.#checkpoints.findIndex((other) => comparePositions(other.position, position) >= 0);
    const place = index < 0 ? this.#checkpoints.length : index;
    const there = this.#checkpoints[place];
    if (there && comparePositions(there.position, position) === 0) {
      // Equal by construction: memory can be traced from this one as well.
      this.#from = there;
      this.#changed = new Set();
      this.#plan();
      return;
    }
    const pages = new Map([...changed].map((page) => [page, pageOf(core, page).slice()]));
    this.#from = this.#capture(pages);
    this.#changed = new Set();
    this.#checkpoints.splice(place, 0, this.#from);
    this.#thin();
    this.#plan();
  }

  #capture(pages: Map<number, Uint8Array>): Checkpoint {
    const { loop, disks, save } = this.#options;
    return { position: loop.position, state: save(), disks: disks.map(({ written }) => written), pages };
  }

  #takeChanged(): Set<number> {
    for (const page of this.#options.core.takeDirtyPages()) this.#changed.add(page);
    return this.#changed;
  }

  #restore(checkpoint: Checkpoint): void {
    const { core, disks, restore } = this.#options;
    const target = this.#checkpoints.indexOf(checkpoint);
    const source = this.#checkpoints.indexOf(this.#from);
    const pages = new Set(this.#takeChanged());
    for (let i = Math.min(target, source) + 1; i <= Math.max(target, source); i += 1) {
      for (const page of this.#checkpoints[i]?.pages.keys() ?? []) pages.add(page);
    }
    for (const page of pages) {
      const bytes = this.#pageAt(page, target);
      if (bytes) pageOf(core, page).set(bytes);
      else pageOf(core, page).fill(0);
    }
    for (const [index, disk] of disks.entries()) disk.restore(checkpoint.disks[index] as WrittenSectors);
    restore(checkpoint.state);
    // What the restoration itself dirtied is equal to the checkpoint.
    core.takeDirtyPages();
    this.#from = checkpoint;
    this.#changed = new Set();
    this.#options.loop.restored(checkpoint.position);
    this.#plan();
  }

  #pageAt(page: number, index: number): Uint8Array | undefined {
    for (let i = index; i >= 0; i -= 1) {
      const bytes = this.#checkpoints[i]?.pages.get(page);
      if (bytes) return bytes;
    }
    return undefined;
  }

  /** New input in the past: what came after it will not come. */
  #forgetFuture(): void {
    const { position } = this.#options.loop;
    this.#options.fork();
    const kept = this.#checkpoints.findLastIndex((other) => comparePositions(other.position, position) <= 0);
    const source = this.#checkpoints.indexOf(this.#from);
    const first = Math.max(kept, 0);
    for (let i = first + 1; i <= source; i += 1) {
      for (const page of this.#checkpoints[i]?.pages.keys() ?? []) this.#changed.add(page);
    }
    if (source > first) this.#from = this.#checkpoints[first] as Checkpoint;
    this.#checkpoints.length = first + 1;
    this.#plan();
  }

  /** Drops checkpoints, those first that are close together and far from here. */
  #thin(): void {
    const here = this.#options.core.executed;
    while (this.#checkpoints.length > MOST_CHECKPOINTS || this.#bytes() > MOST_BYTES) {
      let least = 0;
      let leastWeight = Number.POSITIVE_INFINITY;
      for (let i = 1; i + 1 < this.#checkpoints.length; i += 1) {
        const [before, at, after] = this.#checkpoints
          .slice(i - 1, i + 2)
          .map(({ position }) => position.executed);
        const weight =
          ((after as number) - (before as number)) / (Math.abs(here - (at as number)) + INTERVAL);
        if (weight < leastWeight && this.#checkpoints[i] !== this.#from) {
          least = i;
          leastWeight = weight;
        }
      }
      if (least === 0) return;
      this.#drop(least);
    }
  }

  #drop(index: number): void {
    const [gone] = this.#checkpoints.splice(index, 1);
    const heir = this.#checkpoints[index] as Checkpoint;
    for (const [page, bytes] of gone?.pages ?? []) {
      if (!heir.pages.has(page)) heir.pages.set(page, bytes);
    }
  }

  #bytes(): number {
    return this.#checkpoints.reduce(
      (sum, { pages, state }) => sum + pages.size * PAGE_BYTES + modelBytes(state),
      0,
    );
  }

  #plan(): void {
    const last = this.#checkpoints.at(-1) as Checkpoint;
    this.#options.loop.checkpointAt = last.position.executed + INTERVAL;
  }
}

function modelBytes({ core }: MachineState): number {
  let sum = 0;
  for (const model of core.models) for (const bytes of Object.values(model)) sum += bytes.length;
  return sum;
}

function pageOf(core: Core, page: number): Uint8Array {
  return core.ram.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}

function isZero(bytes: Uint8Array): boolean {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (let i = 0; i < words.length; i += 1) if (words[i] !== 0) return false;
  return true;
}
