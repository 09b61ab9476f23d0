/**
 * Continue, steps and ways back of a machine that somebody else drives (a paced loop), and what stopped it. A step that is
 * away for a while, in a call or asleep, lets the machine run until its task is back, on whatever hart.
 */
import type { Stopper } from "../../debug/debugger.ts";
import {
  type Detour,
  LineStep,
  type Place,
  type SteppedMachine,
  stepLineBack,
} from "../../debug/line-stepper.ts";
import type { MachineTarget } from "../../debug/machine-target.ts";
import type { ImagePlace, SourceImages } from "../../debug/source/images.ts";
import { programOf, type StackFrame } from "../../debug/source/stack.ts";
import type { Stop } from "../../debug/target.ts";
import type { Scope } from "../../dwarf/debug-image.ts";
import { REGISTER } from "../../dwarf/unwind.ts";

/** `statement` and `line` are the same here. */
export type Granularity = "line" | "instruction";

/** Something that has the machine run to a place now and then, and is asked there how to go on. */
interface Plan {
  advance(): Detour | undefined;
  moveTo(hart: number): void;
  /** What ended it early. */
  readonly interrupted: Stop | undefined;
}

export interface RunControlOptions {
  readonly target: MachineTarget;
  readonly images: SourceImages;
  /** Told of each stop when the machine stands. */
  readonly onStopped: (stop: Stop) => void;
}

export class RunControl {
  readonly #options: RunControlOptions;
  readonly #target: MachineTarget;
  #plan: { plan: Plan; hart: number; held: Stopper | undefined } | undefined;
  /** The hart that came to the end of a detour. */
  #arrived: number | undefined;
  /** Stops are not told of while a step is made of smaller ones. */
  #quiet = false;

  constructor(options: RunControlOptions) {
    this.#options = options;
    this.#target = options.target;
    this.#target.onStop = (stop) => this.#stopped(stop);
  }

  get running(): boolean {
    return this.#target.running || this.#plan !== undefined;
  }

  resume(): void {
    this.#target.resume();
  }

  pause(): void {
    this.#dropPlan();
    this.#target.interrupt();
  }

  resumeBack(): void {
    this.#target.resumeBack();
  }

  /** One line or instruction, into calls. */
  stepIn(hart: number, granularity: Granularity): void {
    if (granularity === "instruction") this.#target.step(hart);
    else this.#follow(new LineStep(this.#stepped(hart), hart, "into"), hart);
  }

  /** The same over calls. */
  next(hart: number, granularity: Granularity, frame: StackFrame | undefined): void {
    if (granularity === "line") this.#follow(new LineStep(this.#stepped(hart, frame), hart, "over"), hart);
    else this.#follow(new InstructionOver(this.#stepped(hart), hart), hart);
  }

  /** To where the function of a frame returns. False when nobody called it. */
  stepOut(hart: number, frame: StackFrame): boolean {
    if (frame.inlined) {
      this.#follow(new InlinedOut(this.#stepped(hart), hart, frame, this.#scopesAt), hart);
      return true;
    }
    const { caller } = frame;
    const stack = caller?.register(REGISTER.sp);
    if (!caller || stack === undefined) return false;
    this.#follow(new Return(this.#target, hart, caller.pc, stack), hart);
    return true;
  }

  stepBack(hart: number, granularity: Granularity, frame: StackFrame | undefined): void {
    if (granularity === "instruction") {
      this.#target.stepBack(hart);
      return;
    }
    const begins = this.#silently(() => stepLineBack(this.#stepped(hart, frame), hart));
    this.#later(() => this.#options.onStopped({ kind: begins ? "begin" : "step", hart }));
  }

  /** Lets go of the machine. */
  end(): void {
    this.#dropPlan();
    this.#target.onStop = undefined;
    this.#target.interrupt();
  }

