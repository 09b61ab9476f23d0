/** Guests for debugger tests: a small program built on the spot, machines that run it, and GDB driving them. */
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import type { SessionOptions } from "../../../host/debug/rsp/session.ts";
import { Machine, type MachineOptions } from "../../../host/machine.ts";
import { PACKAGE_FILES, PACKAGE_ROOT } from "../../../host/node/files.ts";
import { type GdbServer, startGdbServer } from "../../../host/node/gdb-server.ts";
import { PATIENCE_MS } from "../../tools/patience.ts";

const SLICE = 100_000;

const COMPILE =
  "-march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -O1 -g -ffreestanding -nostdlib -static -no-pie -fno-pic " +
  "-fno-omit-frame-pointer -Wall -Wextra -Werror -Wl,--build-id=none,-N,--no-warn-rwx-segments " +
  "-Wl,--section-start=.start=0x80000000 -Wl,-Ttext=0x80001000";

/** The program of guest/program.c as an ELF file in a folder of its own. */
export class GuestProgram {
  readonly #folder = mkdtempSync(join(tmpdir(), "hartbeat-gdb-"));
  readonly path = join(this.#folder, "program");

  constructor() {
    const source = join(PACKAGE_ROOT, "tests/host/debug/guest/program.c");
    execFileSync("riscv64-linux-gnu-gcc", [...COMPILE.split(" "), "-o", this.path, source]);
  }

  /** A machine that runs the program in M-mode from reset. */
  machine(harts: number): Promise<Machine> {
    return createMachine({ harts, firmware: { name: "program", bytes: readFileSync(this.path) } });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function createMachine(options: Omit<MachineOptions, "wasm">): Promise<Machine> {
  return Machine.create({ ramBytes: 16 * 2 ** 20, ...options, wasm: readFileSync(PACKAGE_FILES.core) });
}

/** A machine that waits for a debugger, with its server, driven as the command line drives it. */
export class DebuggedGuest {
  #ended = false;
  readonly #done: Promise<void>;

  private constructor(
    readonly machine: Machine,
    readonly target: MachineTarget,
    readonly server: GdbServer,
  ) {
    this.#done = this.#drive();
  }

  static async start(machine: Machine, options: SessionOptions = {}): Promise<DebuggedGuest> {
    machine.pause();
    let guest: DebuggedGuest | undefined;
    const target = new MachineTarget(machine, () => guest?.end());
    guest = new DebuggedGuest(machine, target, await startGdbServer(target, 0, options));
    return guest;
  }

  /** Resolves when the guest has halted or was ended. */
  get done(): Promise<void> {
    return this.#done;
  }

  async stop(): Promise<void> {
    this.end();
    this.target.resume();
    await this.#done;
    await this.server.close();
    this.machine.dispose();
  }

  private end(): void {
    this.#ended = true;
  }

  async #drive(): Promise<void> {
    while (!this.#ended) {
      await this.target.gate();
      if (this.machine.halted || this.#ended) break;
      this.machine.run({ cycles: SLICE });
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.target.gate();
  }
}

/**
 * Runs GDB in batch mode on `file`, if one is given, connected to `server`, and gives all that it printed. When
 * `interruptAfter` has come to pass, it gets what Ctrl-C sends.
 */
export function gdb(
  server: Pick<GdbServer, "address">,
  file: string | undefined,
  commands: readonly string[],
  interruptAfter?: Promise<unknown>,
): Promise<string> {
  // A server whose process the host does not let run is not to be taken for dead.
  const settings = [
    "set pagination off",
    "set confirm off",
    "set remotetimeout 300",
    "set tcp connect-timeout 300",
  ];
  const all = [...settings, `target remote ${server.address}`, ...commands];
  // One file for both, so that what GDB complains about stands where it happened.
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-gdb-"));
  const log = join(folder, "log");
  const descriptor = openSync(log, "a");
  const words = ["-nx", "-batch", ...all.flatMap((line) => ["-ex", line]), ...(file ? [file] : [])];
  const child = spawn("gdb-multiarch", words, {
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
    stdio: ["ignore", descriptor, descriptor],
  });
  const interrupt = (): boolean => child.kill("SIGINT");
  interruptAfter?.then(interrupt, interrupt);
  return new Promise<string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      // Where the sources are is no matter here.
      const output = readFileSync(log, "utf8").replace(/^\d+\t.*: No such file or directory\.\n/gm, "");
      if (signal === null) resolve(output);
      else reject(new Error(`gdb was ended by ${signal}; it had printed:\n${output}`));
    });
  }).finally(() => {
    closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  });
}
