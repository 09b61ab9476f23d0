/**
 * Paces a machine by the wall clock: guest time never runs ahead of it, and a machine that waits costs no host time.
 *
 * An anchor ties one moment of the wall clock to one guest cycle; from there the guest may use as many cycles as
 * wall time has passed. A guest that waits sleeps until its next event is due on the wall clock. A busy guest that
 * the host cannot run at full speed falls behind, and then the anchor moves: lost time is not made up later. Nor is the
 * time for which the gate has held it.
 * Input is delivered between two turns, after the guest's clock was brought to the present.
 * The command line and the page's worker share it.
 */
import { CYCLES_PER_SECOND } from "../spec/machine-map.ts";

const FULL_SPEED = CYCLES_PER_SECOND / 1000;

/** Host time that one turn should take, so that keys and signals are seen soon. */
const TURN_MS = 8;
const SMALLEST_SLICE = 20_000;
const LARGEST_SLICE = 64_000_000;

/** A guest further behind than this gives the difference up. */
const LARGEST_LAG_MS = 50;

/** The longest single sleep unless told otherwise: a machine without events still has its clock brought forward. */
const LONGEST_SLEEP_MS = 1000;

/** What the loop asks of a machine. */
export interface PacedMachine {
  readonly cycles: number;
  /** All harts wait for an interrupt and none is pending. */
  readonly idle: boolean;
  /** The cycle of the next event; Infinity when only input can wake the machine. */
  readonly nextEvent: number;
  run(limit: { cycles: number }): unknown;
}

/** What the loop asks of its surroundings. */
export interface PaceHost {
  /** Wall clock in milliseconds. */
  now(): number;
  /** Lets the host's event loop handle what has arrived. */
  yield(): Promise<void>;
  /**
   * Called before the first turn, after each, and again after what it returned: a promise to wait for (a full
   * pipe, a debugger that holds the machine), or nothing.
   */
  gate?(): Promise<void> | undefined;
  /** The longest single sleep of a machine to which nothing happens. */
  readonly longestSleepMs?: number;
}

export class PacedLoop {
  readonly #machine: PacedMachine;
  readonly #host: PaceHost;
  #cyclesPerMs = FULL_SPEED;
  #anchorWall = 0;
  #anchorCycle = 0;
  #slice = 1_000_000;
  #inbox: (() => void)[] = [];
  #wake: (() => void) | undefined;
  #stopped = false;
  #endHold: () => void = () => undefined;
  /** Milliseconds spent in the guest since the start. */
  busyMs = 0;
  /** Turns of the loop since the start: an idle machine makes hardly any. */
  turns = 0;

  constructor(machine: PacedMachine, host: PaceHost) {
    this.#machine = machine;
    this.#host = host;
  }

  /** Guest seconds in a second of the wall clock at most: 1 unless set; less is slow motion. */
  set speed(speed: number) {
    this.#cyclesPerMs = speed * FULL_SPEED;
    this.#moveAnchor();
    this.#wake?.();
  }

  /** Runs turns until `stop` is called. */
  async run(): Promise<void> {
    this.#stopped = false;
    await this.#passGate();
    this.#moveAnchor();
    while (!this.#stopped) {
      this.turns++;
      this.#turn();
      const hadInput = this.#deliver();
      await this.#passGate();
      if (this.#stopped) return;
      const pause = hadInput || this.#inbox.length > 0 ? 0 : this.#pauseMs();
      if (pause > 0) await this.#sleep(pause);
      else await this.#host.yield();
    }
  }

  /** Ends `run` after the present turn, or its wait at the gate. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    this.#endHold();
  }

  /** Has `action` (a key, a packet) performed between two turns, at the guest time that the wall clock shows. */
  deliver(action: () => void): void {
    this.#inbox.push(action);
    this.#wake?.();
  }

  /** Waits until the gate lets the machine through, or the loop is stopped. */
  async #passGate(): Promise<void> {
    for (let hold = this.#host.gate?.(); hold && !this.#stopped; hold = this.#host.gate?.()) {
      const stopped = new Promise<void>((resolve) => {
        this.#endHold = resolve;
      });
      await Promise.race([hold, stopped]);
      if (this.#stopped) return;
      this.#moveAnchor();
    }
  }

  #moveAnchor(): void {
    this.#anchorWall = this.#host.now();
    this.#anchorCycle = this.#machine.cycles;
  }

  /** The last cycle that the guest may have reached by now. */
  #allowed(): number {
    return this.#anchorCycle + Math.floor((this.#host.now() - this.#anchorWall) * this.#cyclesPerMs);
  }

  #turn(): void {
    const machine = this.#machine;
    const allowed = this.#allowed();
    const due = allowed - machine.cycles;
    if (due <= 0) return;
    const waiting = machine.idle ? Math.min(machine.nextEvent, allowed) - machine.cycles : 0;
    const start = this.#host.now();
    machine.run({ cycles: Math.min(due, Math.max(this.#slice, waiting)) });
    const took = this.#host.now() - start;
    this.busyMs += took;
    if (took > 2 * TURN_MS) this.#slice = Math.max(SMALLEST_SLICE, Math.floor(this.#slice / 2));
    else if (took < TURN_MS / 2) this.#slice = Math.min(LARGEST_SLICE, this.#slice * 2);
    if (this.#allowed() - machine.cycles > LARGEST_LAG_MS * this.#cyclesPerMs) this.#moveAnchor();
  }

  #deliver(): boolean {
    if (this.#inbox.length === 0) return false;
    const actions = this.#inbox;
    this.#inbox = [];
    for (const action of actions) action();
    return true;
  }

  /** How long nothing can happen in the guest; 0 when it has work to do. */
  #pauseMs(): number {
    const { idle, nextEvent, cycles } = this.#machine;
    const target = idle ? nextEvent : cycles;
    const wait = this.#anchorWall + (target - this.#anchorCycle) / this.#cyclesPerMs - this.#host.now();
    const longest = this.#host.longestSleepMs ?? LONGEST_SLEEP_MS;
    return wait <= 0 ? 0 : Math.min(Math.ceil(wait), longest);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wake = wake;
    });
  }
}
