/** `hartbeat boot`: a machine on the user's terminal, paced by the wall clock, until it powers off or he leaves. */
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";
import { MachineTarget } from "../debug/machine-target.ts";
import { HartbeatError } from "../errors.ts";
import { OutputBuffer } from "../output-buffer.ts";
import { PacedLoop, type PacedMachine } from "../pace.ts";
import { signatureText } from "../signature.ts";
import { BootSteps } from "../timing/boot-steps.ts";
import { BootTrace } from "../trace/boot-trace.ts";
import { cycleOf, parsePlace } from "../trace/place.ts";
import { printTree } from "../trace/print-tree.ts";
import { Backends } from "./backends.ts";
import { type BootOptions, debuggerFile, deciding, settings } from "./boot-options.ts";
import { attachOnly, type Debuggee } from "./dap/debuggee.ts";
import { startDapServer } from "./dap/server.ts";
import { writeOutput } from "./files.ts";
import { startGdbServer } from "./gdb-server.ts";
import { Machine } from "./index.ts";
import { PipedInput } from "./piped-input.ts";
import { checkPlaces, leaveBehind, recordedOptions, takeUp } from "./run-files.ts";
import { statsText, writeStats } from "./run-stats.ts";
import { RunViews } from "./run-views.ts";
import { SizeReport } from "./size-report.ts";
import { ESCAPE_HELP, Terminal } from "./terminal.ts";

/** A replay is held to so many times the pace of the wall clock: as fast as the host can, that is. */
const REPLAY_SPEED = 1000;

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

/** A guest that wakes sooner than in 1 ms is not counted as waiting for input. */
const SHORT_WAIT = CYCLES_PER_SECOND / 1000;
/** Milliseconds between looks at a machine that waits, and at one for which there is piped input. */
const SLEEP_MS = 1000;
const PIPED_SLEEP_MS = 10;
/** So many bytes are read ahead of the guest. */
const PIPED_AHEAD = 65_536;

/** Status of a run that took too long, as of timeout(1). */
const TIMEOUT_STATUS = 124;

/** Status of a process that a signal ended, as shells count it. */
const signalStatus = (number: number): number => 128 + number;

/** Boots and gives the exit status of the process. `named` are those of the options that the user named himself. */
export async function runBoot(given: BootOptions, named: Partial<BootOptions> = {}): Promise<number> {
  const options: BootOptions = { ...given, ...recordedOptions(given), ...named };
  checkPlaces(options);
  const terminal = new Terminal();
  const onNotice = (text: string): void => terminal.notice(`hartbeat: ${text}`);
  const backends = await Backends.open(options, { live: options.replay === undefined, onNotice });
  try {
    return await runMachine(options, backends, terminal);
  } finally {
    await terminal.close();
    backends.close();
  }
}

async function runMachine(options: BootOptions, backends: Backends, terminal: Terminal): Promise<number> {
  const machine = await Machine.create(await settings(options, backends.virtio));
  try {
    await takeUp(machine, options);
    const session = new BootSession(machine, terminal, options);
    backends.deliver = (action) => session.deliver(action);
    const status = await session.run();
    await leaveBehind(machine, options, deciding(options));
    if (options.signature !== undefined) {
      const text = signatureText(machine, options.signatureGranularity);
      writeOutput(options.signature, "the signature", text);
    }
    return status;
  } finally {
    machine.dispose();
  }
}

class BootSession {
  readonly #machine: Machine;
  readonly #target: MachineTarget;
  readonly #terminal: Terminal;
  readonly #options: BootOptions;
  readonly #loop: PacedLoop;
  readonly #output = new OutputBuffer();
  readonly #piped = new PipedInput();
  readonly #size = new SizeReport();
  readonly #views: RunViews;
  #trace: BootTrace | undefined;
  /** What each call of it took, when a pipeline keeps the time. */
  #steps: BootSteps | undefined;
  #status = 0;
  /** Guest cycle at which the run ends. */
  #lastCycle = Number.POSITIVE_INFINITY;

