/** Runs qemu-system-riscv64 with its serial console on pipes, as the second opinion on our machine. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { lastLines, PATIENCE_MS } from "./patience.ts";
import { findTool } from "./tools.ts";

export class Qemu {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number | null>;
  /** What the guest wrote. */
  output = "";
  #mark = 0;
  #changed: () => void = () => {};
  #hasEnded = false;

  /** `words` follow `-M virt -nographic`. */
  constructor(words: readonly string[]) {
    const command = findTool("qemu-system-riscv64");
    if (!command) throw new Error("qemu-system-riscv64 is not installed");
    this.child = spawn(command, [
      "-M",
      "virt",
      "-nographic",
      "-monitor",
      "none",
      "-serial",
      "stdio",
      ...words,
    ]);
    this.child.stdin.on("error", () => {});
    this.child.stdout.setEncoding("latin1").on("data", (text: string) => {
      this.output += text;
      this.#changed();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.output += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.on("close", (status) => {
        this.#hasEnded = true;
        resolve(status);
        this.#changed();
      });
    });
  }

  send(text: string): void {
    this.child.stdin.write(text);
  }

  /** Waits until the output after the last match matches; rejects with all output when the guest falls silent before. */
  async expect(pattern: RegExp): Promise<RegExpExecArray> {
    let silent = false;
    for (;;) {
      const match = pattern.exec(this.output.slice(this.#mark));
      if (match) {
        this.#mark += match.index + match[0].length;
        return match;
      }
      if (silent || this.#hasEnded) {
        this.kill();
        throw new Error(`QEMU's guest did not write ${pattern}; it wrote:\n${lastLines(this.output)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          silent = true;
          resolve();
        }, PATIENCE_MS);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The exit status; a process that does not end in time is killed. */
  async end(timeoutMs = PATIENCE_MS): Promise<number | null> {
    const timer = setTimeout(() => this.kill(), timeoutMs);
    const status = await this.ended;
    clearTimeout(timer);
    return status;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}
