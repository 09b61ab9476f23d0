/** One machine from power-on to power-off: paced by the wall clock, recorded, and open to the debugger. */
import { looksLikeElf } from "../../host/boot/elf.ts";
import { MachineTarget } from "../../host/debug/machine-target.ts";
import type { DebugTarget } from "../../host/debug/target.ts";
import { HartbeatError } from "../../host/errors.ts";
import { Machine } from "../../host/machine.ts";
import { PacedLoop } from "../../host/pace.ts";
import { digestOf } from "../../host/snapshot/digest.ts";
import type {
  BootPathView,
  Fingerprint,
  GuestFiles,
  MachineSettings,
  PowerState,
  Status,
  ToPage,
} from "../protocol.ts";
import type { ConsoleFlow } from "./console-flow.ts";
import { Debugger } from "./debugger.ts";
import { openDrives } from "./drive.ts";
import { Hold } from "./hold.ts";
import { fetchLineTable, type Images } from "./images.ts";
import { Inspector } from "./inspector.ts";
import { PipelineWatch } from "./pipeline-watch.ts";
import { Recorder } from "./recorder.ts";
import { SourceLines } from "./source-lines.ts";
import { Whereabouts } from "./whereabouts.ts";

const STATUS_INTERVAL_MS = 250;
/** The clock of an idle machine is brought forward so often: each time costs the page a drawing. */
const IDLE_INTERVAL_MS = 5000;
/** Below this share of host time a waiting machine counts as idle. */
const IDLE_LOAD = 0.2;
/** As much of the past output as a restored machine shows. */
const SCREEN_CHARACTERS = 65_536;
/** Host time of one stretch of a run that goes as fast as it can. */
const TURN_MS = 30;

/** Lets the worker's event loop run; a message, because timers of a worker wait 4 ms at least. */
const channel = new MessageChannel();
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(0);
  });
}

export interface SessionHost {
  readonly console: ConsoleFlow;
  post(message: ToPage): void;
  /** The guest asks for a reset. */
  restart(): void;
}

export class Session {
  readonly machine: Machine;
  readonly debugger: Debugger;
  readonly inspector: Inspector;
  readonly pipeline: PipelineWatch;
  readonly whereabouts: Whereabouts;
  readonly #settings: MachineSettings;
  readonly #host: SessionHost;
  readonly #target: MachineTarget;
  readonly #loop: PacedLoop;
  readonly #console: ConsoleFlow;
  readonly #recorder: Recorder;
  #booting = true;
  #replaying = false;
  #stopped = false;
  #pipelineWatched = false;
  #seen = true;
  /** A GDB outside has the machine, too. */
  #shared = false;
  #unseen: Hold | undefined;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;
  #statusWall = performance.now();
  #statusBusy = 0;

  static async create(
    images: Images,
    settings: MachineSettings,
    files: GuestFiles,
    host: SessionHost,
  ): Promise<Session> {
    const { harts, ramBytes, append, timing } = settings;
    const initrd = files.initrd ?? (files.kernel ? undefined : images.initrd);
    const machine = await Machine.create({
      wasm: images.wasm,
      firmware: images.firmware,
      kernel: files.kernel ?? images.kernel,
      ...(files.kernel && files.symbols && { symbols: files.symbols }),
      ...(files.kernel && files.decompressor && { decompressor: files.decompressor }),
      ...(initrd && { initrd }),
      drives: await openDrives(files.disk, settings.urls.disk),
      harts,
      ramBytes,
      append,
      timing,
    });
    return new Session(machine, settings, files, host);
  }

