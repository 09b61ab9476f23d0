/** The machine: core, board, images and console put together. The one file that knows all of them. */

import { MAX_RAM_BYTES } from "../spec/layout.ts";
import {
  CYCLES_PER_SECOND,
  DEFAULT_RAM_BYTES,
  MACHINE_MAP,
  MAX_HARTS,
  RAM_BASE,
} from "../spec/machine-map.ts";
import { ISA_STRING, MMU_TYPE } from "../spec/riscv.ts";
import { Board } from "./board.ts";
import { machineTree } from "./boot/device-tree.ts";
import { flattenFdt } from "./boot/fdt-writer.ts";
import { type BootPlan, type NamedFile, planBoot } from "./boot/load.ts";
import { Console } from "./console.ts";
import { Core, FOREVER } from "./core/core.ts";
import { Breakpoints } from "./debug/breakpoints.ts";
import { SymbolTable } from "./debug/symbols.ts";
import type { GuestMemory } from "./devices/device.ts";
import type { Finish } from "./devices/test-finisher.ts";
import type { BlockBackend } from "./devices/virtio-blk.ts";
import { HartbeatError } from "./errors.ts";
import { EventQueue } from "./events.ts";
import { registerAccess } from "./registers.ts";
import { stateHash } from "./state-hash.ts";
import { SupervisorTimers } from "./supervisor-timer.ts";

export interface MachineOptions {
  /** The module of dist/core.wasm, or its bytes. */
  readonly wasm: WebAssembly.Module | BufferSource;
  /** 1 to 8; 1 unless said. */
  readonly harts?: number;
  /** Main memory in bytes, a multiple of 4 KiB; 128 MiB unless said. */
  readonly ramBytes?: number;
  /** Without one the kernel starts in M-mode. */
  readonly firmware?: NamedFile;
  readonly kernel?: NamedFile;
  readonly initrd?: NamedFile;
  /** The kernel's command line. */
  readonly append?: string;
  /** Disks, such as a MemoryBackend. What the guest writes stays, over a reset too. */
  readonly drives?: readonly BlockBackend[];
}

/** How the guest ended the run. `status` is 0, or the code that it gave the test finisher. */
export interface Halt {
  readonly kind: "poweroff" | "reset";
  readonly status: number;
}

/** Why a run() returned before its cycles were over. */
export type RunEnd = "cycles" | "halted" | "paused" | "requested" | "step";

/** The smallest machine that can hold a firmware and a device tree. */
const MIN_RAM_BYTES = 4 * 2 ** 20;
const PAGE = 4096;

/** Rejects what the board cannot be built with. */
function checkOptions(harts: number, ramBytes: number, drives: number): void {
  if (!Number.isInteger(harts) || harts < 1 || harts > MAX_HARTS) {
    throw new HartbeatError(`A machine has 1 to ${MAX_HARTS} harts, not ${harts}.`);
  }
  if (!Number.isInteger(ramBytes / PAGE) || ramBytes < MIN_RAM_BYTES || ramBytes > MAX_RAM_BYTES) {
    const mib = (bytes: number): string => `${bytes / 2 ** 20} MiB`;
    throw new HartbeatError(
      `A machine has ${mib(MIN_RAM_BYTES)} to ${mib(MAX_RAM_BYTES)} of memory in whole pages, not ${mib(ramBytes)}.`,
    );
  }
  if (drives > MACHINE_MAP.virtio.count) {
    throw new HartbeatError(`A machine has room for ${MACHINE_MAP.virtio.count} drives, not ${drives}.`);
  }
}

export class Machine {
  readonly console: Console;
  readonly symbols = new SymbolTable();
  readonly breakpoints: Breakpoints;
  /** Registers of harts by name. */
  readonly registers: ReturnType<typeof registerAccess>;
  readonly core: Core;
  readonly #board: Board;
  readonly #events: EventQueue;
  readonly #timers: SupervisorTimers;
  readonly #plan: BootPlan;
  #halted: Halt | undefined;
  #paused = false;
  #requested = false;
  #disposed = false;

