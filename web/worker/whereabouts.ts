/**
 * How a machine comes to where a run was left, and what another machine needs to come to where this one is: a recording of
 * what came in since power-on, after the snapshot that the run began with, if any.
 */
import type { MachineTarget } from "../../host/debug/machine-target.ts";
import { HartbeatError } from "../../host/errors.ts";
import type { Machine } from "../../host/machine.ts";
import { readLog } from "../../host/replay/log-file.ts";
import type { Beginning, MachineSettings } from "../protocol.ts";
import { recordedArguments } from "../recorded-arguments.ts";
import type { Debugger } from "./debugger.ts";

/** Guest time of one look at whether the machine is there. */
const SLICE = 20_000_000;

export interface WhereaboutsOptions {
  readonly machine: Machine;
  readonly target: MachineTarget;
  readonly debugger: Debugger;
  readonly settings: MachineSettings;
  /** Takes a snapshot over, with the screen that belongs to it. */
  readonly restore: (snapshot: Uint8Array) => Promise<void>;
  /** Calls `turn` again and again, as fast as the host can, until it is true; `total`: where that will be, in cycles. */
  readonly hurry: (turn: () => boolean, total: number) => Promise<void>;
}

/** A run that another machine repeats. */
export interface Run {
  /** What it began with, if not with power-on. */
  readonly origin: Uint8Array | undefined;
  readonly recording: string;
}

export class Whereabouts {
  readonly #options: WhereaboutsOptions;
  #origin: Uint8Array | undefined;

  constructor(options: WhereaboutsOptions) {
    this.#options = options;
  }

  /** The run goes on from a snapshot. */
  set origin(snapshot: Uint8Array) {
    this.#origin = snapshot;
  }

  /** What has led here. */
  get run(): Run {
    const { machine, settings } = this.#options;
    return { origin: this.#origin, recording: machine.recording(recordedArguments(settings)) };
  }

  /** What a link needs to bring the same machine here. */
  async present(): Promise<Beginning> {
    const { origin, recording } = this.run;
    if (origin) return { kind: "snapshot", bytes: await this.#options.machine.snapshot() };
    return { kind: "recording", text: recording };
  }

  /** Brings a new machine there, where it stands. */
  async bring(beginning: Beginning): Promise<void> {
    const { machine, target, debugger: control, restore, hurry } = this.#options;
    switch (beginning.kind) {
      case "snapshot":
        await restore(beginning.bytes);
        control.stand("where the snapshot was taken");
        break;
      case "recording":
        await this.repeat({ origin: undefined, recording: beginning.text });
        break;
      case "cycle":
        target.keepHistory();
        await hurry(() => {
          const left = beginning.cycle - machine.cycles;
          return left <= 0 || machine.run({ cycles: Math.min(SLICE, left) }) === "halted";
        }, beginning.cycle);
        control.stand("at the cycle of the link");
        break;
      case "place":
        await control.runTo(beginning.where);
        break;
    }
  }

  /** Repeats a run to its end, or to the first place where `debugger` stops it. */
  async repeat({ origin, recording }: Run): Promise<void> {
    const { machine, target, debugger: control, restore, hurry } = this.#options;
    if (origin) await restore(origin);
    target.keepHistory();
    machine.replay(recording);
    const { at } = readLog(recording).end;
    let ended = false;
    await hurry(() => {
      const end = machine.run({ cycles: SLICE });
      ended = end === "replayed" || end === "halted";
      return ended || machine.paused;
    }, at.cycle);
    if (!ended) return;
    if (!machine.replayedTruly) {
      throw new HartbeatError(
        "The run was repeated and came out otherwise than recorded; this page's hartbeat is another one.",
      );
    }
    control.stand("at the end of the recorded run");
  }
}
