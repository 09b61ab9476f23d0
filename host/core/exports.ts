/** The functions that the core's WebAssembly module exports; assembly/index.ts documents them. */

/** A type, not an interface: the loader asks for an index signature. Addresses of 64 bits are bigints, on cold paths only. */
export type CoreExports = {
  readonly memory: { readonly buffer: ArrayBuffer };
  configure(harts: number, ramBytes: number): number;
  reset(): void;
  run(until: number, pauseAt: number, budget: number): number;
  bringForward(at: number): void;
  cycles(): number;
  isIdle(): number;
  skipTo(at: number): void;
  setLine(hart: number, bit: number, level: boolean): void;
  ramWritten(offset: number, size: number): void;
  contextWritten(hart: number): void;
  updateSupervisorTimer(hart: number): void;
  translate(hart: number, va: bigint): bigint;
  addBreakpoint(va: bigint): number;
  removeBreakpoint(va: bigint): void;
  addWatchpoint(first: bigint, last: bigint, accesses: number): number;
  removeWatchpoint(first: bigint, last: bigint, accesses: number): void;
  settle(): void;
  restored(): void;
  noticeStores(): void;
  csrRead(hart: number, address: number): bigint;
  csrWrite(hart: number, address: number, value: bigint): void;
  hashState(): bigint;
  setTiming(timed: boolean): void;
  clearTiming(): void;
  settleCounts(): void;
  setPlain(plain: boolean): void;
  tidyTimings(): void;
  timingsRestored(): void;
};

/** What the core imports: the bus beyond memory, and the timer of Sstc. `undefined` and false mean that nothing answered. */
export interface CoreBus {
  /** The hart has written stimecmp or menvcfg. */
  supervisorTimerChanged(hart: number): void;
  read(address: number, size: 1 | 2 | 4): number | undefined;
  write(address: number, size: 1 | 2 | 4, value: number): boolean;
}