  private constructor(machine: Machine, settings: MachineSettings, files: GuestFiles, host: SessionHost) {
    this.machine = machine;
    this.#settings = settings;
    this.#host = host;
    this.#target = new MachineTarget(machine);
    this.#recorder = new Recorder(machine, this.#target);
    const { kernel, symbols } = files;
    const withLines = [symbols, kernel].find((file) => file && looksLikeElf(file.bytes));
    this.inspector = new Inspector(machine, this.#target, () =>
      SourceLines.load(
        async () => (kernel ? withLines?.bytes : fetchLineTable("vmlinux")),
        () => fetchLineTable("firmware"),
      ),
    );
    this.pipeline = new PipelineWatch(machine);
    this.debugger = new Debugger(machine, this.#target, this.inspector);
    this.debugger.onStop = (stop) => {
      this.#flush();
      host.post({ type: "stopped", stop });
      this.#statusSoon();
    };
    this.whereabouts = new Whereabouts({
      machine,
      target: this.#target,
      debugger: this.debugger,
      settings,
      restore: (snapshot) => this.restore(snapshot),
      hurry: (turn, total) => this.#hurry(turn, total),
    });
    this.#console = host.console;
    this.#console.discard();
    machine.console.onOutput((bytes) => {
      if (this.#console.push(bytes, machine.inputs.next !== undefined)) machine.requestStop();
    });
    this.#loop = new PacedLoop(machine, {
      now: () => performance.now(),
      yield: nextTask,
      gate: () => this.#gate(),
      longestSleepMs: IDLE_INTERVAL_MS,
    });
    this.#loop.speed = settings.speed;
  }

