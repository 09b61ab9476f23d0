/** Run control for the debugger panel: stops, steps of several kinds, breakpoints. */
import type { Breakpoint } from "../../host/debug/breakpoints.ts";
import type { Stopper } from "../../host/debug/debugger.ts";
import type { MachineTarget } from "../../host/debug/machine-target.ts";
import { HartbeatError } from "../../host/errors.ts";
import { disassemble } from "../../host/inspect/disassembler.ts";
import type { Machine } from "../../host/machine.ts";
import type { BreakpointView, MachineView, StopView } from "../protocol.ts";
import type { Inspector } from "./inspector.ts";

/** A source line that takes longer than this is left where it is then. */
const MOST_LINE_STEPS = 5000;

export class Debugger {
  /** Called at each stop. */
  onStop: (stop: StopView) => void = () => {};
  readonly #machine: Machine;
  readonly #target: MachineTarget;
  readonly #inspector: Inspector;
  readonly #breakpoints = new Map<bigint, { view: BreakpointView; held: Stopper }>();
  #temporary: Breakpoint | undefined;
  #stop: StopView | undefined;

  constructor(machine: Machine, target: MachineTarget, inspector: Inspector) {
    this.#machine = machine;
    this.#target = target;
    this.#inspector = inspector;
    machine.debugger.onStop = (stop) => {
      if (stop.kind === "breakpoint") {
        this.#report({ reason: `breakpoint at ${inspector.describe(this.#pc(stop.hart))}`, hart: stop.hart });
      }
    };
  }

  pause(): void {
    if (this.#machine.paused) return;
    this.#machine.keepHistory();
    this.#machine.pause();
    this.#report({ reason: "paused", hart: this.#machine.core.currentHart });
  }

  resume(): void {
    this.#stop = undefined;
    this.#target.resume();
  }

  step(hart: number): void {
    this.#stand();
    this.#target.step(hart);
    this.#report({ reason: "stepped one instruction", hart });
  }

  /** Steps, over calls, until the source line changes. */
  async stepLine(hart: number): Promise<void> {
    this.#stand();
    const begin = await this.#inspector.source(this.#pc(hart));
    const frame = this.#inspector.register(hart, "sp");
    for (let count = 0; count < MOST_LINE_STEPS; count++) {
      if (begin && this.#instruction(hart).call) return this.stepOver(hart);
      this.#target.step(hart);
      const now = await this.#inspector.source(this.#pc(hart));
      const inside = this.#inspector.register(hart, "sp") <= frame;
      if (!begin || !now || !inside || now.line !== begin.line || now.file !== begin.file) break;
    }
    this.#report({ reason: "stepped one line", hart });
  }

  /** As `step`, but a call runs to its return. */
  stepOver(hart: number): void {
    this.#stand();
    const { call, length } = this.#instruction(hart);
    if (!call) {
      this.step(hart);
      return;
    }
    const stack = this.#inspector.register(hart, "sp");
    this.#runUntil(this.#pc(hart) + BigInt(length), hart, "stepped over a call", () => {
      return this.#inspector.register(hart, "sp") >= stack;
    });
  }

  stepOut(hart: number): void {
    this.#stand();
    const address = this.#inspector.returnAddress(hart);
    if (address === undefined) {
      throw new HartbeatError("Nobody called this code, as far as its stack tells; use Run or a breakpoint.");
    }
    const stack = this.#inspector.register(hart, "sp");
    this.#runUntil(address, hart, "returned to the caller", () => {
      return this.#inspector.register(hart, "sp") >= stack;
    });
  }

  /** To before the last instruction of the hart. */
  stepBack(hart: number): void {
    this.#stand();
    const { kind } = this.#machine.debugger.stepBack(hart);
    const reason = kind === "begin" ? "at the start of what is remembered" : "stepped back one instruction";
    this.#report({ reason, hart });
  }

  /** To the last breakpoint that was passed. */
  runBack(hart: number): void {
    this.#stand();
    const { kind } = this.#machine.debugger.reverseContinue();
    if (kind === "begin") this.#report({ reason: "at the start of what is remembered", hart });
  }

  async runTo(where: string): Promise<void> {
    this.#runUntil(await this.#inspector.address(0, where), undefined, `came to ${where}`, () => true);
  }

  /** Stops where a function is entered at a cycle, or the first time after it. Early code runs at its load address. */
  stopAtMoment(name: string, cycle: number): void {
    const linked = this.#machine.symbols.lookup(name, "kernel") ?? this.#machine.symbols.lookup(name);
    if (linked === undefined) throw new HartbeatError(`There is no symbol '${name}' in this kernel.`);
    this.#machine.keepHistory();
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
    this.#machine.keepHistory();
    const held = this.#machine.debugger.breakAt(address);
    this.#breakpoints.set(address, { view, held });
    return view;
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
      registers: inspector.registers(chosen),
      csrs: inspector.csrs(chosen),
      frames: inspector.frames(chosen),
      breakpoints: [...this.#breakpoints.values()].map(({ view }) => view),
      source: await inspector.source(this.#pc(chosen)),
    };
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
    if (this.#machine.halted) {
      throw new HartbeatError("The machine is off; press Reset to start it again.");
    }
    if (!this.#machine.paused) this.#machine.pause();
    this.#machine.keepHistory();
  }

  #runUntil(address: bigint, hart: number | undefined, reason: string, arrived: () => boolean): void {
    this.#temporary?.remove();
    const held = this.#machine.breakpoints.add(address, (at) => {
      if ((hart !== undefined && at !== hart) || !arrived()) return "go-on";
      this.#stopAt(reason, at);
      return "stop";
    });
    this.#temporary = held;
    this.resume();
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
    this.onStop(stop);
  }
}
