/** The machine as debuggers and traces see it, and the hold that a debugger has on it. */
import { PRIVILEGE } from "../../spec/riscv.ts";
import { HartbeatError } from "../errors.ts";
import type { Machine } from "../machine.ts";
import type { Breakpoints } from "./breakpoints.ts";
import type { Debugger, Stopper } from "./debugger.ts";
import { Inspector } from "./inspector.ts";
import type { SymbolTable } from "./symbols.ts";
import type { DebugTarget, HartStatus, Privilege, Stop } from "./target.ts";
import type { CurrentTask, UserFilter } from "./user-filter.ts";
import type { WatchRange } from "./watchpoints.ts";

const PRIVILEGE_NAMES: ReadonlyMap<bigint, Privilege> = new Map(
  Object.entries(PRIVILEGE).map(([name, level]) => [BigInt(level), name as Privilege]),
);

export class MachineTarget implements DebugTarget {
  readonly breakpoints: Breakpoints;
  readonly symbols: SymbolTable;
  readonly debugger: Debugger;
  readonly inspector: Inspector;
  readonly #machine: Machine;
  readonly #onQuit: () => void;
  readonly #inserted = new Map<bigint, Stopper>();
  readonly #watches = new Map<string, Stopper>();
  #standing: { promise: Promise<void>; end: () => void } | undefined;
  #haltReported = false;
  /** A search for the last stop in the past that is under way. */
  #search: ReturnType<Debugger["searchBack"]> | undefined;

  /** `onQuit` is what becomes of a debugger's wish to end the machine. */
  constructor(machine: Machine, onQuit: () => void = () => {}) {
    this.#machine = machine;
    this.#onQuit = onQuit;
    this.debugger = machine.debugger;
    this.inspector = new Inspector(this);
    this.breakpoints = machine.breakpoints;
    this.symbols = machine.symbols;
  }

  get machine(): Machine {
    return this.#machine;
  }

  get onStop(): ((stop: Stop) => void) | undefined {
    return this.debugger.onStop;
  }

  set onStop(listener: ((stop: Stop) => void) | undefined) {
    this.debugger.onStop = listener;
  }

  get hartCount(): number {
    return this.#machine.core.hartCount;
  }

  get running(): boolean {
    return this.#search !== undefined || (!this.#machine.paused && this.#machine.halted === undefined);
  }

  get cycles(): number {
    return this.#machine.cycles;
  }

  hartStatus(hart: number): HartStatus {
    const record = this.#machine.core.hart(hart);
    return {
      privilege: PRIVILEGE_NAMES.get(record.get("priv")) ?? "M",
      activity: record.get("waiting") === 0n ? "running" : "wfi",
    };
  }

  readRegister(hart: number, name: string): bigint | undefined {
    return this.#machine.registers.read(hart, name);
  }

  writeRegister(hart: number, name: string, value: bigint): boolean {
    return this.#machine.enter({ kind: "register", hart, name, value });
  }

  readMemory(hart: number, address: bigint, length: number): Uint8Array {
    return this.debugger.readMemory(hart, address, length);
  }

  writeMemory(hart: number, address: bigint, bytes: Uint8Array): boolean {
    return this.debugger.writeMemory(hart, address, bytes);
  }

  readPhysical(address: bigint, length: number): Uint8Array {
    return address < 1n << 53n ? this.#machine.readPhysical(Number(address), length) : new Uint8Array(0);
  }

  writePhysical(address: bigint, bytes: Uint8Array): boolean {
    if (address >= 1n << 53n) return false;
    return this.#machine.enter({ kind: "memory", address: Number(address), bytes: bytes.slice() });
  }

