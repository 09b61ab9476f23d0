/** One debugger's conversation with the machine over the GDB remote serial protocol: bytes in, bytes out. */
import type { DebugTarget, Stop } from "../target.ts";
import { type CommandTable, type Handler, type RspContext, threadOfHart, UNSUPPORTED } from "./commands.ts";
import { ACK, encodeFrame, type FrameEvent, FrameReader, NACK } from "./framing.ts";
import { stringOfBytes } from "./hex.ts";
import { MEMORY_COMMANDS } from "./memory-commands.ts";
import { QUERY_COMMANDS } from "./query-commands.ts";
import { REGISTER_COMMANDS } from "./register-commands.ts";
import type { RegisterSet } from "./registers.ts";
import { RUN_COMMANDS } from "./run-commands.ts";
import { SelectedHart } from "./selected-hart.ts";

const COMMANDS: CommandTable = {
  ...QUERY_COMMANDS,
  ...REGISTER_COMMANDS,
  ...MEMORY_COMMANDS,
  ...RUN_COMMANDS,
};
const PREFIXES = Object.keys(COMMANDS).sort((a, b) => b.length - a.length);

function findHandler(packet: string): { handler: Handler; args: string } | undefined {
  const prefix = PREFIXES.find((candidate) => packet.startsWith(candidate));
  const handler = prefix === undefined ? undefined : COMMANDS[prefix];
  return handler && prefix !== undefined ? { handler, args: packet.slice(prefix.length) } : undefined;
}

const WATCH_REASONS = { write: "watch", read: "rwatch", access: "awatch" } as const;

const SIGINT = "02";
const SIGTRAP = "05";

export interface SessionOptions {
  /** Absolute path of the ELF file that the machine runs, for debuggers that were started without one. */
  readonly execFile?: string | undefined;
}

/**
 * All-stop: the machine stands from the first packet on, except between a continue or step and its stop
 * reply. The transport gives bytes to `receive` and calls `end` when the connection is gone.
 */
export class RspSession {
  readonly #target: DebugTarget;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #reader = new FrameReader();
  readonly #context: RspContext;
  readonly #selected: SelectedHart;
  /** The reply that the client has not acknowledged yet, and the packet that it answers. */
  #lastFrame: Uint8Array | undefined;
  #lastPacket = "";
  #lastStop: Stop = { kind: "interrupt", hart: 0 };
  /** The next stop of the machine answers a packet of the client. */
  #owesStop = false;
  /** The machine went on its way when the client came, or was sent on it. */
  #wasRunning = false;
  #state: "new" | "attached" | "detached" = "new";

