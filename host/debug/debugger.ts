/**
 * Breakpoints, watchpoints, steps and ways back on a machine: what the GDB server, and tests through
 * `machine.debugger`, are made of.
 */
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";
import { PRIVILEGE } from "../../spec/riscv.ts";
import type { WatchHit } from "../core/core.ts";
import { HartbeatError } from "../errors.ts";
import type { Machine } from "../machine.ts";
import type { Position } from "../replay/position.ts";
import {
  checkAddress,
  checkCycles,
  checkGoal,
  checkHart,
  checkLength,
  checkWatch,
} from "./argument-checks.ts";
import type { AfterHit } from "./breakpoints.ts";
import type { Stop } from "./target.ts";
import { type CurrentTask, currentTask, filterAdmits, USER_END, type UserFilter } from "./user-filter.ts";
import { machineMemory, type VirtualMemory } from "./virtual-memory.ts";
import { touches, type WatchKind, type Watchpoint, type WatchRange } from "./watchpoints.ts";

/** How long a step waits for a hart in wfi while others are busy. */
const STEP_CYCLES = CYCLES_PER_SECOND / 1000;
/** Steps, and cycles of all harts meanwhile, after which a step over a range rests, so that its caller can look around. */
const RANGE_STEPS = 20_000;
const RANGE_CYCLES = 10_000_000;

/** Where and when a breakpoint stops. */
export interface BreakOptions {
  /** Only while this holds: called with the hart that is there. */
  readonly when?: (hart: number) => boolean;
  /** At a user address: only in this program. */
  readonly only?: UserFilter;
}

/** Something that stops the machine until it is removed. */
export interface Stopper {
  remove(): void;
}

interface Found {
  readonly position: Position;
  readonly stop: Stop;
}

