/** Runs a program here and on QEMU and compares the state before every instruction. */
import { MSTATUS_BIT, PRIVILEGE } from "../../spec/riscv.ts";
import { Ours } from "./ours.ts";
import type { Program } from "./program.ts";
import { runQemu } from "./qemu.ts";
import { Random } from "./random.ts";
import { CSR_SLOTS, differences, MCAUSE, PC, PRIV, SCAUSE, type State, sameState, slot } from "./state.ts";

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
  /** States that agreed. */
  readonly instructions: number;
  readonly difference?: Difference;
}

const [MSTATUS, MIP, MIE, MIDELEG] = ["mstatus", "mip", "mie", "mideleg"].map((name) =>
  (CSR_SLOTS as readonly string[]).indexOf(name),
) as [number, number, number, number];

/** Whether an interrupt is taken before the next instruction (privileged manual, section 3.1.9). */
function interruptDue(state: State): boolean {
  const low = (index: number): number => state[2 * index] ?? 0;
  const pending = low(MIP) & low(MIE);
  const enabled = (bit: number): boolean => ((low(MSTATUS) >> bit) & 1) === 1;
  const priv = state[PRIV] ?? 0;
  if (priv < PRIVILEGE.M || enabled(MSTATUS_BIT.MIE)) {
    if (pending & ~low(MIDELEG)) return true;
  }
  const supervisor = priv < PRIVILEGE.S || (priv === PRIVILEGE.S && enabled(MSTATUS_BIT.SIE));
  return supervisor && (pending & low(MIDELEG)) !== 0;
}

/** Causes of traps before which QEMU logs nothing, because there was no instruction to translate. */
const FETCH_FAULTS = new Set([1n, 12n]);

const BREAKPOINT = 3n;
const TRAP_VALUES = [
  ["mtval", MCAUSE, CSR_SLOTS.indexOf("mtval")],
  ["stval", SCAUSE, CSR_SLOTS.indexOf("stval")],
] as const;

class Lockstep {
  readonly #ours: Ours;
  readonly #program: Program;
  #started = false;
  #interrupted = false;
  #previousPc = 0n;
  count = 0;
  difference: Difference | undefined;

  constructor(ours: Ours, program: Program) {
    this.#ours = ours;
    this.#program = program;
  }

  /** Takes the next state of QEMU's log; false when done. */
  take(theirs: State): boolean {
    if (!this.#started) {
      if (theirs[0] !== this.#program.body || theirs[1] !== 0) return true;
      this.#started = true;
      this.#ours.runTo(this.#program.body);
    }
    // We take an interrupt and execute the first instruction of the handler in one step; QEMU logs the state between.
    if (this.#interrupted) this.#ours.step();
    for (let faults = 0; faults < 3; faults++) {
      if (this.#ours.halted) return false;
      const state = this.#ours.state();
      this.#adoptBreakpointValue(state, theirs);
      if (sameState(state, theirs)) return this.#agree(slot(theirs, PC));
      if (this.#interrupted) break;
      if (interruptDue(state)) {
        this.#interrupted = true;
        return true;
      }
      if (!this.#fetchFaults()) break;
    }
    return this.#fail(theirs);
  }

  #agree(pc: bigint): boolean {
    this.#interrupted = false;
    this.#previousPc = pc;
    this.count++;
    this.#ours.step();
    return !this.#ours.halted;
  }

  /** After an ebreak mtval is "either zero or" the address, as the implementation likes: QEMU's is 0. */
  #adoptBreakpointValue(ours: State, theirs: State): void {
    for (const [name, cause, value] of TRAP_VALUES) {
      if (slot(ours, cause) !== BREAKPOINT || slot(theirs, value) !== 0n || slot(ours, value) === 0n)
        continue;
      this.#ours.clearTrapValue(name);
      ours.fill(0, 2 * value, 2 * value + 2);
    }
  }

  /** Takes a step if that is a fetch fault; otherwise the state is left for the report. */
  #fetchFaults(): boolean {
    const before = this.#ours.state().slice();
    const retired = this.#ours.retired;
    this.#ours.step();
    const after = this.#ours.state();
    const faulted = FETCH_FAULTS.has(slot(after, MCAUSE)) || FETCH_FAULTS.has(slot(after, SCAUSE));
    if (this.#ours.retired === retired && faulted) return true;
    this.#reported = before;
    return false;
  }

  #reported: State | undefined;

  #fail(theirs: State): false {
    const ours = this.#reported ?? this.#ours.state().slice();
    const what = differences(ours, theirs).join(", ");
    this.difference = { index: this.count, what, previousPc: this.#previousPc, ours, theirs: theirs.slice() };
    return false;
  }
}

/** Compares until the program ends, something differs, or `limit` instructions agreed. */
export async function compare(
  qemu: string,
  program: Program,
  limit = Number.POSITIVE_INFINITY,
): Promise<Outcome> {
  const ours = await Ours.create(program);
  const lockstep = new Lockstep(ours, program);
  await runQemu(qemu, program, (theirs) => lockstep.take(theirs) && lockstep.count < limit);
  const { count: instructions, difference } = lockstep;
  if (difference) return { instructions, difference };
  if (instructions === 0) throw new Error(`program ${program.seed} never came to its body on QEMU`);
  return { instructions };
}

/**
 * Single steps leave the interpreter after every instruction. So the program also runs in strides; both must
 * come to the same state. Returns the first cycle at which they do not.
 */
export async function compareStrides(program: Program): Promise<number | undefined> {
  const run = async (strides: boolean, cycles: number): Promise<{ hash: string; cycles: number }> => {
    const ours = await Ours.create(program);
    if (strides) ours.runInStrides(new Random(program.seed), cycles);
    else while (!ours.halted && ours.machine.cycles < cycles) ours.step();
    return { hash: ours.machine.stateHash(), cycles: ours.machine.cycles };
  };
  const differ = async (cycles: number): Promise<boolean> =>
    (await run(true, cycles)).hash !== (await run(false, cycles)).hash;
  const { cycles } = await run(false, MOST_CYCLES);
  if (!(await differ(cycles))) return undefined;
  let [same, other] = [0, cycles];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (await differ(middle)) other = middle;
    else same = middle;
  }
  return other;
}

/** A program that has not ended by then runs in circles. */
const MOST_CYCLES = 5_000_000;
