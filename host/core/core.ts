/** The core as the host sees it: one WebAssembly instance, its memory, and the numbers that cross. */
import { instantiate } from "@assemblyscript/loader";
import { CSRS } from "../../spec/csrs.ts";
import {
  HART_BYTES,
  HART_FIELDS,
  MACHINE_FIELDS,
  PIPELINE_FIELDS,
  region,
  STOP_REASONS,
  type StopReason,
  TIMING_BYTES,
  TIMING_FIELDS,
} from "../../spec/layout.ts";
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import { HartbeatError } from "../errors.ts";
import type { CoreBus, CoreExports } from "./exports.ts";
import { CoreRecord, type RecordBytes, type RecordState } from "./record.ts";
import { type TlbEntry, tlbEntries } from "./tlb.ts";
import { TraceBuffer } from "./trace-buffer.ts";

const CSR_ADDRESSES: ReadonlyMap<string, number> = new Map(CSRS.map(({ name, address }) => [name, address]));

/** CSRs that a debugger must not write: the number says read-only. */
const isReadOnly = (address: number): boolean => address >> 10 === 3;

/** No physical address: the virtual one is not mapped. */
const UNMAPPED = 2n ** 64n - 1n;
/** Fields that belong to the engine and its debugger, not to the guest. */
const ENGINE_FIELDS: ReadonlySet<string> = new Set([
  ...["readTlb", "writeTlb", "fetchTlb", "superpages", "trapped", "fuel", "resumePc"],
  ...["harts", "ramBytes", "stopRequest", "stopReason", "stepHart", "busFault", "breakpoints", "codePages"],
  ...["freeCodePage", "watchpoints", "watchDisarmed", "watchHit", "watchAccess", "watchSize", "watchAddress"],
  ...["traceOpen", "traceCount", "traceFrom", "traceTo", "traceTasks", "traceSpaces"],
]);

/** Fields of the pipeline models that follow from others, or only speed them up. */
const DERIVED_FIELDS: ReadonlySet<string> = new Set([
  ...["fetchTranslates", "treeKept", "treeSet", "dataPages", "dcacheFilter", "generation"],
  ...["memoOrigin", "memoGone", "memoLimit", "memoSoft", "memoPages"],
]);

/** The guest's part of the core but for memory, by the names of spec/layout.ts. */
export interface CoreState {
  readonly machine: RecordState;
  readonly harts: readonly RecordState[];
  /** The pipeline models of the harts. */
  readonly models: readonly RecordBytes[];
}

/** An access that a watchpoint held back. */
export interface WatchHit {
  readonly hart: number;
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
  /** Bits of WATCH_ACCESS. */
  readonly accesses: number;
}

/** The largest time that can be told to the core. */
export const FOREVER = Number.MAX_SAFE_INTEGER;

/** Memory is saved and restored in pages of this size. */
export const PAGE_BYTES = 4096;

export interface CoreOptions {
  /** The module of dist/core.wasm, or its bytes. */
  readonly wasm: WebAssembly.Module | BufferSource;
  readonly harts: number;
  readonly ramBytes: number;
  readonly bus: CoreBus;
}

export class Core {
  readonly hartCount: number;
  /** Main memory: a view of the core's own. */
  readonly ram: Uint8Array;
  /** What instructions did, one by one. */
  readonly trace: TraceBuffer;
  readonly #exports: CoreExports;
  readonly #rom: Uint8Array;
  readonly #dirty: Uint8Array;
  readonly #machine: CoreRecord;
  readonly #harts: CoreRecord[];

