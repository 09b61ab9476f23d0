/**
 * Steps of one hart by source line: into calls, over calls, or back.
 *
 * Going forward, `advance` executes instructions until another line begins. Where the hart would be away for a while (in a
 * call that is stepped over, in code without lines, in a trap handler), it gives a detour: the caller lets the machine run, as it
 * sees fit, until the hart is there, and calls `advance` again.
 */

import type { SourceLine } from "../dwarf/line-table.ts";
import { type Disassembly, disassemble } from "../inspect/disassembler.ts";
import type { Debugger } from "./debugger.ts";
import type { DebugTarget, Stop } from "./target.ts";

/** What a stepper needs of a machine. */
export interface SteppedMachine {
  readonly debugger: Pick<
    Debugger,
    "step" | "stepBack" | "position" | "goTo" | "breakAt" | "reverseContinue"
  >;
  readonly target: Pick<DebugTarget, "readRegister" | "readMemory" | "hartStatus">;
  /** The source line of the code at an address. */
  readonly lineOf: (address: bigint) => SourceLine | undefined;
}

/** Where the hart will be again. */
export interface Detour {
  readonly address: bigint;
  /** To be asked when a hart, the one that steps or another, is at the address: whether it is in the same call as before. */
  readonly arrived: (hart?: number) => boolean;
}

/** A line that takes more instructions than this is left where it is then. */
const MOST_STEPS = 5000;
const MOST_STEPS_BACK = 400;
/** What ends a call, a system call among them. A jump to the start of a function is none, whatever stands before it. */
const RETURNS = new Set(["ret", "sret", "mret"]);
/** Trap vectors jump away within so many bytes. */
const VECTOR_BYTES = 64n;

/** One hart's place in its program. */
export interface Place {
  readonly pc: bigint;
  readonly sp: bigint;
  readonly line: SourceLine | undefined;
}

const sameLine = (a: SourceLine | undefined, b: SourceLine | undefined): boolean =>
  a?.line === b?.line && a?.file === b?.file;

class Stepper {
  protected readonly machine: SteppedMachine;
  protected hart: number;
  protected readonly begin: Place;

  constructor(machine: SteppedMachine, hart: number) {
    this.machine = machine;
    this.hart = hart;
    this.begin = this.place();
  }

  /** A task that waited in a detour may go on elsewhere. */
  moveTo(hart: number): void {
    this.hart = hart;
  }

  protected register(name: string, hart = this.hart): bigint {
    return this.machine.target.readRegister(hart, name) ?? 0n;
  }

  protected place(): Place {
    const pc = this.register("pc");
    return { pc, sp: this.register("sp"), line: this.machine.lineOf(pc) };
  }

  protected instruction(pc: bigint): Disassembly {
    const word = new Uint8Array(4);
    word.set(this.machine.target.readMemory(this.hart, pc, 4));
    return disassemble(new DataView(word.buffer).getUint32(0, true), pc);
  }

  /** Back at `address` with the stack that there is now, or less of it. */
  protected detourTo(address: bigint, stack: bigint): Detour {
    return { address, arrived: (hart) => this.register("sp", hart) >= stack };
  }
}

export class LineStep extends Stepper {
  readonly #over: boolean;
  #steps = 0;
  /** Something else stopped the machine. */
  interrupted: Stop | undefined;

  constructor(machine: SteppedMachine, hart: number, kind: "into" | "over") {
    super(machine, hart);
    this.#over = kind === "over";
  }

  /** Executes what can be executed here. Undefined: the step is done, or `interrupted`. */
  advance(): Detour | undefined {
    for (; this.#steps < MOST_STEPS; this.#steps++) {
      const before = this.place();
      if (this.#steps > 0 && this.arrived(before)) return undefined;
      const instruction = this.instruction(before.pc);
      const leaves = instruction.call || instruction.mnemonic === "ecall";
      const next = before.pc + BigInt(instruction.length);
      if (leaves && this.#over) {
        this.#steps++;
        return this.detourTo(next, before.sp);
      }
      const stop = this.machine.debugger.step(this.hart);
      if (stop.kind !== "step") {
        this.interrupted = stop;
        return undefined;
      }
      const after = this.place();
      if (!leaves && this.#trapped(before.pc, after.pc)) return this.detourTo(before.pc, before.sp);
      if (leaves && !after.line) {
        this.#steps++;
        return this.detourTo(next, before.sp);
      }
    }
    return undefined;
  }

  protected arrived({ sp, line }: Place): boolean {
    if (!this.begin.line) return true;
    const returned = sp > this.begin.sp;
    return line !== undefined && (returned || !sameLine(line, this.begin.line));
  }

  /** The hart has gone to a handler in place of executing at `pc`. */
  #trapped(pc: bigint, now: bigint): boolean {
    const mode = this.machine.target.hartStatus(this.hart).privilege === "M" ? "m" : "s";
    const vector = this.register(`${mode}tvec`) & ~3n;
    return now >= vector && now < vector + VECTOR_BYTES && this.register(`${mode}epc`) === pc;
  }
}

/** Goes back to the start of the line before, over calls. True: the history begins here. */
export function stepLineBack(machine: SteppedMachine, hart: number): boolean {
  return new BackStep(machine, hart).run();
}

class BackStep extends Stepper {
  run(): boolean {
    let line: SourceLine | undefined;
    for (let steps = 0; steps < MOST_STEPS_BACK; steps++) {
      const { position } = this.machine.debugger;
      if (!this.#back(this.place())) return true;
      const now = this.machine.lineOf(this.register("pc"));
      if (!this.begin.line) return false;
      if (line && !sameLine(now, line)) {
        // The line began where the hart was before this step back.
        this.machine.debugger.goTo(position);
        return false;
      }
      line ??= now;
    }
    return false;
  }

  /** One instruction back, or to before the call that just returned; false at the start. */
  #back({ pc, sp }: Place): boolean {
    const { debugger: control } = this.machine;
    if (control.stepBack(this.hart).kind === "begin") return false;
    const now = this.register("pc");
    if ((now < pc && pc - now <= 4n) || !RETURNS.has(this.instruction(now).mnemonic)) return true;
    const calls = [4n, 2n].map((length) => pc - length);
    const call = calls.find((address) => {
      const { call: isCall, mnemonic, length } = this.instruction(address);
      return (isCall || mnemonic === "ecall") && address + BigInt(length) === pc;
    });
    if (call === undefined || this.register("sp") > sp) return true;
    const same = (hart: number): boolean => hart === this.hart && this.register("sp") === sp;
    const { position } = control;
    const held = control.breakAt(call, { when: same });
    const { kind } = control.reverseContinue();
    held.remove();
    // Called before anybody kept the history: what was called is all that there is.
    if (kind === "begin") control.goTo(position);
    return true;
  }
}
