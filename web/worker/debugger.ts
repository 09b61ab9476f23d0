/** Run control for the debugger panel: stops, steps of several kinds, breakpoints. */
import type { Breakpoint } from "../../host/debug/breakpoints.ts";
import type { Stopper } from "../../host/debug/debugger.ts";
import { LineStep, type SteppedMachine, stepLineBack } from "../../host/debug/line-stepper.ts";
import type { MachineTarget } from "../../host/debug/machine-target.ts";
import type { Stop } from "../../host/debug/target.ts";
import { HartbeatError } from "../../host/errors.ts";
import { disassemble } from "../../host/inspect/disassembler.ts";
import type { Machine } from "../../host/machine.ts";
import type { BreakpointView, MachineView, StepUnit, StopView } from "../protocol.ts";
import type { Inspector } from "./inspector.ts";

/** Stops of a GDB outside are shown at most so often: its `next` and `finish` stop at places on the way. */
const SHARED_STOP_MS = 50;
const BEGIN = "at the start of what is remembered";

export class Debugger {
  /** Called at each stop. */
  onStop: (stop: StopView) => void = () => {};
  readonly #machine: Machine;
  readonly #target: MachineTarget;
  readonly #inspector: Inspector;
  readonly #breakpoints = new Map<bigint, { view: BreakpointView; held: Stopper }>();
  #temporary: Breakpoint | undefined;
  #stop: StopView | undefined;
  #shared = false;
  #told: ReturnType<typeof setTimeout> | undefined;