  private constructor(exports: CoreExports, harts: number, ramBytes: number) {
    this.#exports = exports;
    this.hartCount = harts;
    const { buffer } = exports.memory;
    this.#rom = new Uint8Array(buffer, region("bootRom").base, MACHINE_MAP.bootRom.size);
    this.ram = new Uint8Array(buffer, region("ram").base, ramBytes);
    this.#dirty = new Uint8Array(buffer, region("dirtyPages").base, ramBytes / PAGE_BYTES);
    this.#machine = new CoreRecord(buffer, region("machine").base, MACHINE_FIELDS);
    this.trace = new TraceBuffer(buffer, this.#machine);
    this.#harts = Array.from(
      { length: harts },
      (_, index) => new CoreRecord(buffer, region("harts").base + index * HART_BYTES, HART_FIELDS),
    );
  }

  /** Instantiates the module. Throws HartbeatError when the host has not the memory that is asked for. */
  static async create({ wasm, harts, ramBytes, bus }: CoreOptions): Promise<Core> {
    let fault = (): void => {};
    let takeTrace = (): void => {};
    const { exports } = await instantiate<CoreExports>(wasm as WebAssembly.Module, {
      host: {
        mmioRead(address: number, size: 1 | 2 | 4): number {
          const value = bus.read(address >>> 0, size);
          if (value === undefined) fault();
          return value ?? 0;
        },
        supervisorTimerChanged: (hart: number) => bus.supervisorTimerChanged(hart),
        takeTrace: () => takeTrace(),
        mmioWrite(address: number, size: 1 | 2 | 4, value: number): void {
          if (!bus.write(address >>> 0, size, value >>> 0)) fault();
        },
      },
    });
    if (!exports.configure(harts, ramBytes)) {
      throw new HartbeatError(
        `The host cannot give the machine ${ramBytes / 2 ** 20} MiB of memory; ask for less with -m.`,
      );
    }
    const core = new Core(exports, harts, ramBytes);
    fault = () => core.#machine.set("busFault", 1n);
    takeTrace = () => core.trace.take();
    return core;
  }

  /** Fills the boot ROM. */
  loadRom(bytes: Uint8Array): void {
    this.#rom.fill(0);
    this.#rom.set(bytes);
  }

  /**
   * Runs until the next event at cycle `until`, to a good place at or after cycle `pauseAt`, for `budget` cycles of all
   * harts together, or to a stop of another kind.
   */
  run(until: number, pauseAt: number, budget: number): StopReason {
    const reason = this.#exports.run(Math.min(until, FOREVER), Math.min(pauseAt, FOREVER), budget);
    return STOP_REASONS[reason] as StopReason;
  }

  /** Makes `run` return after the instruction that is executing. For devices, from within `run`. */
  requestStop(): void {
    this.#machine.set("stopRequest", 1n);
  }

  /** Tells a running core that there is an event at cycle `at`. */
  bringForward(at: number): void {
    this.#exports.bringForward(at);
  }

  /** Guest time in cycles. */
  get cycles(): number {
    return this.#exports.cycles();
  }

  /** All harts wait for an interrupt and none is pending. */
  get idle(): boolean {
    return this.#exports.isIdle() !== 0;
  }

