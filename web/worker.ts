/** The worker: owns the machine, runs it at the pace of the wall clock, and talks to the page in messages. */
import { HartbeatError } from "../host/errors.ts";
import { Machine } from "../host/machine.ts";
import { OutputBuffer } from "../host/output-buffer.ts";
import { PacedLoop } from "../host/pace.ts";
import type { MachineSettings, PowerState, Status, ToPage, ToWorker } from "./protocol.ts";

const STATUS_INTERVAL_MS = 250;
/** Below this share of host time a waiting machine counts as idle. */
const IDLE_LOAD = 0.2;

const scope = self as unknown as DedicatedWorkerGlobalScope;

function post(message: ToPage): void {
  scope.postMessage(message);
}

/** Lets the worker's event loop run; a message, because timers of a worker wait 4 ms at least. */
const channel = new MessageChannel();
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(0);
  });
}

async function fetchFile(name: string): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
  const response = await fetch(name).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : "the server cannot be reached";
    throw new HartbeatError(
      `Cannot load ${name}: ${why}; reload the page, or build it again with npm run build.`,
    );
  }
  return { name, bytes: new Uint8Array(await response.arrayBuffer()) };
}

/** The files beside the page, fetched once and kept for a reset. */
async function fetchImages() {
  const [wasm, firmware, kernel, initrd] = await Promise.all([
    fetchFile("core.wasm"),
    fetchFile("firmware.elf"),
    fetchFile("vmlinux"),
    fetchFile("initramfs.cpio"),
  ]);
  return { wasm: wasm.bytes, firmware, kernel, initrd };
}

/** One machine from power-on to power-off. */
class Session {
  readonly machine: Machine;
  readonly #settings: MachineSettings;
  readonly #loop: PacedLoop;
  readonly #output = new OutputBuffer();
  #booting = true;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;
  #statusWall = performance.now();
  #statusBusy = 0;

  constructor(machine: Machine, settings: MachineSettings) {
    this.machine = machine;
    this.#settings = settings;
    machine.console.onOutput((bytes) => this.#output.push(bytes));
    this.#loop = new PacedLoop(machine, {
      now: () => performance.now(),
      yield: nextTask,
      gate: () => this.#gate(),
    });
  }

  async run(): Promise<void> {
    this.#postStatus();
    if (!this.#settings.free) await this.#loop.run();
  }

  input(bytes: Uint8Array): void {
    if (this.#settings.free) this.machine.console.send(bytes);
    else this.#loop.deliver(() => this.machine.console.send(bytes));
  }

  /** Free mode: runs for so many cycles, or until the text appears. */
  async advance(limit: { cycles: number } | { text: string }): Promise<void> {
    if ("cycles" in limit) this.machine.run(limit);
    else await this.machine.console.expect(limit.text);
    this.#flush();
    this.#postStatus();
  }

  stop(): void {
    clearTimeout(this.#statusTimer);
    this.#loop.stop();
    this.machine.dispose();
  }

  #gate(): undefined {
    this.#flush();
    if (this.machine.halted?.kind === "reset") void start(this.#settings);
    else if (this.machine.halted) {
      this.#loop.stop();
      this.#postStatus();
    } else this.#statusSoon();
  }

  #statusSoon(): void {
    this.#statusTimer ??= setTimeout(() => this.#postStatus(), STATUS_INTERVAL_MS);
  }

  #flush(): void {
    const bytes = this.#output.take();
    if (bytes) post({ type: "output", bytes });
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
      harts: this.#settings.harts,
      load,
      ...(halted && { exitStatus: halted.status }),
    };
    post({ type: "status", status });
    if (this.#booting && !halted && this.machine.idle) this.#statusSoon();
  }

  /** Booting ends the first time that the machine waits for most of an interval. */
  #power(load: number): PowerState {
    if (this.machine.halted) return "off";
    const idle = this.machine.idle && load < IDLE_LOAD;
    if (idle && this.machine.cycles > 0) this.#booting = false;
    return this.#booting ? "booting" : idle ? "idle" : "running";
  }
}

let images: ReturnType<typeof fetchImages> | undefined;
let session: Session | undefined;
let lastSettings: MachineSettings | undefined;
let starts = 0;

function fail(error: unknown): void {
  const plain = error instanceof HartbeatError;
  post({
    type: "error",
    message: plain ? error.message : `The machine stopped on a fault of its own: ${error}. Reload the page.`,
  });
}

/** Powers a new machine on in place of the present one; a later call wins over one that still loads. */
async function start(settings: MachineSettings): Promise<void> {
  const mine = ++starts;
  lastSettings = settings;
  session?.stop();
  session = undefined;
  try {
    images ??= fetchImages();
    const { harts, ramBytes, append } = settings;
    const machine = await Machine.create({ ...(await images), harts, ramBytes, append });
    if (mine !== starts) return machine.dispose();
    session = new Session(machine, settings);
    await session.run();
  } catch (error) {
    images = undefined;
    fail(error);
  }
}

/** Requests that ask for an answer are served one after another. */
let queue: Promise<void> = Promise.resolve();

function answer(id: number, work: (session: Session) => unknown): void {
  queue = queue.then(async () => {
    try {
      if (!session) throw new HartbeatError("The machine is not there yet; wait until the page shows it.");
      await work(session);
      post({ type: "answer", id, cycles: session.machine.cycles, hash: session.machine.stateHash() });
    } catch (error) {
      fail(error);
    }
  });
}

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "boot":
      void start(data.settings);
      break;
    case "reset":
      if (lastSettings) void start(lastSettings);
      break;
    case "input":
      session?.input(data.bytes);
      break;
    case "hash":
      answer(data.id, () => undefined);
      break;
    case "run":
      answer(data.id, (session) => session.advance({ cycles: data.cycles }));
      break;
    case "expect":
      answer(data.id, (session) => session.advance({ text: data.text }));
      break;
  }
};