  constructor(machine: Machine, target: MachineTarget, inspector: Inspector) {
    this.#machine = machine;
    this.#target = target;
    this.#inspector = inspector;
    machine.debugger.listen((stop) => this.#heard(stop));
  }

  /** A GDB outside runs the machine: the panel shows its stops, and may pause and set breakpoints. */
  set shared(shared: boolean) {
    this.#shared = shared;
    if (!shared) return;
    this.#temporary?.remove();
    this.#temporary = undefined;
  }

  /** Keeps what it takes to go back, where that can be done. */
  remember(): void {
    this.#target.keepHistory();
  }

  pause(): void {
    if (!this.#target.running) return;
    this.#target.keepHistory();
    this.#target.interrupt();
  }

  /** The machine has been brought somewhere, and stands there. */
  stand(reason: string): void {
    this.#target.keepHistory();
    this.#machine.pause();
    this.#report({ reason, hart: this.#machine.core.currentHart });
  }

  resume(): void {
    this.#refuseIfShared();
    this.#stop = undefined;
    this.#target.resume();
  }

  /** Into a call, when one is to be made. */
  async step(hart: number, unit: StepUnit): Promise<void> {
    this.#stand();
    if (unit === "line") return this.#stepLine(hart, "into");
    this.#target.step(hart);
    this.#report({ reason: "stepped one instruction", hart });
  }

  /** As `step`, but a call runs to its return. */
  async stepOver(hart: number, unit: StepUnit): Promise<void> {
    this.#stand();
    if (unit === "line") return this.#stepLine(hart, "over");
    const { call, length } = this.#instruction(hart);
    if (!call) return this.step(hart, unit);
    const stack = this.#inspector.register(hart, "sp");
    const back = this.#pc(hart) + BigInt(length);
    const arrived = (): boolean => this.#inspector.register(hart, "sp") >= stack;
    this.#runUntil(back, hart, arrived, "stepped over a call");
  }

  stepOut(hart: number): void {
    this.#stand();
    const address = this.#inspector.returnAddress(hart);
    if (address === undefined) {
      throw new HartbeatError("Nobody called this code, as far as its stack tells; use Run or a breakpoint.");
    }
    const stack = this.#inspector.register(hart, "sp");
    const arrived = (): boolean => this.#inspector.register(hart, "sp") >= stack;
    this.#runUntil(address, hart, arrived, "returned to the caller");
  }

  /** To before the last instruction of the hart, or to the start of the line before. */
  async stepBack(hart: number, unit: StepUnit): Promise<void> {
    this.#stand();
    const atStart =
      unit === "line"
        ? stepLineBack(await this.#stepped(), hart)
        : this.#machine.debugger.stepBack(hart).kind === "begin";
    this.#report({ reason: atStart ? BEGIN : `stepped back one ${unit}`, hart });
  }

  /** To the last breakpoint that was passed. */
  runBack(hart: number): void {
    this.#stand();
    const { kind } = this.#machine.debugger.reverseContinue();
    if (kind === "begin") this.#report({ reason: BEGIN, hart });
  }

  async runTo(where: string): Promise<void> {
    this.#refuseIfShared();
    this.#runUntil(await this.#inspector.address(0, where), undefined, () => true, `came to ${where}`);
  }

  /** Stops where a function is entered at a cycle, or the first time after it. Early code runs at its load address. */
  stopAtMoment(name: string, cycle: number): void {
    const linked = this.#machine.symbols.lookup(name, "kernel") ?? this.#machine.symbols.lookup(name);
    if (linked === undefined) throw new HartbeatError(`There is no symbol '${name}' in this kernel.`);
    this.#target.keepHistory();
    const loaded = this.#machine.symbols.loadAddress(linked);
    const places = new Set([linked, ...(loaded === undefined ? [] : [BigInt(loaded)])]);
    const held = [...places].map((address) =>
      this.#machine.breakpoints.add(address, (hart) => {
        if (this.#machine.cycles < cycle) return "go-on";
        for (const each of held) each.remove();
        this.#stopAt(`at ${name}, cycle ${cycle.toLocaleString("en")}`, hart);
        return "stop";
      }),
    );
  }

  async setBreakpoint(where: string): Promise<BreakpointView> {
    const address = await this.#inspector.address(0, where);
    const known = this.#breakpoints.get(address);
    if (known) return known.view;
    const source = await this.#inspector.source(address);
    const view = { address, where: this.#inspector.describe(address), source };
    this.#target.keepHistory();
    const held = this.#machine.debugger.breakAt(address);
    this.#breakpoints.set(address, { view, held });
    return view;
  }

  /** Where breakpoints are, as `setBreakpoint` takes it. */
  get places(): string[] {
    return [...this.#breakpoints.values()].map(({ view }) => view.where);
  }

  clearBreakpoint(address: bigint): void {
    this.#breakpoints.get(address)?.held.remove();
    this.#breakpoints.delete(address);
  }

  async view(hart: number): Promise<MachineView> {
    const inspector = this.#inspector;
    const chosen = Math.min(hart, this.#target.hartCount - 1);
    return {
      running: this.#target.running,
      stop: this.#stop,
      cycles: this.#machine.cycles,
      harts: Array.from({ length: this.#target.hartCount }, (_, index) => inspector.hart(index)),
      hart: chosen,
      registers: inspector.registers(chosen),
      csrs: inspector.csrs(chosen),
      floats: inspector.floats(chosen),
      traps: this.#target.inspector.trap(chosen),
      frames: inspector.frames(chosen),
      breakpoints: [...this.#breakpoints.values()].map(({ view }) => view),
      source: await inspector.source(this.#pc(chosen)),
    };
  }

  /** While it stands for GDB, GDB believes that nothing moves. */
  #refuseIfShared(): void {
    if (!this.#shared) return;
    throw new HartbeatError(
      "GDB runs this machine now: go on and step there, or detach it. Pausing works here, too.",
    );
  }

  /** The machine stops by its own debugger. What the panel does itself tells of its steps in its own words. */
  #heard(stop: Stop): void {
    if (stop.kind === "breakpoint" || stop.kind === "interrupt" || this.#shared) {
      const view = stop.kind === "exit" ? undefined : { reason: this.#reason(stop), hart: stop.hart };
      if (view) this.#report(view);
    }
  }

  #reason(stop: Exclude<Stop, { kind: "exit" }>): string {
    const place = this.#inspector.describe(this.#pc(stop.hart));
    switch (stop.kind) {
      case "breakpoint":
        return `breakpoint at ${place}`;
      case "interrupt":
        return "paused";
      case "step":
        return `GDB stepped to ${place}`;
      case "watch":
        return `GDB's watchpoint: ${stop.access} at ${this.#inspector.describe(stop.address)}`;
      case "begin":
        return BEGIN;
    }
  }

  #pc(hart: number): bigint {
    return this.#inspector.register(hart, "pc");
  }

  #instruction(hart: number): ReturnType<typeof disassemble> {
    const word = new Uint8Array(4);
    word.set(this.#target.readMemory(hart, this.#pc(hart), 4));
    return disassemble(new DataView(word.buffer).getUint32(0, true), this.#pc(hart));
  }

  /** Steps begin from a machine that stands. */
  #stand(): void {
    this.#refuseIfShared();
    if (this.#machine.halted) {
      throw new HartbeatError("The machine is off; press Reset to start it again.");
    }
    if (!this.#machine.paused) this.#machine.pause();
    this.#target.keepHistory();
  }

  /** Lets the machine run until a hart (or any) comes to an address; then stops, or does what is `next`. */
  #runUntil(
    address: bigint,
    hart: number | undefined,
    arrived: () => boolean,
    next: string | (() => void),
  ): void {
    this.#temporary?.remove();
    const held = this.#machine.breakpoints.add(address, (at) => {
      if ((hart !== undefined && at !== hart) || !arrived()) return "go-on";
      if (typeof next === "string") this.#stopAt(next, at);
      else {
        held.remove();
        this.#machine.pause();
        // Not within the core.
        queueMicrotask(next);
      }
      return "stop";
    });
    this.#temporary = held;
    this.resume();
  }

  async #stepped(): Promise<SteppedMachine> {
    return {
      debugger: this.#machine.debugger,
      target: this.#target,
      lineOf: await this.#inspector.lineFinder(),
    };
  }

  async #stepLine(hart: number, kind: "into" | "over"): Promise<void> {
    const step = new LineStep(await this.#stepped(), hart, kind);
    const goOn = (): void => {
      const detour = step.advance();
      if (detour) this.#runUntil(detour.address, hart, detour.arrived, goOn);
      else if (step.interrupted?.kind !== "breakpoint") this.#report({ reason: "stepped one line", hart });
    };
    goOn();
  }

  /** From within the core: a hart has come to a breakpoint. */
  #stopAt(reason: string, hart: number): void {
    this.#machine.pause();
    this.#report({ reason, hart });
  }

  #report(stop: StopView): void {
    this.#temporary?.remove();
    this.#temporary = undefined;
    this.#stop = stop;
    clearTimeout(this.#told);
    if (this.#shared) this.#told = setTimeout(() => this.onStop(stop), SHARED_STOP_MS);
    else this.onStop(stop);
  }
}
