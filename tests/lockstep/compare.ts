/**
 * Runs a program here and on QEMU and compares their states. Every state that QEMU logs must be one that our machine
 * comes to, in the same order; between two of them lie the instructions of one block of QEMU's, or one instruction.
 *
 * In a clocked program QEMU's timer interrupts at any instruction. When its log shows the interrupt, the line is raised
 * here before that instruction, too: what the interrupt does is then our own doing, and compared.
 */
import { INTERRUPT } from "../../spec/riscv.ts";
import { Ours } from "./ours.ts";
import type { Program } from "./program.ts";
import { type Grain, runQemu } from "./qemu.ts";
import { Random } from "./random.ts";
import { differences, MCAUSE, MIP, MTVAL, MTVEC, PC, SCAUSE, STVAL, type State, slot } from "./state.ts";

export interface Difference {
  /** Instructions of the body that agreed before. */
  readonly index: number;
  readonly what: string;
  /** pc of the last instruction that both stood at. */
  readonly previousPc: bigint;
  readonly ours: State;
  readonly theirs: State;
}

export interface Outcome {
  /** Instructions that we executed up to the last state that agreed. */
  readonly instructions: number;
  /** States that agreed. */
  readonly states: number;
  /** Interrupts of the timer. */
  readonly clockInterrupts: number;
  readonly difference?: Difference;
  /** Where memory differs at the end of a program that ended. */
  readonly memory?: string | undefined;
}

/** A block of QEMU's has at most 512 instructions; those that cannot be fetched are in none. */
const MOST_STEPS = { block: 520, instruction: 4 } as const;

const BREAKPOINT = 3;
const TIMER_BIT = 1 << INTERRUPT.MTI;

/** Whether a state is at the first instruction of M-mode's handler, after a timer interrupt. */
function isTimerInterrupt(state: State): boolean {
  if (state[2 * MCAUSE] !== INTERRUPT.MTI || state[2 * MCAUSE + 1] !== 0x8000_0000) return false;
  const vector = state[2 * MTVEC] as number;
  return state[0] === vector + ((vector & 1) === 1 ? 4 * INTERRUPT.MTI - 1 : 0);
}

class Lockstep {
  readonly #ours: Ours;
  readonly #program: Program;
  readonly #grain: Grain;
  #started = false;
  #previousPc = 0n;
  instructions = 0;
  states = 0;
  clockInterrupts = 0;
  difference: Difference | undefined;

  constructor(ours: Ours, program: Program, grain: Grain) {
    this.#ours = ours;
    this.#program = program;
    this.#grain = grain;
  }

