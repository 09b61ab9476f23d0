/** The machine's serial console for programs: what the guest writes, what it is to read, and waiting for a text. */
import { CYCLES_PER_SECOND } from "../spec/machine-map.ts";
import { HartbeatError } from "./errors.ts";

/** Characters of output that are kept; when there are twice as many, the older half goes. */
const KEPT = 4 * 2 ** 20;
/** Bytes that become characters together at the latest. */
const RECENT = 4096;
/** A match is looked for in this many characters before the last one. */
const WINDOW = 4096;
/** Guest time that expect() waits unless told otherwise. */
const DEFAULT_TIMEOUT = 60 * CYCLES_PER_SECOND;
/** Guest time between looks at the host's event loop. */
const SLICE = 50_000_000;

/** What the console needs of its machine. */
export interface ConsoleMachine {
  readonly cycles: number;
  readonly halted: object | undefined;
  /** Something to wait for before run() can go on. */
  readonly pending?: Promise<void> | undefined;
  run(limit: { cycles: number }): unknown;
  /** Ends a run() after the present instruction. */
  requestStop(): void;
}

export interface ConsoleOptions {
  readonly machine: ConsoleMachine;
  /** Hands bytes to the UART at the present guest time. */
  readonly input: (bytes: Uint8Array) => void;
}

/** The console as snapshots keep it. */
export interface ConsoleState {
  readonly output: string;
  readonly mark: number;
  readonly sent: number;
}

interface Waiting {
  readonly pattern: RegExp;
  found: RegExpExecArray | undefined;
}

export class Console {
  /** The output but for its last bytes, which become characters together: a string that grows by one is costly. */
  #text = "";
  readonly #recent = new Uint8Array(RECENT);
  #recentLength = 0;
  readonly #machine: ConsoleMachine;
  /** Bytes that the guest has written since power-on, over resets too, and how many of them listeners were told. */
  #sent = 0;
  #told = 0;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  /** What expect() has consumed of the output. */
  #mark = 0;
  #waiting: Waiting | undefined;

  readonly #input: (bytes: Uint8Array) => void;

  constructor({ machine, input }: ConsoleOptions) {
    this.#machine = machine;
    this.#input = input;
  }

  /** What the guest wrote since power-on, one character for each byte; of a flood the last 4 Mi or more. */
  get output(): string {
    if (this.#recentLength > 0) {
      this.#text += String.fromCharCode(...this.#recent.subarray(0, this.#recentLength));
      this.#recentLength = 0;
    }
    if (this.#text.length >= 2 * KEPT) {
      this.#text = this.#text.slice(KEPT);
      this.#mark = Math.max(0, this.#mark - KEPT);
    }
    return this.#text;
  }

  /** Calls `listener` with what the guest writes, as it writes it. Returns a function that ends this. */
  onOutput(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Types text (as UTF-8) or bytes, at the present guest time. The guest reads them when it will. */
  send(input: string | Uint8Array): void {
    this.#input(typeof input === "string" ? new TextEncoder().encode(input) : input);
  }

  /**
   * Runs the machine until the guest has written something that matches, after what the last expect() matched. Stops at
   * the very instruction that wrote the last character, so what follows is the same in every run. Rejects with
   * HartbeatError, quoting the end of the output, when the machine halts first or `timeoutCycles` of guest time pass.
   */
  async expect(
    pattern: RegExp | string,
    { timeoutCycles = DEFAULT_TIMEOUT }: { timeoutCycles?: number } = {},
  ): Promise<RegExpExecArray> {
    const source =
      typeof pattern === "string" ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : pattern.source;
    const flags = typeof pattern === "string" ? "" : pattern.flags.replace(/[gy]/g, "");
    const waiting: Waiting = { pattern: new RegExp(source, flags), found: undefined };
    const end = this.#machine.cycles + timeoutCycles;
    this.#waiting = waiting;
    this.#look(waiting);
    try {
      while (!waiting.found) {
        if (this.#machine.halted) throw this.#failure(pattern, "the machine halted");
        if (this.#machine.cycles >= end) {
          throw this.#failure(pattern, `${timeoutCycles / CYCLES_PER_SECOND} s of guest time passed`);
        }
        this.#machine.run({ cycles: Math.min(SLICE, end - this.#machine.cycles) });
        await (this.#machine.pending ?? new Promise<unknown>((resolve) => setTimeout(resolve)));
      }
    } finally {
      this.#waiting = undefined;
    }
    return waiting.found;
  }

  /** The UART sent a byte. */
  receive(byte: number): void {
    this.#recent[this.#recentLength++] = byte;
    if (this.#recentLength === RECENT) void this.output;
    this.#sent += 1;
    // A machine that went back writes again what everybody has seen.
    if (this.#sent > this.#told) {
      this.#told = this.#sent;
      const bytes = Uint8Array.of(byte);
      for (const listener of this.#listeners) listener(bytes);
    }
    if (this.#waiting && this.#look(this.#waiting)) this.#machine.requestStop();
  }

  /** Forgets the output, as after power-on. */
  reset(): void {
    this.#text = "";
    this.#recentLength = 0;
    this.#mark = 0;
  }

  state(): ConsoleState {
    return { output: this.output, mark: this.#mark, sent: this.#sent };
  }

  /** Takes over what `state` gave. With `anew` listeners have heard nothing of what is to come. */
  restore({ output, mark, sent }: ConsoleState, anew = false): void {
    this.#text = output;
    this.#recentLength = 0;
    this.#mark = mark;
    this.#sent = sent;
    if (anew) this.#told = sent;
  }

  /** The run takes another way from here: listeners have heard nothing of it. */
  fork(): void {
    this.#told = this.#sent;
  }

  #look(waiting: Waiting): boolean {
    if (waiting.found) return true;
    const { output } = this;
    const start = Math.max(this.#mark, output.length - WINDOW);
    const match = waiting.pattern.exec(output.slice(start));
    if (!match) return false;
    this.#mark = start + match.index + match[0].length;
    waiting.found = match;
    return true;
  }

  #failure(pattern: RegExp | string, why: string): HartbeatError {
    const tail = this.output.slice(-600);
    return new HartbeatError(`The guest did not write ${pattern}: ${why}. Its output ends with:\n${tail}`);
  }
}
