/** What a machine keeps of its run: history to go back in, snapshot files, recordings; and where its input log begins. */
import type { Core } from "../core/core.ts";
import { HartbeatError } from "../errors.ts";
import type { RunLoop } from "../run-loop.ts";
import { digestOf } from "../snapshot/digest.ts";
import type { JournaledDisk } from "../snapshot/journaled-disk.ts";
import type { MachineState } from "../snapshot/machine-state.ts";
import { type MachineIdentity, readSnapshot, writeSnapshot } from "../snapshot/snapshot-file.ts";
import { History } from "./history.ts";
import type { InputLog } from "./input-log.ts";
import { checkRun, type RecordedRun, readLog, writeLog } from "./log-file.ts";

const POWER_ON = "power-on";

export interface PastOptions {
  readonly core: Core;
  readonly loop: RunLoop;
  readonly log: InputLog;
  readonly disks: readonly JournaledDisk[];
  readonly identity: () => MachineIdentity;
  readonly stateHash: () => string;
  /** Everything but memory and disks. */
  readonly save: () => MachineState;
  /** Takes that over, after memory and disks were restored. With `anew` the machine has no past. */
  readonly restore: (state: MachineState, anew: boolean) => void;
  /** The run takes another way than before. */
  readonly fork: () => void;
}

export class Past {
  readonly #options: PastOptions;
  #history: History | undefined;
  /** Where the input log begins: at power-on, or with a snapshot of this digest. */
  #origin = POWER_ON;
  /** The state in which a recorded run ended, while it is replayed and after. */
  #recordedEnd: RecordedRun["end"] | undefined;

  constructor(options: PastOptions) {
    this.#options = options;
  }

  keepHistory(): History {
    const { core, loop, disks, save, restore, fork } = this.#options;
    this.#history ??= new History({
      core,
      loop,
      disks,
      save,
      restore: (state) => restore(state, false),
      fork,
    });
    return this.#history;
  }

  endHistory(): void {
    this.#history?.end();
    this.#history = undefined;
  }

  async snapshot(): Promise<Uint8Array> {
    const { core, disks, identity, save } = this.#options;
    return writeSnapshot({
      identity: identity(),
      state: save(),
      ram: core.ram,
      disks: disks.map(({ written }) => written),
    });
  }

  async restore(file: Uint8Array): Promise<void> {
    const { core, loop, log, disks, identity, save, restore } = this.#options;
    const snapshot = await readSnapshot(file, identity()).catch((error) => {
      throw asDamage(error);
    });
    const before = { state: save(), ram: core.ram.slice(), disks: disks.map((disk) => disk.written) };
    try {
      core.clearRam();
      for (const { address, bytes } of snapshot.pages) core.ram.set(bytes, address);
      for (const [index, disk] of disks.entries()) disk.restore(snapshot.disks[index] ?? new Map());
      restore(snapshot.state, true);
    } catch (error) {
      core.ram.set(before.ram);
      for (const [index, disk] of disks.entries()) disk.restore(before.disks[index] ?? new Map());
      restore(before.state, true);
      throw asDamage(error);
    }
    this.endHistory();
    log.clear();
    loop.restored(loop.position);
    this.#origin = digestOf(file);
  }

  recording(args: unknown): string {
    const { loop, log, identity, stateHash } = this.#options;
    return writeLog({
      identity: identity(),
      origin: this.#origin,
      inputs: log.inputs.slice(0, log.taken),
      end: { at: loop.position, state: stateHash() },
      arguments: args,
    });
  }

  replay(file: string): void {
    const { core, loop, log, identity } = this.#options;
    const run = readLog(file);
    checkRun(run, identity(), this.#origin);
    if (log.inputs.length > 0 || (this.#origin === POWER_ON && core.executed > 0)) {
      throw new HartbeatError("The machine has run already; replay the recording on a new one.");
    }
    log.load(run.inputs);
    loop.replayEnd = run.end.at;
    this.#recordedEnd = run.end;
  }

  get replayedTruly(): boolean {
    return this.#recordedEnd?.state === this.#options.stateHash();
  }
}

/** A file whose digest is right may still hold what no machine has saved; whatever trips over that, the file is to blame. */
function asDamage(error: unknown): HartbeatError {
  if (error instanceof HartbeatError) return error;
  return new HartbeatError(
    `The snapshot holds what no machine saves (${(error as Error).message}); take it again.`,
  );
}