  /** Code that was inlined into the function of `frame` counts as the line that calls it. */
  #stepped(hart: number, frame?: StackFrame): SteppedMachine {
    const { target } = this.#options;
    return {
      debugger: target.debugger,
      target,
      lineOf: (address) => {
        const place = this.#placeOf(hart, address);
        if (!place) return undefined;
        const { debug } = place.image;
        const scopes = frame?.scope ? debug.scopesAt(place.linked) : [];
        const own = scopes.findIndex(({ entry }) => entry === frame?.scope?.entry);
        return (own < 0 ? undefined : scopes[own + 1]?.calledAt) ?? debug.lines.find(place.linked);
      },
    };
  }

  #placeOf(hart: number, address: bigint): ImagePlace | undefined {
    return this.#options.images.at(address, programOf(this.#target.machine, hart));
  }

  /** The function at the pc of a hart and what is inlined there, the outermost first. */
  readonly #scopesAt = (hart: number): readonly Scope[] => {
    const place = this.#placeOf(hart, this.#target.readRegister(hart, "pc") ?? 0n);
    return place?.image.debug.scopesAt(place.linked) ?? [];
  };

  #silently<T>(action: () => T): T {
    this.#quiet = true;
    try {
      return action();
    } finally {
      this.#quiet = false;
    }
  }

  #follow(plan: Plan, hart: number): void {
    this.#plan = { plan, hart, held: undefined };
    this.#goOn();
  }

  /** Does what the plan says up to its next detour, or its end. */
  #goOn(): void {
    const current = this.#plan;
    if (!current) return;
    const { plan } = current;
    const detour = this.#silently(() => plan.advance());
    if (!detour) {
      this.#plan = undefined;
      const stop = plan.interrupted ?? { kind: "step", hart: current.hart };
      this.#later(() => this.#options.onStopped(stop));
      return;
    }
    const task = this.#target.hartTask(current.hart)?.address;
    const isBack = (hart: number): boolean => {
      const same = task === undefined ? hart === current.hart : this.#target.hartTask(hart)?.address === task;
      return same && detour.arrived(hart);
    };
    current.held = this.#target.debugger.breakAt(detour.address, {
      when: (hart) => {
        if (!isBack(hart)) return false;
        this.#arrived = hart;
        return true;
      },
    });
    this.#target.resume();
  }

  #stopped(stop: Stop): void {
    if (this.#quiet) return;
    const hart = this.#arrived;
    this.#arrived = undefined;
    const current = this.#plan;
    if (current && stop.kind === "breakpoint" && hart === stop.hart) {
      current.held?.remove();
      current.held = undefined;
      current.hart = hart;
      current.plan.moveTo(hart);
      // The machine has to leave its core first.
      this.#later(() => this.#goOn());
      return;
    }
    this.#dropPlan();
    this.#later(() => this.#options.onStopped(stop));
  }

  #dropPlan(): void {
    this.#plan?.held?.remove();
    this.#plan = undefined;
  }

  #later(action: () => void): void {
    setImmediate(action);
  }
}

/** One instruction, or a whole call. */
class InstructionOver extends LineStep {
  #done = false;

  constructor(machine: SteppedMachine, hart: number) {
    super(machine, hart, "over");
  }

  override advance(): Detour | undefined {
    if (this.#done) return undefined;
    this.#done = true;
    const { pc, sp } = this.place();
    const { call, mnemonic, length } = this.instruction(pc);
    if (call || mnemonic === "ecall") return this.detourTo(pc + BigInt(length), sp);
    const stop = this.machine.debugger.step(this.hart);
    if (stop.kind !== "step") this.interrupted = stop;
    return undefined;
  }
}

/** Runs to where a function returns. */
class Return implements Plan {
  readonly interrupted = undefined;
  #detour: Detour | undefined;

  constructor(target: MachineTarget, hart: number, address: bigint, stack: bigint) {
    const stackOf = (other = hart): bigint => target.readRegister(other, "sp") ?? 0n;
    this.#detour = { address, arrived: (other) => stackOf(other) >= stack };
  }

  advance(): Detour | undefined {
    const detour = this.#detour;
    this.#detour = undefined;
    return detour;
  }

  moveTo(): void {}
}

type ScopesAt = (hart: number) => readonly Scope[];

/** Steps over lines until the code of an inlined function is left. */
class InlinedOut extends LineStep {
  readonly #frame: StackFrame;
  readonly #scopesAt: ScopesAt;

  constructor(machine: SteppedMachine, hart: number, frame: StackFrame, scopesAt: ScopesAt) {
    super(machine, hart, "over");
    this.#frame = frame;
    this.#scopesAt = scopesAt;
  }

  protected override arrived({ sp }: Place): boolean {
    const inside = this.#scopesAt(this.hart).some(({ entry }) => entry === this.#frame.scope?.entry);
    return sp > this.begin.sp || !inside;
  }
}
