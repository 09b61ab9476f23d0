/** A machine for protocol tests: registers in maps, a few pages of memory, stops that the test calls. */
import type { DebugTarget, HartStatus, Stop } from "../../../host/debug/target.ts";
import type { UserFilter } from "../../../host/debug/user-filter.ts";
import type { WatchRange } from "../../../host/debug/watchpoints.ts";

const MEMORY_BASE = 0x8000_0000n;
const MEMORY_BYTES = 0x1_0000;
const MOST_BREAKPOINTS = 1024;
const READ_ONLY = new Set(["zero", "mhartid"]);

export class FakeTarget implements DebugTarget {
  readonly memory = new Uint8Array(MEMORY_BYTES);
  readonly registers: Map<string, bigint>[];
  readonly breakpoints = new Map<bigint, number>();
  /** Calls of run control, in their order. */
  readonly log: string[] = [];
  readonly cycles = 42;
  readonly inspector = undefined;
  userFilter: UserFilter | undefined;
  running = false;
  onStop: ((stop: Stop) => void) | undefined;

  constructor(readonly hartCount = 2) {
    const names = ["zero", "ra", "sp", "gp", "tp", "a0", "pc", "mstatus", "mhartid", "priv"];
    this.registers = Array.from({ length: hartCount }, () => new Map(names.map((name) => [name, 0n])));
  }

  hartStatus(hart: number): HartStatus {
    return { privilege: hart === 0 ? "S" : "M", activity: hart === 0 ? "running" : "wfi" };
  }

  hartTask(): undefined {}

  readRegister(hart: number, name: string): bigint | undefined {
    return this.registers[hart]?.get(name);
  }

  writeRegister(hart: number, name: string, value: bigint): boolean {
    if (READ_ONLY.has(name) || this.readRegister(hart, name) === undefined) return false;
    this.registers[hart]?.set(name, value);
    return true;
  }

  readMemory(_hart: number, address: bigint, length: number): Uint8Array {
    const offset = address - MEMORY_BASE;
    if (offset < 0n || offset >= BigInt(MEMORY_BYTES)) return new Uint8Array();
    return this.memory.slice(Number(offset), Number(offset) + length);
  }

  writeMemory(_hart: number, address: bigint, bytes: Uint8Array): boolean {
    const offset = address - MEMORY_BASE;
    if (offset < 0n || offset + BigInt(bytes.length) > BigInt(MEMORY_BYTES)) return false;
    this.memory.set(bytes, Number(offset));
    return true;
  }

  insertBreakpoint(address: bigint): boolean {
    if (this.breakpoints.size >= MOST_BREAKPOINTS) return false;
    this.breakpoints.set(address, (this.breakpoints.get(address) ?? 0) + 1);
    return true;
  }

  removeBreakpoint(address: bigint): void {
    const left = (this.breakpoints.get(address) ?? 0) - 1;
    if (left < 0) throw new Error("removed a breakpoint that was not there");
    if (left === 0) this.breakpoints.delete(address);
    else this.breakpoints.set(address, left);
  }

  readPhysical(address: bigint, length: number): Uint8Array {
    return this.readMemory(0, address, length);
  }

  writePhysical(address: bigint, bytes: Uint8Array): boolean {
    return this.writeMemory(0, address, bytes);
  }

  insertWatchpoint({ kind, address, length }: WatchRange): boolean {
    this.log.push(`watch ${kind} ${address.toString(16)} ${length}`);
    return true;
  }

  removeWatchpoint({ kind, address, length }: WatchRange): void {
    this.log.push(`unwatch ${kind} ${address.toString(16)} ${length}`);
  }

  stepRange(hart: number, first: bigint, end: bigint): void {
    this.log.push(`step ${hart} in ${first.toString(16)}..${end.toString(16)}`);
    this.stop({ kind: "step", hart });
  }

  stepBack(hart: number): void {
    this.log.push(`step back ${hart}`);
    this.stop({ kind: "step", hart });
  }

  resumeBack(): void {
    this.log.push("resume back");
    this.stop({ kind: "begin", hart: 0 });
  }

  keepHistory(): void {}

  goToCycle(cycle: number): void {
    this.log.push(`go to ${cycle}`);
  }

  resume(): void {
    this.running = true;
    this.log.push("resume");
  }

  step(hart: number): void {
    this.log.push(`step ${hart}`);
    this.stop({ kind: "step", hart });
  }

  interrupt(): void {
    if (!this.running) return;
    this.log.push("interrupt");
    this.stop({ kind: "interrupt", hart: 0 });
  }

  reset(): void {
    this.log.push("reset");
  }

  quit(): void {
    this.log.push("quit");
    this.stop({ kind: "exit", status: 0 });
  }

  stop(stop: Stop): void {
    this.running = false;
    this.onStop?.(stop);
  }
}
