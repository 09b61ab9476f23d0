/** The machine that a client debugs: one made for it, or one that runs in somebody's terminal. */

import { DEFAULT_RAM_BYTES } from "../../../spec/machine-map.ts";
import { parseDrive, parseMemory, parseRtc, parseSmp } from "../../arguments.ts";
import { parseChardev, parseDevice, parseNetdev } from "../../backend-arguments.ts";
import { MachineTarget } from "../../debug/machine-target.ts";
import { HartbeatError } from "../../errors.ts";
import type { Machine } from "../../machine.ts";
import { PacedLoop } from "../../pace.ts";
import { Backends } from "../backends.ts";
import { type BootOptions, settings } from "../boot-options.ts";
import { Machine as Machines } from "../index.ts";
import { takeUp } from "../run-files.ts";
import { type Arguments, optionalText, textsIn } from "./requests.ts";

/** Where the machine of a session comes from. */
export interface DapHost {
  launch(args: Arguments, onNotice: (text: string) => void): Promise<Debuggee>;
  attach(): Debuggee;
}

export interface Debuggee {
  readonly machine: Machine;
  readonly target: MachineTarget;
  /** Types into the guest's console. */
  type(text: string): void;
  /** Ends the machine, which nobody debugs any more. */
  end(): void;
}

/** How often a machine that has ended is looked at: it may be reset, or go back. */
const ENDED_MS = 50;

/** The configuration's number or text as a text, for the readers of the command line. */
function wordIn(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return typeof value === "number" ? `${value}` : optionalText(args, name);
}

/** What a launch configuration asks for, by the names of the command line's options. */
function launchOptions(args: Arguments): BootOptions {
  const text = (name: string): object => {
    const value = optionalText(args, name);
    return value === undefined ? {} : { [name]: value };
  };
  const smp = wordIn(args, "smp");
  const memory = wordIn(args, "memory");
  const rtc = optionalText(args, "rtc");
  return {
    append: optionalText(args, "append") ?? "",
    smp: smp === undefined ? 1 : parseSmp(smp),
    memory: memory === undefined ? DEFAULT_RAM_BYTES : parseMemory(memory),
    bios: optionalText(args, "bios") ?? "default",
    drives: textsIn(args, "drives").map(parseDrive),
    devices: textsIn(args, "devices").map(parseDevice),
    netdevs: textsIn(args, "netdevs").map(parseNetdev),
    chardevs: textsIn(args, "chardevs").map(parseChardev),
    snapshot: args.snapshot === true,
    ...(rtc !== undefined && { rtc: parseRtc(rtc, new Date()) }),
    ...text("kernel"),
    ...text("initrd"),
    ...text("dtb"),
    ...text("timing"),
    ...text("pipeline"),
    ...text("load"),
    ...text("replay"),
    signatureGranularity: 4,
    reboot: true,
    paused: true,
  };
}

/** A machine that was made for the client. It stands before its first instruction until it is resumed. */
export class LaunchedMachine implements Debuggee {
  readonly machine: Machine;
  readonly target: MachineTarget;
  readonly #loop: PacedLoop;
  readonly #backends: Backends;

  /** Throws HartbeatError when the configuration or its files are unfit. */
  static async launch(args: Arguments, onNotice: (text: string) => void): Promise<LaunchedMachine> {
    const options = launchOptions(args);
    const backends = await Backends.open(options, { live: true, onNotice });
    try {
      const machine = await Machines.create(await settings(options, backends.virtio));
      await takeUp(machine, options);
      return new LaunchedMachine(machine, backends);
    } catch (error) {
      backends.close();
      throw error;
    }
  }

  private constructor(machine: Machine, backends: Backends) {
    this.machine = machine;
    this.#backends = backends;
    machine.pause();
    this.target = new MachineTarget(machine, () => this.end());
    this.#loop = new PacedLoop(machine, {
      now: () => performance.now(),
      yield: () => new Promise((resolve) => setImmediate(resolve)),
      gate: () => this.#gate(),
    });
    backends.deliver = (action) => this.#loop.deliver(action);
    void this.#drive();
  }

  type(text: string): void {
    this.#loop.deliver(() => this.machine.console.send(text));
  }

  end(): void {
    this.#loop.stop();
  }

  async #drive(): Promise<void> {
    try {
      await this.#loop.run();
    } finally {
      this.#backends.close();
      this.machine.dispose();
    }
  }

  #gate(): Promise<void> | undefined {
    const held = this.target.gate();
    if (!this.machine.halted) return held ?? this.machine.pending;
    return new Promise((resolve) => setTimeout(resolve, ENDED_MS));
  }
}

/** Makes a machine for each client. */
export const LAUNCH_ONLY: DapHost = {
  launch: (args, onNotice) => LaunchedMachine.launch(args, onNotice),
  attach: () => {
    throw new HartbeatError(
      "There is no machine to attach to; launch one, or start `hartbeat boot --dap tcp::4711` and attach there.",
    );
  },
};

/** Gives each client the one machine that there is. */
export const attachOnly = (debuggee: Debuggee): DapHost => ({
  launch: () => {
    throw new HartbeatError("This machine runs already; use a configuration with request: attach.");
  },
  attach: () => debuggee,
});