  /** Takes the next state of QEMU's log, which may be the last one `again`; false when it is none of ours. */
  take(theirs: State, again: boolean): boolean {
    const ours = this.#ours;
    if (!this.#started) {
      if (theirs[0] !== this.#program.body || theirs[1] !== 0) return true;
      this.#started = true;
      ours.runTo(this.#program.body);
    }
    let moved = again || this.states === 0;
    const most = MOST_STEPS[this.#grain];
    let there: State | undefined;
    let next: State | undefined;
    for (let steps = 0; ; ) {
      if (this.#program.clocked && this.#interruptAsThere(theirs)) moved = true;
      if (moved && ours.standsAt(theirs)) {
        this.#adoptBreakpointValue(theirs);
        if (ours.agrees(theirs)) {
          this.instructions += steps;
          this.#agree(theirs);
          return true;
        }
        there ??= ours.state().slice();
      }
      if (steps === 1 && this.#grain === "instruction") next ??= ours.state().slice();
      if (steps === most || ours.halted) return this.#fail(there ?? next ?? ours.state().slice(), theirs);
      moved = true;
      // QEMU may log the state before an interrupt and the one after.
      if (ours.settle()) continue;
      ours.step();
      steps++;
    }
  }

  /** QEMU powered off and left this in memory: so must we, soon. Returns the first difference in memory. */
  end(memory: Buffer): string | undefined {
    for (let steps = 0; !this.#ours.halted; steps++) {
      if (!this.#started || steps > MOST_STEPS.block)
        throw new Error(`program ${this.#program.seed} came to an end on QEMU only`);
      this.#ours.step();
      this.instructions++;
    }
    return this.#ours.differsFrom(memory);
  }

  #agree(theirs: State): void {
    this.states++;
    this.#previousPc = slot(theirs, PC);
    if (isTimerInterrupt(theirs)) this.clockInterrupts++;
    if (this.#program.clocked) this.#ours.timerLine = ((theirs[2 * MIP] ?? 0) & TIMER_BIT) !== 0;
  }

  /** Raises the timer's line when theirs is the state right after the interrupt, and we stand where it came. */
  #interruptAsThere(theirs: State): boolean {
    const ours = this.#ours;
    if (ours.timerLine || !isTimerInterrupt(theirs) || !ours.wasInterrupted(theirs)) return false;
    ours.timerLine = true;
    ours.settle();
    return true;
  }

  /** After an ebreak mtval is "either zero or" the address, as the implementation likes: QEMU's is 0. */
  #adoptBreakpointValue(theirs: State): void {
    if (theirs[2 * MCAUSE] === BREAKPOINT && theirs[2 * MTVAL] === 0) this.#ours.clearBreakpointValue("m");
    if (theirs[2 * SCAUSE] === BREAKPOINT && theirs[2 * STVAL] === 0) this.#ours.clearBreakpointValue("s");
  }

  #fail(ours: State, theirs: State): false {
    const what = differences(ours, theirs).join(", ");
    const { instructions: index } = this;
    this.difference = { index, what, previousPc: this.#previousPc, ours, theirs: theirs.slice() };
    return false;
  }
}

export interface CompareOptions {
  /** `block` unless said. */
  readonly grain?: Grain;
  /** Instructions after which to stop. */
  readonly limit?: number;
  /** Another program for our side, to see whether the comparison does its work. */
  readonly ours?: Program;
}

/** Compares until the program ends, something differs, or `limit` instructions agreed. */
export async function compare(
  qemu: string,
  program: Program,
  { grain = "block", limit = Number.POSITIVE_INFINITY, ours = program }: CompareOptions = {},
): Promise<Outcome> {
  const lockstep = new Lockstep(await Ours.create(ours), program, grain);
  const memory = await runQemu(
    qemu,
    program,
    grain,
    (theirs, again) => lockstep.take(theirs, again) && lockstep.instructions < limit,
  );
  const { instructions, states, clockInterrupts, difference } = lockstep;
  if (difference) return { instructions, states, clockInterrupts, difference };
  if (states === 0) throw new Error(`program ${program.seed} never came to its body on QEMU`);
  if (!memory) return { instructions, states, clockInterrupts };
  const differing = lockstep.end(memory);
  return { instructions: lockstep.instructions, states, clockInterrupts, memory: differing };
}

/**
 * Comparing leaves the interpreter after every instruction. So the program also runs in strides; both must
 * come to the same state. Returns the first cycle at which they do not.
 */
export async function compareStrides(program: Program): Promise<number | undefined> {
  const run = async (strides: boolean, cycles: number): Promise<{ hash: string; cycles: number }> => {
    const ours = await Ours.create(program);
    if (strides) ours.runInStrides(new Random(program.seed), cycles);
    else ours.runSingly(cycles);
    return { hash: ours.machine.stateHash(), cycles: ours.machine.cycles };
  };
  const differ = async (cycles: number): Promise<boolean> =>
    (await run(true, cycles)).hash !== (await run(false, cycles)).hash;
  const single = await run(false, MOST_CYCLES);
  if ((await run(true, single.cycles)).hash === single.hash) return undefined;
  let [same, other] = [0, single.cycles];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (await differ(middle)) other = middle;
    else same = middle;
  }
  return other;
}

/** A program that has not ended by then runs in circles. */
const MOST_CYCLES = 5_000_000;
