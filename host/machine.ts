/** The machine: core, board, images and console put together. The one file that knows all of them. */

import { CYCLES_PER_SECOND, DEFAULT_RAM_BYTES, RAM_BASE } from "../spec/machine-map.ts";
import { ISA_STRING, MMU_TYPE } from "../spec/riscv.ts";
import { Board } from "./board.ts";
import { machineTree } from "./boot/device-tree.ts";
import { flattenFdt } from "./boot/fdt-writer.ts";
import { givenTree } from "./boot/given-tree.ts";
import { unpackKernel } from "./boot/gzip.ts";
import { type AddressRange, type BootPlan, type NamedFile, planBoot } from "./boot/load.ts";
import { Console } from "./console.ts";
import { ConsoleInput } from "./console-input.ts";
import { Core } from "./core/core.ts";
import { guestMemory } from "./core/guest-memory.ts";
import { addBootSymbols, bootSymbol } from "./debug/boot-symbols.ts";
import { Breakpoints } from "./debug/breakpoints.ts";
import { Debugger } from "./debug/debugger.ts";
import { SymbolTable } from "./debug/symbols.ts";
import { Watchpoints } from "./debug/watchpoints.ts";
import type { SavedFields } from "./devices/saved-state.ts";
import type { Finish } from "./devices/test-finisher.ts";
import { HartbeatError } from "./errors.ts";
import { EventQueue } from "./events.ts";
import { Htif } from "./htif.ts";
import { checkOptions, type MachineOptions } from "./machine-options.ts";
import { registerAccess } from "./registers.ts";
import type { History } from "./replay/history.ts";
import { type Input, InputLog } from "./replay/input-log.ts";
import { Past } from "./replay/past.ts";
import type { Position } from "./replay/position.ts";
import { type RunEnd, RunLoop } from "./run-loop.ts";
import { Digest } from "./snapshot/digest.ts";
import { JournaledDisk } from "./snapshot/journaled-disk.ts";
import type { MachineState } from "./snapshot/machine-state.ts";
import type { MachineIdentity } from "./snapshot/snapshot-file.ts";
import { stateHash } from "./state-hash.ts";
import { SupervisorTimers } from "./supervisor-timer.ts";
import {
  type Pipeline,
  pipelineByName,
  pipelineFrom,
  pipelineState,
  samePipeline,
} from "./timing/pipelines.ts";
import { type HartStats, Timing } from "./timing/timing.ts";
import { InstructionTrace } from "./trace/instruction-trace.ts";
import { describeVirtio } from "./virtio-option.ts";

/** How the guest ended the run. `status` is 0, or the code that it gave the test finisher. */
export interface Halt {
  readonly kind: "poweroff" | "reset";
  readonly status: number;
}

export type { MachineOptions } from "./machine-options.ts";
export type { RunEnd } from "./run-loop.ts";

/** A fixed moment, so that equal runs show equal times. */
const RTC_BASE = Date.UTC(2026, 0, 1);

export class Machine {
  readonly console: Console;
  readonly symbols = new SymbolTable();
  readonly breakpoints: Breakpoints;
  readonly watchpoints: Watchpoints;
  /** What was loaded, unpacked: debuggers look into it. */
  readonly files: { readonly kernel?: NamedFile; readonly firmware?: NamedFile };
  /** Registers of harts by name. */
  readonly registers: ReturnType<typeof registerAccess>;
  readonly core: Core;
  /** What instructions do, one by one, for whoever listens. */
  readonly trace: InstructionTrace;
  readonly #timing: Timing;
  /** Breakpoints, watchpoints, steps, ways back. */
  readonly debugger: Debugger;
  readonly #board: Board;
  readonly #events: EventQueue;
  readonly #timers: SupervisorTimers;
  readonly #plan: BootPlan;
  /** For kernels that have a symbol tohost. */
  readonly #htif: Htif | undefined;
  readonly #disks: readonly JournaledDisk[];
  readonly #log = new InputLog();
  readonly #loop: RunLoop;
  readonly #past: Past;
  /** For the identity: the virtio devices that are no disks, and the clock's start. */
  readonly #virtio: readonly string[];
  readonly #rtcBase: number;
  readonly #input: ConsoleInput;
  #halted: Halt | undefined;
  #waiting = false;
  /** Told in a sentence what a program asked of tohost in vain, and of its failure. */
  onNotice: (text: string) => void = () => {};