  /** Powers on, brings the machine to where it is to begin, and lets it run until it is stopped. */
  async run(begin?: () => Promise<void>): Promise<void> {
    this.#host.post({ type: "power-on" });
    if (begin) await this.#begin(begin);
    else if (this.#settings.paused) this.debugger.pause();
    if (this.#stopped) return;
    this.#postStatus();
    if (!this.#settings.free) await this.#loop.run();
  }

  /** What cannot be brought about is told, and the machine begins with its first instruction. */
  async #begin(begin: () => Promise<void>): Promise<void> {
    try {
      await begin();
    } catch (error) {
      if (!(error instanceof HartbeatError) || this.#stopped) throw error;
      this.#host.post({ type: "notice", message: error.message });
    }
  }

  async #hurry(turn: () => boolean, total: number): Promise<void> {
    this.#replaying = true;
    this.#postStatus();
    for (let done = false; !done && !this.#stopped; ) {
      const rest = performance.now() + TURN_MS;
      while (!done && performance.now() < rest && !this.#console.ready) done = turn();
      this.#flush();
      this.#host.post({ type: "progress", what: "Repeating the run", loaded: this.machine.cycles, total });
      await this.machine.pending;
      await this.#console.ready;
      await nextTask();
    }
    this.#replaying = false;
  }

  input(bytes: Uint8Array): void {
    if (this.#settings.free) this.machine.console.send(bytes);
    else this.#loop.deliver(() => this.machine.console.send(bytes));
  }

  /** How much of the documented boot path this kernel lets one see. */
  get bootPath(): BootPathView {
    return this.#recorder.bootPath;
  }

  watchPipeline(watched: boolean): void {
    this.debugger.remember();
    this.#pipelineWatched = watched;
    this.pipeline.watched = watched;
  }

  setTiming(pipeline: string): void {
    this.machine.setTiming(pipeline);
    this.pipeline.watched = this.#pipelineWatched;
    this.#postStatus();
  }

  setSpeed(speed: number): void {
    this.#loop.speed = speed;
  }

  /** While nobody sees the page the machine stands, and its time with it. */
  set seen(seen: boolean) {
    this.#seen = seen;
    this.#look();
  }

  /** The machine as a GDB outside gets it. */
  get gdbTarget(): DebugTarget {
    if (this.#settings.free) throw new HartbeatError("the page's machine is run by a program (?free=1)");
    if (this.machine.halted) throw new HartbeatError("the page's machine is off");
    if (this.#replaying) throw new HartbeatError("the page repeats a run; try again when it stands");
    return this.#target;
  }

  /** A GDB outside runs the machine now, or no longer: it need not be seen, then. */
  set shared(shared: boolean) {
    this.#shared = shared;
    this.debugger.shared = shared;
    this.#look();
  }

  /** Lets the machine go on, when it stood because nobody saw it. */
  #look(): void {
    if (!this.#seen && !this.#shared) return;
    this.#unseen?.end();
    this.#unseen = undefined;
  }

  #outOfSight(): Promise<void> | undefined {
    if (this.#seen || this.#shared) return undefined;
    this.#unseen ??= new Hold();
    return this.#unseen.ended;
  }

  snapshot(): Promise<Uint8Array> {
    this.#flush();
    return this.machine.snapshot();
  }

  /** Goes to where a snapshot was taken, with the screen that there was. */
  async restore(snapshot: Uint8Array): Promise<void> {
    await this.machine.restore(snapshot);
    this.whereabouts.origin = snapshot;
    this.#console.discard();
    this.#host.post({ type: "restored", cycle: this.machine.cycles, snapshot: digestOf(snapshot) });
    this.#recorder.restart();
    const screen = this.machine.console.output.slice(-SCREEN_CHARACTERS);
    this.#console.push(Uint8Array.from(screen, (character) => character.charCodeAt(0)));
    this.#flush();
    this.#postStatus();
  }

  fingerprint(): Fingerprint {
    return { cycles: this.machine.cycles, hash: this.machine.stateHash() };
  }

  /** Free mode: runs for so many cycles, or until the text appears. */
  async advance(limit: { cycles: number } | { text: string }): Promise<void> {
    if ("cycles" in limit) await this.#runTo(this.machine.cycles + limit.cycles);
    else await this.machine.console.expect(limit.text);
    this.#flush();
    this.#postStatus();
  }

  /** A run that the console's flow control ends early goes on when the page has drawn; one that waits for a disk, with its data. */
  async #runTo(end: number): Promise<void> {
    for (;;) {
      const why = this.machine.run({ cycles: end - this.machine.cycles });
      if (why !== "requested" && why !== "waiting") return;
      this.#flush();
      await this.#console.ready;
      await this.machine.pending;
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#statusTimer);
    this.#loop.stop();
    this.#console.release();
    this.machine.dispose();
  }

  #gate(): Promise<void> | undefined {
    this.#flush();
    if (this.machine.halted?.kind === "reset") this.#host.restart();
    else if (this.machine.halted) {
      this.#loop.stop();
      this.#postStatus();
    } else this.#statusSoon();
    const drawn = this.machine.idle ? this.#console.drained : this.#console.ready;
    return this.#target.gate() ?? this.machine.pending ?? this.#outOfSight() ?? drawn;
  }

  #statusSoon(): void {
    this.#statusTimer ??= setTimeout(() => this.#postStatus(), STATUS_INTERVAL_MS);
  }

  #flush(): void {
    this.#console.flush();
    const update = this.#recorder.take();
    if (update) this.#host.post({ type: "trace", update });
  }

  #postStatus(): void {
    clearTimeout(this.#statusTimer);
    this.#statusTimer = undefined;
    const now = performance.now();
    const load = (this.#loop.busyMs - this.#statusBusy) / Math.max(1, now - this.#statusWall);
    this.#statusWall = now;
    this.#statusBusy = this.#loop.busyMs;
    const halted = this.machine.halted;
    const status: Status = {
      power: this.#power(load),
      cycles: this.machine.cycles,
      instructions: this.machine.instructions,
      harts: this.#settings.harts,
      timing: this.machine.timing?.name ?? "ideal",
      load,
      turns: this.#loop.turns,
      ...(halted && { exitStatus: halted.status }),
    };
    this.#host.post({ type: "status", status });
    // Nothing else may happen for a while: it is to be seen that the machine has come to rest.
    if (status.power !== "idle" && !halted && !this.machine.paused && this.machine.idle) this.#statusSoon();
  }

  /** Booting ends the first time that the machine waits for most of an interval. */
  #power(load: number): PowerState {
    if (this.machine.halted) return "off";
    if (this.#replaying) return "replaying";
    if (this.machine.paused) return "paused";
    const idle = this.machine.idle && load < IDLE_LOAD;
    if (idle && this.machine.cycles > 0) this.#booting = false;
    return this.#booting ? "booting" : idle ? "idle" : "running";
  }
}
