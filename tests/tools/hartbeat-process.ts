/** Runs the built command `hartbeat` as a child process, for tests of the command line. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { lastLines, PATIENCE_MS } from "./patience.ts";

/** How a process ended. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const COMMAND = join(PACKAGE_ROOT, "dist/hartbeat.js");

export class HartbeatProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ending>;
  stdout = "";
  stderr = "";
  #changed: () => void = () => undefined;
  #hasEnded = false;

  constructor(words: readonly string[]) {
    this.child = spawn(process.execPath, [COMMAND, ...words], { cwd: PACKAGE_ROOT });
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    this.child.stdin.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on("close", (status, signal) => {
        this.#hasEnded = true;
        resolve({ status, signal });
        this.#changed();
      });
    });
  }

  send(text: string): void {
    this.child.stdin.write(text);
  }

  /** Waits until the output after `from` matches, unless silence falls before; gives the position behind the match. */
  async expect(pattern: RegExp, from = 0): Promise<number> {
    let silent = false;
    for (;;) {
      const match = pattern.exec(this.stdout.slice(from));
      if (match) return from + match.index + match[0].length;
      if (silent || this.#hasEnded) {
        this.kill();
        throw new Error(
          `hartbeat did not print ${pattern}; it printed:\n${lastLines(this.stdout)}\n${this.stderr}`,
        );
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

  /** Waits for the end and gives it; a process that does not end in time is killed. */
  async end(timeoutMs = PATIENCE_MS): Promise<Ending> {
    const timer = setTimeout(() => this.kill(), timeoutMs);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }

  kill(): void {
    this.child.kill("SIGKILL");
  }
}

/** Runs a command to its end, without input. */
export async function runHartbeat(...words: string[]): Promise<HartbeatProcess & Ending> {
  const run = new HartbeatProcess(words);
  run.child.stdin.end();
  return Object.assign(run, await run.end());
}