  constructor(machine: Machine, terminal: Terminal, options: BootOptions) {
    this.#machine = machine;
    this.#target = new MachineTarget(machine, () => this.#leave(0));
    this.#terminal = terminal;
    this.#options = options;
    const replays = options.replay !== undefined;
    const piped = this.#piped;
    this.#loop = new PacedLoop(replays ? this.#replayer() : this.#limited(), {
      now: () => performance.now() * (replays ? REPLAY_SPEED : 1),
      yield: () => new Promise((resolve) => setImmediate(resolve)),
      gate: () => this.#gate(),
      get longestSleepMs() {
        return piped.length > 0 ? PIPED_SLEEP_MS : SLEEP_MS;
      },
    });
    machine.console.onOutput((bytes) => {
      this.#output.push(bytes);
      this.#piped.heard(machine.cycles);
    });
    machine.onNotice = (text) => {
      this.#flush();
      this.#terminal.notice(`hartbeat: ${text}`);
    };
    if (options.traceBoot) this.#traceBoot();
    this.#views = new RunViews(machine, options);
    if (options.until !== undefined) this.#endAt(options.until);
  }

  /** Has the run end at a place. */
  #endAt(text: string): void {
    const machine = this.#machine;
    const place = parsePlace(text, machine.symbols);
    if (place.kind !== "address") this.#lastCycle = cycleOf(place, machine.cycles);
    else {
      for (const address of place.addresses) {
        machine.breakpoints.add(address, () => {
          this.#lastCycle = machine.cycles;
          machine.requestStop();
          return "go-on";
        });
      }
    }
  }

  async run(): Promise<number> {
    if (this.#options.paused) this.#machine.pause();
    const server = await this.#openDebugger();
    this.#openTerminal();
    for (const [signal, number] of Object.entries(SIGNALS)) {
      process.once(signal, () => this.#quit(signalStatus(number), `ended by ${signal}`));
    }
    const start = performance.now();
    await this.#loop.run();
    await server?.close();
    this.#printTrace();
    this.#writeViews(true);
    const { stats, statsJson } = this.#options;
    const seconds = (performance.now() - start) / 1000;
    if (stats) this.#terminal.notice(statsText(this.#machine, seconds, this.#loop.busyMs / 1000));
    if (statsJson !== undefined) writeStats(this.#machine, statsJson);
    return this.#status;
  }

  async #openDebugger(): Promise<{ close(): Promise<void> } | undefined> {
    const { gdbPort, dapPort } = this.#options;
    if (gdbPort !== undefined && dapPort !== undefined) {
      throw new HartbeatError("A machine has one debugger at a time; choose --gdb or --dap.");
    }
    const what = gdbPort === undefined ? "an editor's debugger" : "gdb";
    const server =
      gdbPort !== undefined
        ? await startGdbServer(this.#target, gdbPort, { execFile: debuggerFile(this.#options) })
        : dapPort !== undefined && (await startDapServer(attachOnly(this.#debuggee()), dapPort, 1));
    if (!server) return undefined;
    this.#terminal.notice(`hartbeat: ${what} may connect to ${server.address}`);
    return server;
  }

  /** The machine for a debug adapter. */
  #debuggee(): Debuggee {
    return {
      machine: this.#machine,
      target: this.#target,
      type: (text) => this.#type(new TextEncoder().encode(text)),
      end: () => this.#leave(0),
    };
  }

  /** Has something come in from outside when the machine takes input. */
  deliver(action: () => void): void {
    this.#loop.deliver(action);
  }

  /** The machine, which stops at the last cycle that it may reach. */
  #limited(): PacedMachine {
    const machine = this.#machine;
    const limit = this.#options.maxCycles;
    const maxCycles = limit ? cycleOf(limit, machine.cycles) : Number.POSITIVE_INFINITY;
    const last = (): number => Math.min(maxCycles, this.#lastCycle);
    return {
      get cycles() {
        return machine.cycles;
      },
      get idle() {
        return machine.idle;
      },
      get nextEvent() {
        return Math.min(machine.nextEvent, last());
      },
      run: ({ cycles }) => {
        machine.run({ cycles: Math.min(cycles, last() - machine.cycles) });
        if (machine.cycles >= maxCycles && !machine.halted) this.#giveUp(maxCycles);
      },
    };
  }

  #giveUp(maxCycles: number): void {
    this.#flush();
    const { registers, symbols, core } = this.#machine;
    const places = Array.from({ length: core.hartCount }, (_, hart) => {
      const pc = registers.read(hart, "pc") ?? 0n;
      return `hart ${hart} at ${symbols.describe(pc)}`;
    });
    this.#terminal.notice(
      `hartbeat: given up after ${maxCycles.toLocaleString("en")} cycles (--max-cycles): ${places.join(", ")}`,
    );
    this.#leave(TIMEOUT_STATUS);
  }

  /** The machine as one that never waits, and leaves at the end of the recording. */
  #replayer(): PacedMachine {
    const machine = this.#machine;
    return {
      get cycles() {
        return machine.cycles;
      },
      idle: false,
      nextEvent: Number.POSITIVE_INFINITY,
      run: (limit) => {
        if (machine.run(limit) === "replayed") this.#replayed();
      },
    };
  }

  #replayed(): void {
    this.#flush();
    const same = this.#machine.replayedTruly;
    const what = same ? "in the state that was recorded" : "in another state than was recorded";
    this.#terminal.notice(
      `hartbeat: replayed to cycle ${this.#machine.cycles.toLocaleString("en")}, ${what}`,
    );
    this.#leave(same ? 0 : 1);
  }

  #openTerminal(): void {
    this.#terminal.open({
      input: (bytes) => {
        if (this.#terminal.interactive) this.#type(bytes);
        else this.#piped.push(bytes);
      },
      command: (command) => {
        if (command === "quit") this.#quit(0, "ended by Ctrl-A x");
        else this.#terminal.notice(ESCAPE_HELP);
      },
      outputClosed: () => this.#leave(1),
    });
  }

  /** The user ends the machine; on a terminal, the cursor stands in the middle of the guest's line. */
  #quit(status: number, why: string): void {
    if (this.#terminal.interactive) this.#terminal.notice(`hartbeat: ${why}`);
    this.#leave(status);
  }

  #leave(status: number): void {
    this.#status = status;
    this.#loop.stop();
  }

  #gate(): Promise<void> | undefined {
    this.#flush();
    const replays = this.#options.replay !== undefined;
    if (!this.#terminal.interactive && !replays) this.#typePiped();
    if (this.#trace?.finished) this.#printTrace();
    this.#writeViews(false);
    if (this.#machine.cycles >= this.#lastCycle) this.#leave(0);
    // In a replay a reset comes from the recording, as all else does.
    if (this.#machine.halted?.kind === "reset" && this.#options.reboot && !replays) this.#machine.reset();
    const held = this.#target.gate();
    const { halted } = this.#machine;
    if (halted && !replays) this.#leave(halted.status);
    return held ?? this.#machine.pending ?? this.#terminal.drained;
  }

  #type(bytes: Uint8Array): void {
    if (this.#options.replay !== undefined) return;
    this.#loop.deliver(() => this.#machine.console.send(bytes));
  }

  #typePiped(): void {
    const { idle, nextEvent, cycles } = this.#machine;
    const line = this.#piped.next(idle && nextEvent - cycles > SHORT_WAIT, cycles);
    if (line) this.#type(line);
    this.#terminal.hold(this.#piped.length > PIPED_AHEAD);
  }

  #flush(): void {
    const bytes = this.#output.take();
    if (!bytes) return;
    this.#terminal.write(bytes);
    if (this.#terminal.interactive) return;
    const { columns, rows } = this.#terminal.size;
    const answer = this.#size.answer(bytes, columns, rows);
    if (answer) this.#type(answer);
  }

  #traceBoot(): void {
    const machine = this.#machine;
    const trace = new BootTrace(this.#target);
    this.#trace = trace;
    if (!machine.timing) return;
    const steps = new BootSteps(() => machine.stats());
    this.#steps = steps;
    trace.onRecord = (record, index) => steps.note(record, index);
  }

  #printTrace(): void {
    if (!this.#trace) return;
    this.#terminal.notice(printTree(this.#trace.records, this.#steps?.steps).trimEnd());
    this.#trace.stop();
    this.#trace = undefined;
  }

  #writeViews(end: boolean): void {
    for (const line of this.#views.write(end)) {
      this.#flush();
      this.#terminal.notice(`hartbeat: ${line}`);
    }
  }
}