  insertBreakpoint(address: bigint): boolean {
    if (this.#inserted.has(address)) return true;
    try {
      this.#inserted.set(address, this.debugger.breakAt(address));
      return true;
    } catch (error) {
      if (error instanceof HartbeatError) return false;
      throw error;
    }
  }

  removeBreakpoint(address: bigint): void {
    this.#inserted.get(address)?.remove();
    this.#inserted.delete(address);
  }

  insertWatchpoint(range: WatchRange): boolean {
    const key = keyOf(range);
    if (this.#watches.has(key)) return true;
    try {
      this.#watches.set(key, this.debugger.watch(range.address, range));
      return true;
    } catch (error) {
      if (error instanceof HartbeatError) return false;
      throw error;
    }
  }

  removeWatchpoint(range: WatchRange): void {
    this.#watches.get(keyOf(range))?.remove();
    this.#watches.delete(keyOf(range));
  }

  goToCycle(cycle: number): void {
    this.#stopSearch();
    this.#haltReported = false;
    this.debugger.goTo(cycle);
  }

  get userFilter(): UserFilter | undefined {
    return this.debugger.userFilter;
  }

  set userFilter(filter: UserFilter | undefined) {
    this.debugger.userFilter = filter;
  }

  hartTask(hart: number): CurrentTask | undefined {
    return this.debugger.taskOf(hart);
  }

  /** Does nothing for a machine that cannot go back; its steps back end at once, at the start. */
  keepHistory(): void {
    this.#unlessRefused(() => this.debugger.keepHistory());
  }

  #unlessRefused(action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof HartbeatError) return false;
      throw error;
    }
  }

  resume(): void {
    this.#stopSearch();
    if (this.#reportHalt()) return;
    this.#machine.resume();
    this.#release();
  }

  step(hart: number): void {
    this.#stopSearch();
    if (!this.#reportHalt()) this.#noteHalt(this.debugger.step(hart));
  }

  stepRange(hart: number, first: bigint, end: bigint): void {
    this.#stopSearch();
    if (!this.#reportHalt()) this.#noteHalt(this.debugger.stepRange(hart, first, end));
  }

  stepBack(hart: number): void {
    this.#prepareBack();
    if (!this.#unlessRefused(() => this.debugger.stepBack(hart))) this.#reportBegin();
  }

  /** In pieces, so that `interrupt` can come in between. */
  resumeBack(): void {
    this.#prepareBack();
    const search = this.debugger.searchBack();
    this.#search = search;
    const goOn = (): void => {
      if (this.#search !== search) return;
      const begun = this.#unlessRefused(() => {
        if (search.next().done) this.#search = undefined;
      });
      if (!begun) {
        this.#search = undefined;
        this.#reportBegin();
      }
      if (this.#search) setTimeout(goOn);
    };
    goOn();
  }

  /** Gives up going back, where the search has come to. */
  #stopSearch(): void {
    const search = this.#search;
    this.#search = undefined;
    search?.return({ kind: "interrupt", hart: 0 });
  }

  #prepareBack(): void {
    this.#stopSearch();
    this.#machine.pause();
    this.#haltReported = false;
  }

  #reportBegin(): void {
    this.#report({ kind: "begin", hart: this.#machine.core.currentHart });
  }

  #noteHalt(stop: Stop): void {
    if (stop.kind === "exit") this.#haltReported = true;
  }

  interrupt(): void {
    if (!this.running) return;
    this.#stopSearch();
    this.#machine.pause();
    this.#report({ kind: "interrupt", hart: this.#machine.core.currentHart });
  }

  reset(): void {
    this.#stopSearch();
    this.#machine.reset();
    this.#machine.pause();
    this.#haltReported = false;
  }

  quit(): void {
    this.#onQuit();
    this.#release();
  }

  /**
   * To be called by whoever runs the machine, between two runs: tells the debugger when the guest has ended,
   * and gives a promise for as long as the debugger holds the machine.
   */
  gate(): Promise<void> | undefined {
    if (this.#machine.halted !== undefined) {
      if (!this.#haltReported) this.#reportHalt();
      return undefined;
    }
    this.#haltReported = false;
    if (!this.#machine.paused) return undefined;
    if (this.#standing === undefined) {
      let end = (): void => {};
      const promise = new Promise<void>((resolve) => {
        end = resolve;
      });
      this.#standing = { promise, end };
    }
    return this.#standing.promise;
  }

  #release(): void {
    this.#standing?.end();
    this.#standing = undefined;
  }

  #report(stop: Stop): void {
    this.debugger.announce(stop);
  }

  /** True, and told to the debugger, when the guest has ended. */
  #reportHalt(): boolean {
    const { halted } = this.#machine;
    if (halted === undefined) return false;
    this.#haltReported = true;
    this.#report({ kind: "exit", status: halted.status });
    return true;
  }
}

const keyOf = ({ address, length, kind }: WatchRange): string => `${kind} ${address} ${length}`;