  /** Builds a machine that stands before its first instruction. Throws HartbeatError when files or sizes are unfit. */
  static async create(options: MachineOptions): Promise<Machine> {
    const { wasm, harts = 1, ramBytes = DEFAULT_RAM_BYTES, drives = [], virtio = [] } = options;
    checkOptions(harts, ramBytes, drives.length + virtio.length);
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
    const kernel = options.kernel && (await unpackKernel(options.kernel));
    const machine = new Machine(core, { ...options, ...(kernel && { kernel }) }, ramBytes);
    board = machine.#board;
    timers = machine.#timers;
    return machine;
  }

  private constructor(core: Core, options: MachineOptions, ramBytes: number) {
    const { firmware, kernel, initrd, drives = [], virtio = [], rtcBase = RTC_BASE } = options;
    this.core = core;
    this.#timing = new Timing(core);
    this.breakpoints = new Breakpoints(core);
    this.watchpoints = new Watchpoints(core);
    this.trace = new InstructionTrace({ core, breakpoints: this.breakpoints });
    this.debugger = new Debugger(this);
    this.#disks = drives.map((drive) => new JournaledDisk(drive));
    this.registers = registerAccess(core);
    this.#events = new EventQueue(core);
    this.#timers = new SupervisorTimers(core, this.#events);
    this.console = new Console({
      machine: this,
      input: (bytes) => this.enter({ kind: "console", bytes }),
    });
    this.#loop = new RunLoop({
      core,
      events: this.#events,
      log: this.#log,
      breakpoints: this.breakpoints,
      watchpoints: this.watchpoints,
      apply: (input) => this.#apply(input),
    });
    this.#past = new Past({
      core,
      loop: this.#loop,
      log: this.#log,
      disks: this.#disks,
      identity: () => this.identity,
      stateHash: () => this.stateHash(),
      save: () => this.#save(),
      restore: (state, anew) => this.#restore(state, anew),
      fork: () => this.console.fork(),
    });
    this.#virtio = virtio.map(describeVirtio);
    this.#rtcBase = rtcBase;
    this.#board = new Board({
      harts: core.hartCount,
      clock: this.#events,
      memory: guestMemory(core),
      setLine: (hart, bit, level) => core.setLine(hart, bit, level),
      onTimeOffset: (ticks) => {
        core.timeOffset = ticks;
        this.#timers.timeChanged();
      },
      onOutput: (byte) => this.console.receive(byte),
      onFinish: (finish) => this.#finish(finish),
      drives: this.#disks,
      virtio,
      rtcBase,
    });
    this.#input = new ConsoleInput({
      clock: this.#events,
      receive: (bytes) => this.#board.uart.receive(bytes),
    });
    for (const [index, option] of virtio.entries()) {
      if (option.device !== "rng")
        option.port.connect((bytes) => this.enter({ kind: "virtio", index, bytes }));
    }
    this.files = { ...(kernel && { kernel }), ...(firmware && { firmware }) };
    this.#plan = planBoot({
      ramBytes,
      ...this.files,
      ...(initrd && { initrd }),
      deviceTree: (initrdRange) => this.#deviceTree(options, ramBytes, initrdRange),
    });
    addBootSymbols(this.symbols, this.#plan, options);
    this.#htif = Htif.of((name) => this.physicalSymbol(name), {
      clock: this.#events,
      memory: guestMemory(core),
      onOutput: (byte) => this.console.receive(byte),
      onExit: (code) => this.#finish(code === 0 ? { kind: "pass" } : { kind: "fail", code }),
      onNotice: (text) => this.onNotice(text),
    });
    this.#load();
    if (options.timing !== undefined) this.setTiming(options.timing);
  }

  /**
   * Changes who keeps guest time, from the present place of the run on: a pipeline or its name; `ideal` is a cycle for each
   * instruction. Recordings and history have it.
   */
  setTiming(pipeline: Pipeline | string): void {
    const next = typeof pipeline === "string" ? pipelineByName(pipeline) : pipeline;
    const timed = next.parameters.size > 0 ? next : undefined;
    if (!samePipeline(timed, this.timing)) {
      this.enter({ kind: "timing", pipeline: timed ? pipelineState(timed) : null });
    }
  }

  /** The pipeline that keeps the time; undefined in functional runs. */
  get timing(): Pipeline | undefined {
    return this.#timing.pipeline;
  }

  /** What the pipeline model counted, hart by hart: CPI stacks that add up to the cycles, and events. */
  stats(): HartStats[] {
    return this.#timing.stats();
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

  /**
   * While run() gives "waiting", the machine stands at an event whose data the host has yet to bring (of a disk on a web
   * server): settles when something has come, and then run() goes on; rejects when that will not be. Otherwise undefined.
   */
  get pending(): Promise<void> | undefined {
    if (!this.#waiting) return undefined;
    for (const { pending } of this.#disks) if (pending) return pending;
    return undefined;
  }

  /** Cycle of the next event; Infinity when only input can wake the machine. */
  get nextEvent(): number {
    return this.#events.next;
  }

  /** While paused (by a debugger), run() returns at once. */
  get paused(): boolean {
    return this.#loop.paused;
  }

  /** Stops a run() that is under way after the present instruction. Time goes on with resume(). */
  pause(): void {
    this.#loop.paused = true;
    this.core.requestStop();
  }

  resume(): void {
    this.#loop.paused = false;
  }

  /** Ends a run() that is under way after the present instruction. */
  requestStop(): void {
    this.#loop.requested = true;
    this.core.requestStop();
  }

  /**
   * Runs for `cycles` of guest time; waiting counts, and takes no host time. With several harts it may go
   * on to the end of a round (2,000 cycles). Runs in pieces give the same as one run.
   */
  run({ cycles }: { cycles: number }): RunEnd {
    const end = this.#loop.run(this.cycles + cycles);
    this.#waiting = end === "waiting";
    return end;
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
    this.#loop.passBreakpoint(hart);
  }

  /** Back to power-on, with the images loaded anew. Disks keep their contents, and guest time goes on. */
  reset(): void {
    this.enter({ kind: "reset" });
  }

  /**
   * The one way in for what comes from outside: it is done at the present place of the run, or after the present
   * instruction, and kept for replays. False when it cannot be done.
   */
  enter(input: Input): boolean {
    return this.#loop.enter(input);
  }

  /** Where the machine stands in its run. */
  get position(): Position {
    return this.#loop.position;
  }

  /** What came in from outside since power-on, or since a snapshot was restored. */
  get inputs(): InputLog {
    return this.#log;
  }

  /** Starts to keep what it takes to go back, from the present place on, unless that is under way. */
  keepHistory(): History {
    return this.#past.keepHistory();
  }

  /** What the machine was built of; snapshots and logs fit machines of equal identity. */
  get identity(): MachineIdentity {
    const images = new Digest().update(this.#plan.rom);
    for (const { address, bytes } of this.#plan.pieces) images.text(`${address}`).update(bytes);
    return {
      harts: this.core.hartCount,
      ramBytes: this.core.ram.length,
      images: images.hex(),
      drives: this.#disks.map((disk) => disk.baseDigest),
      virtio: this.#virtio,
      rtcBase: this.#rtcBase,
    };
  }

  /** All of the machine in one compressed file: harts, memory, devices, what is pending, sectors that were written. */
  async snapshot(): Promise<Uint8Array> {
    return this.#past.snapshot();
  }

  /**
   * Takes over a snapshot of a machine built of the same files. Throws HartbeatError, and leaves the machine as it was,
   * when the file is damaged or belongs to another machine.
   */
  restore(file: Uint8Array): Promise<void> {
    return this.#past.restore(file);
  }

  /** The run up to here as a small file that `replay` repeats: what came in, and the state that it led to. */
  recording(args?: unknown): string {
    return this.#past.recording(args);
  }

  /**
   * Has the runs that follow repeat a recorded one: run() gives "replayed" where it ended. The machine must stand where
   * the recording began. Throws HartbeatError when the file is damaged or belongs to another machine.
   */
  replay(file: string): void {
    this.#past.replay(file);
  }

  /** After a replay: whether it led to the state that was recorded, bit for bit. */
  get replayedTruly(): boolean {
    return this.#past.replayedTruly;
  }

  /** Copies of `length` bytes of RAM at a physical address; shorter where RAM ends, empty outside. */
  readPhysical(address: number, length: number): Uint8Array {
    const room = RAM_BASE + this.core.ram.length - address;
    return this.core.view(address, Math.max(0, Math.min(length, room)))?.slice() ?? new Uint8Array(0);
  }

  /** Where a symbol of the kernel's ELF file, or else of the firmware's, lies in physical memory. */
  physicalSymbol(name: string): number | undefined {
    return bootSymbol(this.#plan, name);
  }

  /** Named state of every device, by name and address. */
  get deviceStates(): Readonly<Record<string, SavedFields>> {
    return this.#board.state();
  }

  /** 32 hexadecimal digits over everything that the guest can see: memory, harts, devices, time. */
  stateHash(): string {
    return stateHash(this.core.hashState(), {
      cycles: this.cycles,
      devices: this.#board.state(),
      drives: this.#disks.map((disk) => disk.baseDigest),
      ...(this.#timing.everTimed && { models: this.core.models() }),
    });
  }

  /** Lets go of the machine; it cannot be run again. */
  dispose(): void {
    this.#loop.disposed = true;
    this.#past.endHistory();
    this.#events.clear();
  }

  #deviceTree(
    { deviceTree, append }: MachineOptions,
    ramBytes: number,
    initrd: AddressRange | undefined,
  ): Uint8Array {
    if (deviceTree) return givenTree(deviceTree, { bootArguments: append, initrd });
    return flattenFdt(
      machineTree({
        harts: this.core.hartCount,
        ramBytes,
        isa: ISA_STRING,
        mmuType: MMU_TYPE,
        initrd,
        devices: this.#board.devices,
        ...(append && { bootArguments: append }),
      }),
    );
  }

  #load(): void {
    this.core.loadRom(this.#plan.rom);
    for (const { address, bytes } of this.#plan.pieces) this.core.write(address, bytes);
  }

  #finish(finish: Finish): void {
    const status = finish.kind === "fail" ? finish.code : 0;
    this.#setHalted({ kind: finish.kind === "reset" ? "reset" : "poweroff", status });
    this.core.requestStop();
  }

  #setHalted(halted: Halt | undefined): void {
    this.#halted = halted;
    this.#loop.halted = halted !== undefined;
  }

  #apply(input: Input): boolean {
    switch (input.kind) {
      case "console":
        this.#input.type(input.bytes);
        return true;
      case "virtio":
        this.#board.receive(input.index, input.bytes);
        return true;
      case "reset":
        this.#reset();
        return true;
      case "register":
        return this.registers.write(input.hart, input.name, input.value);
      case "memory":
        return this.core.write(input.address, input.bytes);
      case "timing":
        this.#timing.set(input.pipeline ? pipelineFrom("The recording", input.pipeline) : undefined);
        return true;
    }
  }

  #reset(): void {
    this.#setHalted(undefined);
    this.#clearEvents();
    this.console.reset();
    this.core.clearRam();
    this.core.reset();
    this.#board.reset();
    this.#htif?.start();
    this.#load();
  }

  #clearEvents(): void {
    this.#events.clear();
    this.#timers.reset();
    this.#input.clear();
  }

  /** Everything but memory and disks. */
  #save(): MachineState {
    return {
      core: this.core.save(),
      timing: this.#timing.state(),
      devices: this.#board.state(),
      supervisorTimers: this.#timers.state(),
      events: this.#events.names,
      inputs: this.#input.pending,
      console: this.console.state(),
      halted: this.#halted ?? null,
    };
  }

  /** Takes over what `#save` gave, after memory and disks were restored. With `anew` the machine has no past. */
  #restore(state: MachineState, anew: boolean): void {
    this.#clearEvents();
    this.#timing.restore(state.timing);
    this.core.restore(state.core);
    this.#board.restore(state.devices);
    this.#timers.restore(state.supervisorTimers);
    this.#htif?.start();
    this.#input.restore(state.inputs);
    if (!this.#events.arrange(state.events)) {
      throw new HartbeatError("The saved events do not fit the saved devices; take the snapshot again.");
    }
    this.console.restore(state.console, anew);
    this.#setHalted(state.halted ?? undefined);
  }
}