  /** Builds a machine that stands before its first instruction. Throws HartbeatError when files or sizes are unfit. */
  static async create(options: MachineOptions): Promise<Machine> {
    const { wasm, harts = 1, ramBytes = DEFAULT_RAM_BYTES, drives = [] } = options;
    checkOptions(harts, ramBytes, drives.length);
    let board: Board | undefined;
    let timers: SupervisorTimers | undefined;
    const core = await Core.create({
      wasm,
      harts,
      ramBytes,
      bus: {
        read: (address, size) => board?.bus.read(address, size),
        write: (address, size, value) => board?.bus.write(address, size, value) ?? false,
        supervisorTimerChanged: (hart) => timers?.changed(hart),
      },
    });
    const machine = new Machine(core, options, ramBytes);
    board = machine.#board;
    timers = machine.#timers;
    return machine;
  }

  private constructor(core: Core, options: MachineOptions, ramBytes: number) {
    const { firmware, kernel, initrd, append, drives = [] } = options;
    this.core = core;
    this.breakpoints = new Breakpoints(core);
    this.registers = registerAccess(core);
    this.#events = new EventQueue(core);
    this.#timers = new SupervisorTimers(core, this.#events);
    this.console = new Console({
      machine: this,
      input: (bytes) => this.#events.schedule(core.cycles, () => this.#board.uart.receive(bytes)),
    });
    this.#board = new Board({
      harts: core.hartCount,
      clock: this.#events,
      memory: this.#guestMemory(),
      setLine: (hart, bit, level) => core.setLine(hart, bit, level),
      onTimeOffset: (ticks) => {
        core.timeOffset = ticks;
        this.#timers.timeChanged();
      },
      onOutput: (byte) => this.console.receive(byte),
      onFinish: (finish) => this.#finish(finish),
      drives,
    });
    this.#plan = planBoot({
      ramBytes,
      ...(firmware && { firmware }),
      ...(kernel && { kernel }),
      ...(initrd && { initrd }),
      deviceTree: (initrdRange) =>
        flattenFdt(
          machineTree({
            harts: core.hartCount,
            ramBytes,
            isa: ISA_STRING,
            mmuType: MMU_TYPE,
            initrd: initrdRange,
            devices: this.#board.devices,
            ...(append && { bootArguments: append }),
          }),
        ),
    });
    if (this.#plan.kernelElf) this.symbols.add("kernel", this.#plan.kernelElf);
    if (this.#plan.firmwareElf) this.symbols.add("firmware", this.#plan.firmwareElf);
    this.#load();
  }

  /** Guest time in cycles since power-on. */
  get cycles(): number {
    return this.core.cycles;
  }

  /** Instructions that all harts have retired. */
  get instructions(): number {
    let sum = 0n;
    for (let hart = 0; hart < this.core.hartCount; hart++) sum += this.core.hart(hart).get("instret");
    return Number(sum);
  }

  /** Set when the guest powered off or asked for a reset; run() then does nothing until reset(). */
  get halted(): Halt | undefined {
    return this.#halted;
  }

  /** All harts wait for an interrupt, none is pending, and nothing is due. */
  get idle(): boolean {
    return this.core.idle && this.#events.next > this.cycles;
  }

  /** Cycle of the next event; Infinity when only input can wake the machine. */
  get nextEvent(): number {
    return this.#events.next;
  }

  /** While paused (by a debugger), run() returns at once. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Stops a run() that is under way after the present instruction. Time goes on with resume(). */
  pause(): void {
    this.#paused = true;
    this.core.requestStop();
  }

  resume(): void {
    this.#paused = false;
  }

  /** Ends a run() that is under way after the present instruction. */
  requestStop(): void {
    this.#requested = true;
    this.core.requestStop();
  }

  /**
   * Runs for `cycles` of guest time; waiting counts, and takes no host time. With several harts it may go
   * on to the end of a round (2,000 cycles). Runs in pieces give the same as one run.
   */
  run({ cycles }: { cycles: number }): RunEnd {
    const end = this.cycles + cycles;
    this.#requested = false;
    for (;;) {
      if (this.#disposed) throw new HartbeatError("The machine was disposed of; make a new one.");
      if (this.#halted) return "halted";
      if (this.#paused) return "paused";
      if (this.#requested) return "requested";
      // In the middle of a round other harts have yet to reach the cycle of the event.
      if (this.core.betweenRounds) this.#events.deliver();
      if (this.cycles >= end) return "cycles";
      switch (this.core.run(this.#events.next, end, FOREVER)) {
        case "Idle":
          this.core.skipTo(Math.min(this.#events.next, end));
          break;
        case "Breakpoint":
          this.#breakpoint();
          break;
        case "Step":
          return "step";
      }
    }
  }

  /**
   * Executes one instruction of one hart (or takes it into a trap). The other harts keep their turns, so that the run stays
   * the one it would have been. A hart that waits does so up to `cycles` of guest time.
   */
  step(hart: number, { cycles = CYCLES_PER_SECOND }: { cycles?: number } = {}): RunEnd {
    this.passBreakpoint(hart);
    this.core.stepHart = hart;
    try {
      return this.run({ cycles });
    } finally {
      this.core.stepHart = undefined;
      // Where there was no breakpoint to pass, the next one that comes there must not be passed.
      this.core.hart(hart).set("resumePc", -1n);
    }
  }

  /** Lets a hart that stands at a breakpoint go on over it. */
  passBreakpoint(hart: number): void {
    const record = this.core.hart(hart);
    record.set("resumePc", record.get("pc"));
  }

  /** Back to power-on, with the images loaded anew. Disks keep their contents, and guest time goes on. */
  reset(): void {
    this.#halted = undefined;
    this.#events.clear();
    this.console.reset();
    this.core.ram.fill(0);
    this.core.reset();
    this.#board.reset();
    this.#load();
  }

  /** Copies of `length` bytes of RAM at a physical address; shorter where RAM ends, empty outside. */
  readPhysical(address: number, length: number): Uint8Array {
    const room = RAM_BASE + this.core.ram.length - address;
    return this.core.view(address, Math.max(0, Math.min(length, room)))?.slice() ?? new Uint8Array(0);
  }

  /** 32 hexadecimal digits over everything that the guest can see: memory, harts, devices, time. */
  stateHash(): string {
    return stateHash(this.core.hashState(), { cycles: this.cycles, devices: this.#board.state() });
  }

  /** Lets go of the machine; it cannot be run again. */
  dispose(): void {
    this.#disposed = true;
    this.#events.clear();
  }

  #load(): void {
    this.core.loadRom(this.#plan.rom);
    for (const { address, bytes } of this.#plan.pieces) this.core.write(address, bytes);
  }

  #breakpoint(): void {
    const hart = this.core.currentHart;
    this.passBreakpoint(hart);
    if (this.breakpoints.hit(hart, this.core.hart(hart).get("pc"))) this.#paused = true;
  }

  #finish(finish: Finish): void {
    const status = finish.kind === "fail" ? finish.code : 0;
    this.#halted = { kind: finish.kind === "reset" ? "reset" : "poweroff", status };
    this.core.requestStop();
  }

  #guestMemory(): GuestMemory {
    const outside = (address: number, length: number): never => {
      throw new HartbeatError(
        `DMA of ${length} bytes at 0x${address.toString(16)} is outside of main memory.`,
      );
    };
    return {
      view: (address, length) => this.core.view(address, length) ?? outside(address, length),
      write: (address, bytes) => {
        if (!this.core.write(address, bytes)) outside(address, bytes.length);
      },
    };
  }
}
