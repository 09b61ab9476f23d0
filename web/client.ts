/** The page's side of the worker: requests as promises, and everything else the worker says as events. */
import type {
  Beginning,
  ConsoleOutput,
  GdbState,
  GuestFiles,
  MachineSettings,
  RequestName,
  Requests,
  Status,
  StopView,
  ToPage,
  ToWorker,
  TraceUpdate,
} from "./protocol.ts";

/** A request that the worker would not or could not serve; the message is for the user. */
export class Refusal extends Error {}

export interface MachineEvents {
  output: ConsoleOutput;
  status: Status;
  "power-on": undefined;
  restored: { cycle: number; snapshot: string };
  trace: TraceUpdate;
  stopped: StopView;
  gdb: GdbState;
  progress: { what: string; loaded: number; total: number };
  notice: string;
  error: string;
}

type Listener<Name extends keyof MachineEvents> = (detail: MachineEvents[Name]) => void;

export class MachineClient {
  readonly #worker = new Worker("worker.js", { type: "module" });
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (why: Refusal) => void }
  >();
  readonly #listeners = new Map<string, Listener<never>[]>();
  #lastId = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<ToPage>) => this.#receive(data);
    this.#worker.onerror = (event) =>
      this.#emit("error", `The machine's worker failed: ${event.message}; reload the page.`);
  }

  on<Name extends keyof MachineEvents>(name: Name, listener: Listener<Name>): void {
    const listeners = this.#listeners.get(name) ?? [];
    this.#listeners.set(name, [...listeners, listener as Listener<never>]);
  }

  /** Rejects with a Refusal. */
  ask<Name extends RequestName>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): Promise<ReturnType<Requests[Name]>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#tell({ type: "request", id, name, args });
    });
  }

  /** Powers a machine on; what is wrong with it comes as an `error` event. */
  async boot(settings: MachineSettings, files: GuestFiles, beginning?: Beginning): Promise<void> {
    await this.ask("boot", settings, files, beginning).catch((error: Refusal) =>
      this.#emit("error", error.message),
    );
  }

  type(bytes: Uint8Array): void {
    this.#tell({ type: "input", bytes });
  }

  drawn(count: number): void {
    this.#tell({ type: "drawn", count });
  }

  /** Whether the page is in sight: a machine that nobody sees stands still. */
  set seen(seen: boolean) {
    this.#tell({ type: "seen", seen });
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #emit<Name extends keyof MachineEvents>(name: Name, detail: MachineEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as Listener<Name>)(detail);
  }

  #receive(data: ToPage): void {
    switch (data.type) {
      case "output":
        this.#emit("output", data.output);
        break;
      case "status":
        this.#emit("status", data.status);
        break;
      case "power-on":
        this.#emit("power-on", undefined);
        break;
      case "restored":
        this.#emit("restored", data);
        break;
      case "trace":
        this.#emit("trace", data.update);
        break;
      case "stopped":
        this.#emit("stopped", data.stop);
        break;
      case "gdb":
        this.#emit("gdb", data.state);
        break;
      case "progress":
        this.#emit("progress", data);
        break;
      case "notice":
        this.#emit("notice", data.message);
        break;
      case "error":
        this.#emit("error", data.message);
        break;
      case "answer":
        this.#waiting.get(data.id)?.resolve(data.value);
        this.#waiting.delete(data.id);
        break;
      case "refusal":
        this.#waiting.get(data.id)?.reject(new Refusal(data.message));
        this.#waiting.delete(data.id);
        break;
    }
  }
}