  /** All harts have reached the same cycle. */
  get betweenRounds(): boolean {
    return Number(this.#machine.get("turn")) === this.hartCount;
  }

  /** Lets time pass while idle. */
  skipTo(cycle: number): void {
    this.#exports.skipTo(cycle);
  }

  /** The hart whose turn it is: the one that hit the breakpoint. */
  get currentHart(): number {
    return Math.min(Number(this.#machine.get("turn")), this.hartCount - 1);
  }

  /** `run` returns after the next instruction of this hart; undefined: no more. */
  set stepHart(hart: number | undefined) {
    this.#machine.set("stepHart", BigInt(hart ?? -1));
  }

  /** Drives a bit of `mip` that belongs to an interrupt controller. */
  setLine(hart: number, bit: number, level: boolean): void {
    this.#exports.setLine(hart, bit, level);
  }

  /** Ticks that mtime is ahead of guest time. */
  get timeOffset(): bigint {
    return this.#machine.get("timeOffset");
  }

  set timeOffset(ticks: bigint) {
    this.#machine.set("timeOffset", ticks);
  }

  /** Compares `time` with the hart's `stimecmp` now. */
  updateSupervisorTimer(hart: number): void {
    this.#exports.updateSupervisorTimer(hart);
  }

  /** All harts to the reset vector. Memory and time stay. */
  reset(): void {
    this.#exports.reset();
  }

  /** The record of a hart: general registers `x`, `pc`, `priv`, plain CSRs. */
  hart(index: number): CoreRecord {
    const hart = this.#harts[index];
    if (!hart) throw new RangeError(`there is no hart ${index}`);
    return hart;
  }

  /** A CSR by name; undefined when there is none of that name. */
  readCsr(hart: number, name: string): bigint | undefined {
    const address = CSR_ADDRESSES.get(name);
    return address === undefined
      ? undefined
      : BigInt.asUintN(64, this.#exports.csrRead(this.#base(hart), address));
  }

  /** Writes a CSR as an instruction would; false when there is none of that name or it is read-only. */
  writeCsr(hart: number, name: string, value: bigint): boolean {
    const address = CSR_ADDRESSES.get(name);
    if (address === undefined || isReadOnly(address)) return false;
    this.#exports.csrWrite(this.#base(hart), address, BigInt.asUintN(64, value));
    this.#exports.contextWritten(hart);
    return true;
  }

  /** To be called after `priv` was set in a hart's record. */
  contextWritten(hart: number): void {
    this.#exports.contextWritten(hart);
  }

  /** Physical address of a virtual one in the hart's present mode; undefined when it is not mapped. */
  translate(hart: number, va: bigint): number | undefined {
    const address = BigInt.asUintN(64, this.#exports.translate(hart, BigInt.asUintN(64, va)));
    return address === UNMAPPED ? undefined : Number(address);
  }

  /** The part of RAM or boot ROM at a physical address; undefined unless all of it is there. */
  view(address: number, length: number): Uint8Array | undefined {
    const romOffset = address - MACHINE_MAP.bootRom.base;
    if (romOffset >= 0 && romOffset + length <= this.#rom.length) {
      return this.#rom.subarray(romOffset, romOffset + length);
    }
    const offset = address - RAM_BASE;
    return offset >= 0 && offset + length <= this.ram.length
      ? this.ram.subarray(offset, offset + length)
      : undefined;
  }

  /** Writes RAM and drops what was decoded from it; false unless all of it is RAM. */
  write(address: number, bytes: Uint8Array): boolean {
    const view = address >= RAM_BASE ? this.view(address, bytes.length) : undefined;
    if (!view) return false;
    view.set(bytes);
    this.#exports.ramWritten(address - RAM_BASE, bytes.length);
    return true;
  }

  /** Stops every hart before it executes at this virtual address. Throws HartbeatError when there are too many. */
  setBreakpoint(va: bigint): void {
    if (!this.#exports.addBreakpoint(BigInt.asUintN(64, va))) {
      throw new HartbeatError("There are too many breakpoints; remove some first.");
    }
  }

  clearBreakpoint(va: bigint): void {
    this.#exports.removeBreakpoint(BigInt.asUintN(64, va));
  }

  /** Holds back accesses (bits of WATCH_ACCESS) to [first, last]. Throws HartbeatError when there are too many. */
  setWatchpoint(first: bigint, last: bigint, accesses: number): void {
    if (!this.#exports.addWatchpoint(first, last, accesses)) {
      throw new HartbeatError("There are too many watchpoints; remove some first.");
    }
  }

  clearWatchpoint(first: bigint, last: bigint, accesses: number): void {
    this.#exports.removeWatchpoint(first, last, accesses);
  }

  /** While set, watched accesses go through. */
  set watchDisarmed(disarmed: boolean) {
    this.#machine.set("watchDisarmed", disarmed ? 1n : 0n);
  }

  /** After a stop at a watchpoint: what was held back. */
  get watchHit(): WatchHit {
    return {
      hart: this.currentHart,
      address: this.#machine.get("watchAddress"),
      size: Number(this.#machine.get("watchSize")),
      accesses: Number(this.#machine.get("watchAccess")),
    };
  }

  /** Cycles that all harts together have used since power-on: how far the run has come, however it was cut. */
  get executed(): number {
    return Number(this.#machine.get("executed"));
  }

  /** What `executed` was when the hart had last executed. */
  lastRun(hart: number): number {
    return Number(this.hart(hart).get("lastRun"));
  }

  /** The hart whose turn it is; the number of harts between rounds. */
  get turn(): number {
    return Number(this.#machine.get("turn"));
  }

  /** Has the hart whose turn it is take the interrupt that it would take before its next instruction. */
  settle(): void {
    this.#exports.settle();
  }

  /** The guest's part of the core but for memory. */
  save(): CoreState {
    return {
      machine: this.#machine.save(ENGINE_FIELDS),
      harts: this.#harts.map((hart) => hart.save(ENGINE_FIELDS)),
      models: this.models(),
    };
  }

  /** The pipeline models of the harts: however a run was cut, the same at the same place. */
  models(): RecordBytes[] {
    this.#exports.tidyTimings();
    return this.#harts.map((_, hart) => this.timing(hart).saveBytes(DERIVED_FIELDS));
  }

  /** Takes over what `save` gave, after memory and the pipeline's parameters were restored. */
  restore({ machine, harts, models }: CoreState): void {
    this.#machine.restore(machine);
    for (const [index, hart] of this.#harts.entries()) {
      hart.restore(harts[index] as RecordState);
      hart.set("resumePc", -1n);
    }
    this.#exports.restored();
    for (const [hart, model] of models.entries()) this.timing(hart).restoreBytes(model);
    this.#exports.timingsRestored();
  }

  /** Numbers of the RAM pages that may have changed since the last call. */
  takeDirtyPages(): number[] {
    const pages: number[] = [];
    for (let page = this.#dirty.indexOf(1); page >= 0; page = this.#dirty.indexOf(1, page + 1))
      pages.push(page);
    this.#dirty.fill(0);
    this.#exports.noticeStores();
    return pages;
  }

  /** Zeroes RAM. */
  clearRam(): void {
    this.ram.fill(0);
    this.#dirty.fill(1);
  }

  /** What a hart's TLBs hold. */
  tlb(hart: number): TlbEntry[] {
    return tlbEntries(this.#exports.memory.buffer, hart);
  }

  /** The parameters of the pipeline model. */
  get pipeline(): CoreRecord {
    return new CoreRecord(this.#exports.memory.buffer, region("pipeline").base, PIPELINE_FIELDS);
  }

  /** The pipeline model of a hart. */
  timing(hart: number): CoreRecord {
    this.#exports.settleCounts();
    const base = region("timing").base + hart * TIMING_BYTES;
    return new CoreRecord(this.#exports.memory.buffer, base, TIMING_FIELDS);
  }

  /** Has the plain pipeline model keep the time alone, without what it remembers; the same cycles, more slowly. */
  set plainTiming(plain: boolean) {
    this.#exports.setPlain(plain);
  }

  /** Lets the pipeline model keep the time, or no longer. */
  setTiming(timed: boolean): void {
    this.#exports.setTiming(timed);
  }

  /** Empties pipeline models, caches and counters. */
  clearTiming(): void {
    this.#exports.clearTiming();
  }

  /** 64 bits over RAM and harts. */
  hashState(): bigint {
    return BigInt.asUintN(64, this.#exports.hashState());
  }

  #base(hart: number): number {
    if (hart < 0 || hart >= this.hartCount) throw new RangeError(`there is no hart ${hart}`);
    return region("harts").base + hart * HART_BYTES;
  }
}
