/** The machine as debuggers and traces see it, and the hold that a debugger has on it. */
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";
import { PRIVILEGE } from "../../spec/riscv.ts";
import { HartbeatError } from "../errors.ts";
import type { Machine } from "../machine.ts";
import type { Breakpoint, Breakpoints } from "./breakpoints.ts";
import type { SymbolTable } from "./symbols.ts";
import type { DebugTarget, HartStatus, Privilege, Stop } from "./target.ts";
import { VirtualMemory } from "./virtual-memory.ts";

const PRIVILEGE_NAMES: ReadonlyMap<bigint, Privilege> = new Map(
  Object.entries(PRIVILEGE).map(([name, level]) => [BigInt(level), name as Privilege]),
);

/** How long a step waits for a hart in wfi while others are busy. */
const STEP_CYCLES = CYCLES_PER_SECOND / 1000;

export class MachineTarget implements DebugTarget {
  readonly breakpoints: Breakpoints;
  readonly symbols: SymbolTable;
  onStop: ((stop: Stop) => void) | undefined;
  readonly #machine: Machine;
  readonly #memory: VirtualMemory;
  readonly #onQuit: () => void;
  readonly #inserted = new Map<bigint, Breakpoint>();
  #standing: { promise: Promise<void>; end: () => void } | undefined;
  #haltReported = false;

  /** `onQuit` is what becomes of a debugger's wish to end the machine. */
  constructor(machine: Machine, onQuit: () => void = () => {}) {
    this.#machine = machine;
    this.#onQuit = onQuit;
    this.breakpoints = machine.breakpoints;
    this.symbols = machine.symbols;
    const { core, symbols } = machine;
    this.#memory = new VirtualMemory(core, {
      translate: (hart, address) => core.translate(hart, address),
      loadAddress: (address) => symbols.loadAddress(address),
    });
  }

  get hartCount(): number {
    return this.#machine.core.hartCount;
  }

  get running(): boolean {
    return !this.#machine.paused && this.#machine.halted === undefined;
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
    return this.#machine.registers.write(hart, name, value);
  }

  readMemory(hart: number, address: bigint, length: number): Uint8Array {
    return this.#memory.read(hart, address, length);
  }

  writeMemory(hart: number, address: bigint, bytes: Uint8Array): boolean {
    return this.#memory.write(hart, address, bytes);
  }

  insertBreakpoint(address: bigint): boolean {
    if (this.#inserted.has(address)) return true;
    try {
      const breakpoint = this.breakpoints.add(address, (hart) => {
        this.#machine.pause();
        this.#report({ kind: "breakpoint", hart });
        return "stop";
      });
      this.#inserted.set(address, breakpoint);
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

  resume(): void {
    if (this.#reportHalt()) return;
    this.#machine.resume();
    this.#release();
  }

  step(hart: number): void {
    if (this.#reportHalt()) return;
    this.#machine.resume();
    const end = this.#machine.step(hart, { cycles: STEP_CYCLES });
    // Another hart came to a breakpoint, and that was reported.
    if (end === "paused") return;
    this.#machine.pause();
    if (!this.#reportHalt()) this.#report({ kind: "step", hart });
  }

  interrupt(): void {
    if (!this.running) return;
    this.#machine.pause();
    this.#report({ kind: "interrupt", hart: this.#machine.core.currentHart });
  }

  reset(): void {
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
    this.onStop?.(stop);
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
