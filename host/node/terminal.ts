/** The user's terminal or pipe as the guest's serial line: raw keys in, bytes out, restored whatever happens. */
import type { ReadStream, WriteStream } from "node:tty";

const CTRL_A = 1;

/** What the user asked for with Ctrl-A and a second key. */
export type EscapeCommand = "quit" | "help";

export const ESCAPE_HELP = "Ctrl-A x  leave    Ctrl-A Ctrl-A  send Ctrl-A    Ctrl-A h  this help";

/** Takes QEMU's Ctrl-A sequences out of what is typed; a sequence may be split over two reads. */
export class EscapeFilter {
  #escaped = false;

  /** Calls `send` with what is meant for the guest and `command` for each sequence, in order. */
  feed(
    bytes: Uint8Array,
    send: (bytes: Uint8Array) => void,
    command: (command: EscapeCommand) => void,
  ): void {
    let plain: number[] = [];
    const flush = (): void => {
      if (plain.length > 0) send(Uint8Array.from(plain));
      plain = [];
    };
    for (const byte of bytes) {
      if (!this.#escaped) {
        if (byte === CTRL_A) this.#escaped = true;
        else plain.push(byte);
        continue;
      }
      this.#escaped = false;
      if (byte === CTRL_A || byte === "a".charCodeAt(0)) plain.push(CTRL_A);
      else {
        flush();
        command(byte === "x".charCodeAt(0) ? "quit" : "help");
      }
    }
    flush();
  }
}

/** What the terminal reports. */
export interface TerminalEvents {
  input(bytes: Uint8Array): void;
  command(command: EscapeCommand): void;
  /** Nobody reads our output any more. */
  outputClosed(): void;
}

export class Terminal {
  readonly #in: ReadStream;
  readonly #out: WriteStream;
  readonly #filter = new EscapeFilter();
  #raw = false;
  #drained: Promise<void> | undefined;

  constructor(input: ReadStream = process.stdin, output: WriteStream = process.stdout) {
    this.#in = input;
    this.#out = output;
  }

  /** A person types here, as opposed to a pipe or a file. */
  get interactive(): boolean {
    return this.#in.isTTY === true;
  }

  /** The window that output goes to; undefined figures when that is none. */
  get size(): { columns: number | undefined; rows: number | undefined } {
    return { columns: this.#out.columns, rows: this.#out.rows };
  }

  /**
   * Starts reading. A terminal is put into raw mode, so that Ctrl-C and the like reach the guest; the end of
   * a pipe or file is no event: the guest goes on without input.
   */
  open(events: TerminalEvents): void {
    this.#out.on("error", () => events.outputClosed());
    this.#in.on("error", () => this.#in.destroy());
    if (this.interactive) {
      this.#in.setRawMode(true);
      this.#raw = true;
      process.on("exit", () => this.restore());
      process.on("SIGCONT", () => this.#raw && this.#in.setRawMode(true));
      this.#in.on("data", (bytes: Uint8Array) =>
        this.#filter.feed(bytes, events.input, (command) => events.command(command)),
      );
    } else this.#in.on("data", (bytes: Uint8Array) => events.input(bytes));
  }

  /** Reads no further for the time being, or goes on. */
  hold(held: boolean): void {
    if (held !== this.#in.isPaused()) this.#in[held ? "pause" : "resume"]();
  }

  /** Writes guest output. While the reader is slow, `drained` gives a promise to wait for. */
  write(bytes: Uint8Array): void {
    if (this.#out.write(bytes) || this.#drained) return;
    this.#drained = new Promise((resolve) => {
      const done = (): void => {
        this.#drained = undefined;
        resolve();
      };
      this.#out.once("drain", done);
      this.#out.once("close", done);
    });
  }

  get drained(): Promise<void> | undefined {
    return this.#drained;
  }

  /** A line from hartbeat itself, on stderr; raw mode needs the carriage return. */
  notice(text: string): void {
    process.stderr.write(this.#raw ? `\r\n${text.replaceAll("\n", "\r\n")}\r\n` : `${text}\n`);
  }

  /** Gives the terminal back as it was. Harmless when repeated. */
  restore(): void {
    if (!this.#raw) return;
    this.#raw = false;
    this.#in.setRawMode(false);
  }

  /** Stops reading and waits until all output was taken. */
  async close(): Promise<void> {
    this.restore();
    this.#in.pause();
    this.#in.removeAllListeners("data");
    await new Promise<void>((resolve) => {
      if (this.#out.destroyed) resolve();
      else this.#out.write("", () => resolve());
    });
  }
}