  constructor(
    target: DebugTarget,
    registers: RegisterSet,
    send: (bytes: Uint8Array) => void,
    { execFile }: SessionOptions = {},
  ) {
    this.#target = target;
    this.#send = send;
    const selected = new SelectedHart(target.hartCount);
    this.#selected = selected;
    this.#context = {
      target,
      registers,
      execFile: execFile && stringOfBytes(new TextEncoder().encode(execFile)),
      generalHart: 0,
      get selectedHart() {
        return selected.hart;
      },
      threadsListed: () => selected.listed(),
      threadAsked: (hart) => selected.asked(hart),
      resumeHart: undefined,
      reportsBreakpoints: false,
      acknowledges: true,
      breakpoints: new Map(),
      watchpoints: new Map(),
      physicalAddresses: false,
      resume: () => this.#go(() => target.resume()),
      step: (hart) => this.#go(() => target.step(hart)),
      stepRange: (hart, first, end) => this.#go(() => target.stepRange(hart, first, end)),
      stepBack: (hart) => this.#goBack(() => target.stepBack(hart)),
      resumeBack: () => this.#goBack(() => target.resumeBack()),
      stopReply: () => this.#currentStop(),
      detach: () => this.#detach(true),
    };
  }

  receive(bytes: Uint8Array): void {
    if (this.#state === "new") this.#attach();
    for (const event of this.#reader.push(bytes)) this.#handle(event);
  }

  /** The connection is gone. A machine that never ran because it waits for a debugger goes on waiting. */
  end(): void {
    if (this.#state === "attached") this.#detach(this.#wasRunning);
    this.#state = "detached";
  }

  #attach(): void {
    this.#state = "attached";
    this.#wasRunning = this.#target.running;
    this.#target.onStop = (stop) => this.#stopped(stop);
    this.#target.interrupt();
    this.#target.keepHistory();
  }

  #detach(goOn: boolean): void {
    for (const address of this.#context.breakpoints.keys()) this.#target.removeBreakpoint(address);
    this.#context.breakpoints.clear();
    for (const range of this.#context.watchpoints.values()) this.#target.removeWatchpoint(range);
    this.#context.watchpoints.clear();
    this.#owesStop = false;
    this.#target.onStop = undefined;
    // Also a search in the past.
    this.#target.interrupt();
    this.#state = "detached";
    if (goOn && this.#lastStop.kind !== "exit") this.#target.resume();
  }

  #handle(event: FrameEvent): void {
    switch (event.kind) {
      case "ack":
        this.#lastFrame = undefined;
        break;
      case "nack":
        if (this.#lastFrame !== undefined) this.#send(this.#lastFrame);
        break;
      case "interrupt":
        if (this.#state === "attached") this.#target.interrupt();
        break;
      case "packet":
        this.#packet(event.body, event.intact);
        break;
    }
  }

  #packet(body: string, intact: boolean): void {
    if (this.#context.acknowledges) this.#send(intact ? ACK : NACK);
    if (!intact) return;
    // A client that had no answer for a while sends its packet again; the answer is under way.
    if (this.#lastFrame !== undefined && body === this.#lastPacket) return;
    this.#lastFrame = undefined;
    this.#lastPacket = body;
    // After `D` the client may talk on, or attach again by asking why the machine stopped.
    if (this.#state === "detached") this.#attach();
    const found = findHandler(body);
    const acknowledged = this.#context.acknowledges;
    const reply = found === undefined ? UNSUPPORTED : found.handler(found.args, this.#context);
    if (reply !== undefined) this.#reply(reply, acknowledged);
  }

  #reply(body: string, acknowledged = this.#context.acknowledges): void {
    const frame = encodeFrame(body);
    this.#lastFrame = acknowledged ? frame : undefined;
    this.#send(frame);
  }

  #go(start: () => void): void {
    if (this.#lastStop.kind === "exit") {
      this.#reply(this.#describeStop(this.#lastStop));
      return;
    }
    this.#owesStop = true;
    this.#wasRunning = true;
    start();
  }

  /** A machine that has ended can go back, too. */
  #goBack(start: () => void): void {
    this.#owesStop = true;
    start();
  }

  #stopped(stop: Stop): void {
    this.#lastStop = stop;
    if (stop.kind !== "exit") {
      this.#context.generalHart = stop.hart;
      this.#selected.stopped(stop.hart);
    }
    if (!this.#owesStop) return;
    this.#owesStop = false;
    this.#reply(this.#describeStop(stop));
  }

  #currentStop(): string | undefined {
    if (this.#target.running) {
      this.#owesStop = true;
      this.#target.interrupt();
      return undefined;
    }
    return this.#describeStop(this.#lastStop);
  }

  #describeStop(stop: Stop): string {
    if (stop.kind === "exit") return `W${(stop.status & 0xff).toString(16).padStart(2, "0")}`;
    const signal = stop.kind === "interrupt" ? SIGINT : SIGTRAP;
    const reason = this.#reason(stop);
    return `T${signal}${reason}thread:${threadOfHart(stop.hart)};`;
  }

  #reason(stop: Exclude<Stop, { kind: "exit" }>): string {
    switch (stop.kind) {
      case "breakpoint": {
        // At the load address of what is not mapped yet GDB knows of no breakpoint, and would go on.
        const pc = this.#target.readRegister(stop.hart, "pc") ?? 0n;
        const known = this.#context.breakpoints.has(pc);
        return this.#context.reportsBreakpoints && known ? "swbreak:;" : "";
      }
      case "watch":
        return `${WATCH_REASONS[stop.access]}:${stop.address.toString(16)};`;
      case "begin":
        return "replaylog:begin;";
      default:
        return "";
    }
  }
}
