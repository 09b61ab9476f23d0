/** A real GDB that is told one command after the other, for tests that do something else in between. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { lastLines, PATIENCE_MS } from "./patience.ts";

export class GdbProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = "";
  #count = 0;
  #changed: () => void = () => undefined;
  #hasEnded = false;

  /** Reads the symbols of `file`. */
  constructor(file: string) {
    // One pipe for both, so that errors stay in their place among the answers.
    this.#child = spawn("sh", ["-c", 'exec gdb-multiarch -nx -q "$0" 2>&1', file], { stdio: "pipe" });
    const take = (text: string): void => {
      this.#output += text;
      this.#changed();
    };
    this.#child.stdout.setEncoding("utf8").on("data", take);
    this.#child.stdin.on("error", () => undefined);
    this.#child.on("close", () => {
      this.#hasEnded = true;
      this.#changed();
    });
    this.#child.stdin.write(
      "set pagination off\nset confirm off\nset width 0\nset remotetimeout 300\nset tcp connect-timeout 300\n",
    );
  }

  /** Gives what GDB prints for a command; one that runs the machine ends when it stops. */
  ask(command: string): Promise<string> {
    const mark = `answered-${++this.#count}`;
    const from = this.#output.length;
    this.#child.stdin.write(`${command}\necho ${mark}\\n\n`);
    return this.#until(() => {
      const end = this.#output.indexOf(`${mark}\n`, from);
      return end < 0 ? undefined : this.#output.slice(from, end);
    }, command);
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0 || this.#hasEnded) {
        throw new Error(`gdb did not answer '${what}'; it printed:\n${lastLines(this.#output)}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}
