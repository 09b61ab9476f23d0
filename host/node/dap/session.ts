/**
 * One client's session of the Debug Adapter Protocol. Harts are threads; all of them stop and go together. Requests are
 * answered one after the other; what is wrong with one is its answer, and nothing else.
 */
import { DebugSession, Event, OutputEvent, Response } from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { HartbeatError } from "../../errors.ts";
import { EXCEPTION_FILTERS } from "./breakpoints.ts";
import type { DapHost, Debuggee } from "./debuggee.ts";
import { MachineSession } from "./machine-session.ts";
import { type Arguments, type Handler, type HandlerTable, objectIn } from "./requests.ts";

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsStepBack: true,
  supportsSetVariable: true,
  supportsRestartRequest: true,
  supportsExceptionInfoRequest: true,
  exceptionBreakpointFilters: EXCEPTION_FILTERS.map(({ filter, label, default: on }) => ({
    filter,
    label,
    default: on,
  })),
  supportsDataBreakpoints: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsInstructionBreakpoints: true,
  supportsSteppingGranularity: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  supportsBreakpointLocationsRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsModulesRequest: true,
};

export class DapSession extends DebugSession {
  /** Called when the session is over and its connection can be closed. */
  onEnded: () => void = () => {};
  /** Requests that were received and not answered yet. */
  pending = 0;
  readonly #host: DapHost;
  #machine: MachineSession | undefined;
  #queue: Promise<void> = Promise.resolve();
  #firstLine = 1;
  #over = false;

  constructor(host: DapHost) {
    super();
    this.#host = host;
  }

  /** A message that is no request changes nothing. */
  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    const { type, seq, command } = message as DebugProtocol.Request;
    if (type !== "request" || !Number.isSafeInteger(seq) || typeof command !== "string") {
      this.notice("a message that is no request was left out");
      return;
    }
    this.pending += 1;
    this.#queue = this.#queue.then(() => this.#answer(message as DebugProtocol.Request));
  }

  /** Tells the user something that is about the debugger itself. */
  notice(text: string): void {
    this.sendEvent(new OutputEvent(`hartbeat: ${text}\n`, "console"));
  }

  /** The connection is gone. */
  close(): Promise<void> {
    this.#queue = this.#queue.then(() => this.#leave(false));
    return this.#queue;
  }

  async #answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    const args = objectIn({ arguments: request.arguments as unknown }, "arguments");
    try {
      const handler = this.#handler(request.command);
      if (!handler) throw new HartbeatError(`hartbeat knows no request '${request.command}'.`);
      response.body = await handler(args);
    } catch (error) {
      const text = error instanceof HartbeatError ? error.message : faultText(error);
      response.success = false;
      response.message = text;
      response.body = { error: { id: 1, format: text, showUser: true } };
    }
    this.pending -= 1;
    this.sendResponse(response);
    if (!response.success) return;
    if (request.command === "launch" || request.command === "attach")
      this.sendEvent(new Event("initialized"));
    if (request.command === "disconnect") this.onEnded();
  }

  #handler(command: string): Handler | undefined {
    const tables = [this.#ownHandlers, this.#machine?.handlers ?? BEFORE_THE_MACHINE];
    return tables.find((table) => Object.hasOwn(table, command))?.[command];
  }

  readonly #ownHandlers: HandlerTable = {
    initialize: (args) => {
      this.#firstLine = args.linesStartAt1 === false ? 0 : 1;
      return CAPABILITIES;
    },
    launch: async (args) => {
      this.#mustBeFree();
      const debuggee = await this.#host.launch(args, (text) => this.notice(text));
      await this.#begin(debuggee, args, true);
      return undefined;
    },
    attach: async (args) => {
      this.#mustBeFree();
      await this.#begin(this.#host.attach(), args, false);
      return undefined;
    },
    disconnect: (args) => {
      this.#leave(args.terminateDebuggee === true);
      return undefined;
    },
  };

  #mustBeFree(): void {
    if (this.#machine) throw new HartbeatError("The session has a machine already.");
    if (this.#over) throw new HartbeatError("The session is over; connect again.");
  }

  async #begin(debuggee: Debuggee, args: Arguments, launched: boolean): Promise<void> {
    this.#machine = await MachineSession.begin({
      debuggee,
      args,
      launched,
      firstLine: this.#firstLine,
      send: (event) => this.sendEvent(event),
    });
  }

  #leave(terminate: boolean): void {
    this.#machine?.end(terminate);
    this.#machine = undefined;
    this.#over = true;
  }
}

function faultText(error: unknown): string {
  return `hartbeat: a fault of its own: ${error instanceof Error ? error.stack : error}`;
}

const noMachine: Handler = () => {
  throw new HartbeatError("There is no machine yet; launch or attach first.");
};

/** Clients may ask too early, or too late. */
const BEFORE_THE_MACHINE: HandlerTable = {
  threads: () => ({ threads: [] }),
  ...Object.fromEntries(
    [
      ...[
        "configurationDone",
        "continue",
        "pause",
        "next",
        "stepIn",
        "stepOut",
        "stepBack",
        "reverseContinue",
      ],
      ...["stackTrace", "scopes", "variables", "evaluate", "readMemory", "disassemble", "setBreakpoints"],
      ...["setFunctionBreakpoints", "setExceptionBreakpoints", "terminate", "restart"],
    ].map((command) => [command, noMachine]),
  ),
};