export class Debugger {
  /** Told of stops as they happen. */
  onStop: ((stop: Stop) => void) | undefined;
  /** The user program that breakpoints at user addresses are meant for, unless they say it themselves; undefined: any. */
  userFilter: UserFilter | undefined;
  readonly #machine: Machine;
  readonly #memory: VirtualMemory;
  readonly #breakpoints = new Map<bigint, Set<BreakOptions>>();
  readonly #watches = new Set<WatchRange>();
  readonly #listeners = new Set<(stop: Stop) => void>();
  #stop: Stop | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#memory = machineMemory(machine);
  }

  /**
   * Stops every hart before it executes at an address, or at a symbol of kernel or firmware. Code that runs where it was
   * loaded, before paging is on, is stopped there, too.
   */
  breakAt(where: bigint | string, options: BreakOptions = {}): Stopper {
    const address = this.#address(where);
    const loaded = this.#machine.symbols.loadAddress(address);
    const first = this.#hold(address, options);
    if (loaded === undefined || BigInt(loaded) === address) return first;
    const { core } = this.#machine;
    const when = (hart: number): boolean =>
      core.hart(hart).get("priv") !== BigInt(PRIVILEGE.U) && (options.when?.(hart) ?? true);
    try {
      const second = this.#hold(BigInt(loaded), { ...options, when });
      return { remove: () => [first, second].forEach((stopper) => void stopper.remove()) };
    } catch (error) {
      first.remove();
      throw error;
    }
  }

  #hold(address: bigint, options: BreakOptions): Stopper {
    const breakpoint = this.#machine.breakpoints.add(address, (hart) => {
      if (!this.#applies(options, address, hart)) return "go-on";
      return this.#report({ kind: "breakpoint", hart });
    });
    const there = this.#breakpoints.get(address) ?? new Set();
    this.#breakpoints.set(address, there.add(options));
    return {
      remove: () => {
        breakpoint.remove();
        there.delete(options);
      },
    };
  }

  /** Stops after every access of that kind to `length` bytes; going back, before it. */
  watch(where: bigint | string, { length = 8, kind = "write" as WatchKind } = {}): Stopper {
    checkWatch({ length, kind });
    const range = { address: this.#address(where), length, kind };
    const watchpoint: Watchpoint = this.#machine.watchpoints.add(range, (hit) =>
      this.#report(watchStop(hit, range)),
    );
    this.#watches.add(range);
    return {
      remove: () => {
        watchpoint.remove();
        this.#watches.delete(range);
      },
    };
  }

  /** Tells one more listener of stops, beside `onStop`. */
  listen(listener: (stop: Stop) => void): Stopper {
    this.#listeners.add(listener);
    return { remove: () => this.#listeners.delete(listener) };
  }

  /** Tells all listeners of a stop that somebody else has brought about. */
  announce(stop: Stop): void {
    this.onStop?.(stop);
    for (const listener of this.#listeners) listener(stop);
  }

  /** Starts to keep what it takes to go back, from the present place on. */
  keepHistory(): void {
    this.#machine.keepHistory();
  }

  /** Where the machine stands; `goTo` finds it again. */
  get position(): Position {
    return this.#machine.position;
  }

  /** Runs until something stops the machine, for `cycles` of guest time at most. Undefined: nothing did. */
  continue({ cycles = 60 * CYCLES_PER_SECOND } = {}): Stop | undefined {
    checkCycles(cycles);
    this.#stop = undefined;
    this.#machine.resume();
    this.#machine.run({ cycles });
    this.#machine.pause();
    return this.#halt() ?? this.#stop;
  }

  /** Executes one instruction of one hart; the others take their turns. */
  step(hart = 0): Stop {
    checkHart(hart, this.#machine.core.hartCount);
    this.#stop = undefined;
    const stop = this.#stepOnce(hart);
    return stop ?? this.#told({ kind: "step", hart });
  }

  /** Steps until the pc of `hart` has left [first, end), or for a good while. */
  stepRange(hart: number, first: bigint, end: bigint): Stop {
    const { core } = this.#machine;
    checkHart(hart, core.hartCount);
    const rest = core.executed + RANGE_CYCLES;
    for (let steps = 0; steps < RANGE_STEPS && core.executed < rest; steps++) {
      this.#stop = undefined;
      const stop = this.#stepOnce(hart);
      if (stop) return stop;
      const pc = this.#machine.registers.read(hart, "pc") ?? 0n;
      if (pc < first || pc >= end) break;
    }
    return this.#told({ kind: "step", hart });
  }

  /** Back to before the last instruction of `hart`. */
  stepBack(hart = 0): Stop {
    checkHart(hart, this.#machine.core.hartCount);
    const back = this.#machine.keepHistory().stepBack(hart);
    return this.#told({ kind: back ? "step" : "begin", hart });
  }

  /** Back to the last breakpoint or watched access, or to the start of what is known. */
  reverseContinue(): Stop {
    const search = this.searchBack();
    for (let step = search.next(); ; step = search.next()) if (step.done) return step.value;
  }

  /**
   * The same in pieces of some milliseconds. Who does not want to go on calls `return()`; the machine stands somewhere on the way
   * then.
   */
  *searchBack(): Generator<void, Stop> {
    const machine = this.#machine;
    const found = yield* machine.keepHistory().findBack<Found>((note) => ({
      onBreakpoint: (hart) => {
        const pc = machine.registers.read(hart, "pc") ?? 0n;
        const applies = [...(this.#breakpoints.get(pc) ?? [])].some((options) =>
          this.#applies(options, pc, hart),
        );
        if (applies) note({ position: machine.position, stop: { kind: "breakpoint", hart } });
      },
      onWatchpoint: () => {
        const hit = machine.core.watchHit;
        const range = [...this.#watches].find((watch) => touches(watch, hit));
        if (range) note({ position: machine.position, stop: watchStop(hit, range) });
      },
    }));
    const { turn } = machine.position;
    const hart = turn < machine.core.hartCount ? turn : 0;
    return this.#told(found?.stop ?? { kind: "begin", hart });
  }

  /** Repeats what led here: goes back over so many executed cycles, calls `begin` there, and runs to the present place again. */
  repeat(cycles: number, begin: () => void): void {
    const history = this.#machine.keepHistory();
    const here = this.position;
    history.goToExecuted(here.executed - cycles);
    begin();
    history.goTo(here);
  }

  /** To a place or to a guest cycle, in the past that was kept or in the future. */
  goTo(where: Position | number): void {
    checkGoal(where);
    const history = this.#machine.keepHistory();
    if (typeof where === "number") history.goToCycle(where);
    else history.goTo(where);
  }

  /** The task that a hart works for; undefined where the kernel does not tell. */
  taskOf(hart: number): CurrentTask | undefined {
    checkHart(hart, this.#machine.core.hartCount);
    return currentTask(
      this.#machine,
      (index, address, length) => this.readMemory(index, address, length),
      hart,
    );
  }

  /** Memory by virtual address as a hart sees it; shorter than `length` where it ends. */
  readMemory(hart: number, address: bigint, length: number): Uint8Array {
    checkHart(hart, this.#machine.core.hartCount);
    checkAddress(address);
    checkLength(length);
    return this.#memory.read(hart, address, length);
  }

  /** All of `bytes` or nothing; false where there is no memory that can be written. */
  writeMemory(hart: number, address: bigint, bytes: Uint8Array): boolean {
    checkHart(hart, this.#machine.core.hartCount);
    checkAddress(address);
    return this.#memory.write(hart, address, bytes);
  }

  #applies({ when, only }: BreakOptions, address: bigint, hart: number): boolean {
    if (when && !when(hart)) return false;
    const filter = only ?? this.userFilter;
    const { core } = this.#machine;
    const inUser = core.hart(hart).get("priv") === BigInt(PRIVILEGE.U);
    if (filter === undefined || address >= USER_END || !inUser) return true;
    return filterAdmits(filter, {
      task: () => this.taskOf(hart),
      satp: () => core.readCsr(hart, "satp") ?? 0n,
    });
  }

  /** One step; what stopped the machine in another way, if anything did. */
  #stepOnce(hart: number): Stop | undefined {
    const machine = this.#machine;
    machine.resume();
    machine.step(hart, { cycles: STEP_CYCLES });
    machine.pause();
    return this.#halt() ?? this.#stop;
  }

  #halt(): Stop | undefined {
    const { halted } = this.#machine;
    return halted && this.#told({ kind: "exit", status: halted.status });
  }

  #report(stop: Stop): AfterHit {
    this.#machine.pause();
    this.#told(stop);
    return "stop";
  }

  #told(stop: Stop): Stop {
    this.#stop = stop;
    this.announce(stop);
    return stop;
  }

  #address(where: bigint | string): bigint {
    if (typeof where === "bigint") return BigInt.asUintN(64, where);
    if (typeof where !== "string") checkAddress(where);
    const address = this.#machine.symbols.lookup(where);
    if (address === undefined) throw new HartbeatError(`There is no symbol '${where}'; name another one.`);
    return address;
  }
}

/** The address told lies in what is watched: a debugger looks it up there. */
function watchStop({ hart, address }: WatchHit, { address: first, kind }: WatchRange): Stop {
  return { kind: "watch", hart, address: address > first ? address : first, access: kind };
}
