/** A shell session with Debian's kernel and busybox on our machine. */

import { type CreateOptions, Machine } from "../../host/node/index.ts";
import { debianInitramfs, debianKernel, PROMPT } from "../tools/debian-initramfs.ts";

/** A file of 8 MiB in the guest. */
export const DATA = {
  path: "/data",
  bytes: new Uint8Array(8 * 2 ** 20).map((_, index) => (index * index) >> 7),
};

/** Guest time that a command may take. */
const TIMEOUT_CYCLES = 60_000_000_000;

export class LinuxSession {
  readonly machine: Machine;
  #written = "";

  private constructor(machine: Machine) {
    this.machine = machine;
    machine.console.onOutput((bytes) => {
      this.#written += Buffer.from(bytes).toString("latin1");
    });
  }

  /** Boots to the prompt. */
  static async open(options: CreateOptions): Promise<LinuxSession> {
    const machine = await Machine.create({
      ramBytes: 256 * 2 ** 20,
      kernel: debianKernel(),
      initrd: debianInitramfs([{ kind: "file", path: DATA.path.slice(1), bytes: DATA.bytes }]),
      append: "console=ttyS0",
      ...options,
    });
    await machine.console.expect(PROMPT, { timeoutCycles: TIMEOUT_CYCLES });
    return new LinuxSession(machine);
  }

  /** Runs a command that must succeed, and gives what it wrote. */
  async run(command: string): Promise<string> {
    const { console } = this.machine;
    // The echo of the command has the dollar sign where the answer has a number. What lies between is the output.
    console.send(`${command}; echo "=$?="\n`);
    await console.expect(/="\r\n/);
    this.#written = "";
    const [, status] = await console.expect(/=(\d+)=\r\n/, { timeoutCycles: TIMEOUT_CYCLES });
    const output = this.#written.replace(/=\d+=\r\n$/, "");
    await console.expect(PROMPT);
    if (status !== "0") throw new Error(`'${command}' ended with status ${status} after writing:\n${output}`);
    return output.replace(/\r/g, "");
  }

  /** Powers off; gives how the machine halted. */
  powerOff(): Machine["halted"] {
    this.machine.console.send("poweroff -f\n");
    this.machine.run({ cycles: 10_000_000_000 });
    return this.machine.halted;
  }
}
