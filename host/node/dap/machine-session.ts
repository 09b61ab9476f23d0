/** A session's machine: run control, breakpoints and looks put together as the handlers of requests; stops and output as events. */

import { inflateSync } from "node:zlib";
import { Event, OutputEvent } from "@vscode/debugadapter";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { CSRS } from "../../../spec/csrs.ts";
import { isMonitorCommand, runMonitorCommand } from "../../debug/rsp/monitor.ts";
import { RegisterSet } from "../../debug/rsp/registers.ts";
import { SourceImages } from "../../debug/source/images.ts";
import type { StackFrame } from "../../debug/source/stack.ts";
import type { Stop } from "../../debug/target.ts";
import { HartbeatError } from "../../errors.ts";
import { OutputBuffer } from "../../output-buffer.ts";
import { BreakpointTable, filtersIn } from "./breakpoints.ts";
import type { Debuggee } from "./debuggee.ts";
import { Inspection } from "./inspection.ts";
import { Look } from "./look.ts";
import { Memory } from "./memory.ts";
import { ProgramFolder } from "./programs.ts";
import {
  type Arguments,
  type HandlerTable,
  objectIn,
  objectsIn,
  optionalNumber,
  optionalText,
  textIn,
  textsIn,
} from "./requests.ts";
import { type Granularity, RunControl } from "./run-control.ts";
import { SourceFiles } from "./source-files.ts";

/** Guest output is told of in pieces of this age. */
const OUTPUT_MS = 20;

const REASONS: Readonly<Record<string, string>> = {
  source: "breakpoint",
  function: "function breakpoint",
  instruction: "instruction breakpoint",
};

/** `frame` is the innermost of the hart. */
type StepAction = (
  run: RunControl,
  hart: number,
  granularity: Granularity,
  frame: StackFrame | undefined,
) => void;

export interface MachineSessionOptions {
  readonly debuggee: Debuggee;
  /** The client's configuration. */
  readonly args: Arguments;
  /** The machine was made for this session. */
  readonly launched: boolean;
  /** The number that the client gives to the first line of a file. */
  readonly firstLine: number;
  readonly send: (event: DebugProtocol.Event) => void;
}

export class MachineSession {
  readonly handlers: HandlerTable;
  readonly #options: MachineSessionOptions;
  readonly #images: SourceImages;
  readonly #sources: SourceFiles;
  readonly #look: Look;
  readonly #run: RunControl;
  readonly #breakpoints: BreakpointTable;
  readonly #inspection: Inspection;
  readonly #registers = new RegisterSet(CSRS);
  readonly #output = new OutputBuffer();
  readonly #decoder = new TextDecoder();
  /** Whether the machine was on its way when the client came. */
  readonly #wasRunning: boolean;
  readonly #stopListening: () => void;
  #outputTimer: ReturnType<typeof setTimeout> | undefined;
  /** The hart that stopped last. */
  #hart = 0;
  #lastStop: Stop | undefined;
  /** Logpoints say nothing on the way back. */
  #goingBack = false;
  /** The step that is under way ends before inlined functions. */
  #hidesInlined = false;
  /** Addresses of the console's memory commands are physical. */
  #physicalAddresses = false;

  /** Stops the machine and looks into its files. */
  static async begin(options: MachineSessionOptions): Promise<MachineSession> {
    const { args, debuggee } = options;
    const folder = new ProgramFolder(optionalText(args, "programs"));
    const images = await SourceImages.load(debuggee.machine, inflateSync, (name) => folder.read(name));
    return new MachineSession(options, images, folder);
  }

  private constructor(options: MachineSessionOptions, images: SourceImages, folder: ProgramFolder) {
    const { debuggee, args, send } = options;
    const { machine, target } = debuggee;
    this.#options = options;
    this.#images = images;
    this.#wasRunning = target.running;
    target.interrupt();
    target.keepHistory();
    this.#sources = new SourceFiles(textsIn(args, "sourceRoots"));
    this.#look = new Look(machine, images);
    this.#run = new RunControl({ target, images, onStopped: (stop) => this.#stopped(stop) });
    const mustStand = (): void => this.#mustStand();
    this.#inspection = new Inspection({ target, look: this.#look, sources: this.#sources, mustStand });
    this.#breakpoints = new BreakpointTable({
      machine,
      images,
      sources: this.#sources,
      look: this.#look,
      programs: () => folder.names,
      onLog: (text) => {
        if (!this.#goingBack) send(new OutputEvent(text, "console"));
      },
    });
    const memory = new Memory({
      target,
      images,
      sources: this.#sources,
      hart: () => this.#hart,
      mustStand,
      onWritten: () => this.#look.refresh(),
    });
    this.handlers = { ...this.#inspection.handlers, ...memory.handlers, ...this.#ownHandlers() };
    this.#stopListening = machine.console.onOutput((bytes) => this.#outputCame(bytes));
  }

  /** Requests that need a machine, besides those that look at one. */
  #ownHandlers(): HandlerTable {
    return {
      configurationDone: () => {
        const stands = !this.#options.launched && !this.#wasRunning;
        if (stands || this.#options.args.stopOnEntry === true) this.#tellStopped("entry", 0, {});
        else this.#run.resume();
        return undefined;
      },
      continue: () => this.#go((run) => run.resume(), { allThreadsContinued: true }),
      pause: () => {
        this.#run.pause();
        return undefined;
      },
      next: (args) =>
        this.#step(args, (run, hart, granularity, frame) => {
          this.#hidesInlined = granularity === "line";
          run.next(hart, granularity, frame);
        }),
      stepIn: (args) => this.#stepIn(args),
      stepOut: (args) => this.#stepOut(args),
      stepBack: (args) =>
        this.#back(args, (run, hart, granularity, frame) => {
          this.#hidesInlined = granularity === "line";
          run.stepBack(hart, granularity, frame);
        }),
      reverseContinue: (args) => this.#back(args, (run) => run.resumeBack()),
      setBreakpoints: (args) => this.#setBreakpoints(args),
      setFunctionBreakpoints: async (args) => ({
        breakpoints: await this.#breakpoints.setFunctions(objectsIn(args, "breakpoints")),
      }),
      setInstructionBreakpoints: (args) => ({
        breakpoints: this.#breakpoints.setInstructions(objectsIn(args, "breakpoints")),
      }),
      setDataBreakpoints: (args) => ({
        breakpoints: this.#breakpoints.setData(objectsIn(args, "breakpoints")),
      }),
      setExceptionBreakpoints: (args) => ({
        breakpoints: this.#breakpoints.setExceptions(filtersIn(args)),
      }),
      breakpointLocations: (args) => this.#breakpointLocations(args),
      stackTrace: async (args) => this.#stackTrace(args),
      evaluate: (args) => this.#evaluate(args),
      exceptionInfo: (args) => this.#exceptionInfo(args),
      modules: () => this.#modules(),
      loadedSources: () => this.#loadedSources(),
      restart: () => {
        this.#options.debuggee.target.reset();
        this.#inspection.forget();
        if (this.#options.args.stopOnEntry === true) this.#tellStopped("entry", 0, {});
        else this.#run.resume();
        return undefined;
      },
      terminate: () => {
        this.#options.debuggee.end();
        this.#options.send(new Event("terminated"));
        return undefined;
      },
    };
  }

  #go(action: (run: RunControl) => void, body?: object): object | undefined {
    if (this.#run.running) throw new HartbeatError("The machine is running already.");
    this.#inspection.forget();
    this.#goingBack = false;
    this.#hidesInlined = false;
    action(this.#run);
    return body;
  }

  async #step(args: Arguments, action: StepAction): Promise<undefined> {
    const hart = this.#inspection.hartOf(args);
    const granularity = optionalText(args, "granularity") === "instruction" ? "instruction" : "line";
    const [frame] = this.#run.running ? [] : await this.#look.stack(hart);
    this.#go((run) => action(run, hart, granularity, frame));
    return undefined;
  }

  #back(args: Arguments, action: StepAction): Promise<undefined> {
    return this.#step(args, (run, hart, granularity, frame) => {
      this.#goingBack = true;
      action(run, hart, granularity, frame);
    });
  }

  async #stepIn(args: Arguments): Promise<undefined> {
    const hart = this.#inspection.hartOf(args);
    if (optionalText(args, "granularity") !== "instruction" && !this.#run.running) {
      const entered = this.#look.enterInlined(hart);
      if (entered) {
        this.#tellStopped("step", hart, {});
        return undefined;
      }
    }
    return this.#step(args, (run, which, granularity) => run.stepIn(which, granularity));
  }

  async #stepOut(args: Arguments): Promise<undefined> {
    const hart = this.#inspection.hartOf(args);
    if (this.#run.running) throw new HartbeatError("The machine is running already.");
    const [frame] = await this.#look.stack(hart);
    let left = false;
    this.#go((control) => {
      this.#hidesInlined = true;
      left = frame !== undefined && control.stepOut(hart, frame);
    });
    if (!left) throw new HartbeatError("Nobody called this code, as far as its stack tells.");
    return undefined;
  }

  async #setBreakpoints(args: Arguments): Promise<object> {
    const path = textIn(objectIn(args, "source"), "path");
    const wanted = objectsIn(args, "breakpoints").map((breakpoint) => ({
      ...breakpoint,
      line: this.#fromClient(optionalNumber(breakpoint, "line") ?? 0),
    }));
    const views = await this.#breakpoints.setInSource(path, wanted);
    return {
      breakpoints: views.map((view) =>
        view.line === undefined ? view : { ...view, line: this.#toClient(view.line) },
      ),
    };
  }

  async #breakpointLocations(args: Arguments): Promise<object> {
    const path = textIn(objectIn(args, "source"), "path");
    const first = this.#fromClient(optionalNumber(args, "line") ?? 1);
    const end = optionalNumber(args, "endLine");
    const last = end === undefined ? first : this.#fromClient(end);
    const lines = this.#images.all.flatMap(({ debug }) => {
      const file = this.#sources.nameOf(path, debug.lines.files);
      return file === undefined ? [] : [...debug.lines.linesOf(file)];
    });
    const within = [...new Set(lines)].filter((line) => line >= first && line <= last).sort((a, b) => a - b);
    return { breakpoints: within.map((line) => ({ line: this.#toClient(line) })) };
  }

  async #stackTrace(args: Arguments): Promise<object | undefined> {
    const body = (await this.#inspection.handlers.stackTrace?.(args)) as
      | { stackFrames: { line: number }[] }
      | undefined;
    for (const frame of body?.stackFrames ?? []) {
      if (frame.line > 0) frame.line = this.#toClient(frame.line);
    }
    return body;
  }

  async #evaluate(args: Arguments): Promise<object> {
    const text = textIn(args, "expression");
    if (args.context === "repl") {
      if (text.startsWith(">")) {
        this.#options.debuggee.type(`${text.slice(1).trimStart()}\n`);
        return { result: "", variablesReference: 0 };
      }
      const command = /^monitor\s+(.*)$/s.exec(text)?.[1] ?? (isMonitorCommand(text) ? text : undefined);
      if (command !== undefined) return this.#monitor(command, args);
    }
    return this.#inspection.evaluate(text, this.#inspection.frameOf(args, this.#hart));
  }

  #monitor(command: string, args: Arguments): object {
    const { target } = this.#options.debuggee;
    this.#mustStand();
    const { hart } = this.#inspection.frameOf(args, this.#hart);
    const before = target.debugger.position;
    const context = {
      target,
      registers: this.#registers,
      selectedHart: hart,
      physicalAddresses: this.#physicalAddresses,
    };
    const result = runMonitorCommand(command, context);
    this.#physicalAddresses = context.physicalAddresses;
    const now = target.debugger.position;
    if (now.executed !== before.executed || now.cycle !== before.cycle) {
      this.#inspection.forget();
      this.#tellStopped("goto", hart, {});
    }
    return { result: result.trimEnd(), variablesReference: 0 };
  }

  #exceptionInfo(args: Arguments): object {
    const hart = this.#inspection.hartOf(args);
    const description = this.#options.debuggee.target.inspector.trap(hart).trimEnd();
    return { exceptionId: "trap", description, breakMode: "always" };
  }

  #modules(): object {
    const modules = this.#images.all.map(({ label, isProgram }) => ({
      id: label,
      name: label,
      isUserCode: isProgram,
      symbolStatus: "Symbols loaded.",
    }));
    return { modules, totalModules: modules.length };
  }

  #loadedSources(): object {
    const files = new Set(this.#images.all.flatMap(({ debug }) => [...debug.lines.files]));
    const found = [...files].flatMap((file) => {
      const path = this.#sources.pathOf(file);
      return path === undefined ? [] : [{ name: file.replace(/.*\//, ""), path }];
    });
    return { sources: found };
  }

  #stopped(stop: Stop): void {
    this.#inspection.forget();
    this.#flush();
    this.#lastStop = stop;
    switch (stop.kind) {
      case "exit":
        this.#ended(stop.status);
        break;
      case "watch": {
        const ids = this.#breakpoints.idsAt(stop.address, ["data"]).map(({ id }) => id);
        this.#tellStopped("data breakpoint", stop.hart, { hitBreakpointIds: ids });
        break;
      }
      case "breakpoint": {
        const pc = this.#options.debuggee.target.readRegister(stop.hart, "pc") ?? 0n;
        const hit = this.#breakpoints.idsAt(pc, ["source", "function", "instruction", "exception"]);
        const kind = hit[0]?.kind;
        const ids = { hitBreakpointIds: hit.map(({ id }) => id) };
        if (kind === "exception") this.#tellException(stop.hart, ids);
        else this.#tellStopped(REASONS[kind ?? "source"] ?? "breakpoint", stop.hart, ids);
        break;
      }
      case "begin":
        this.#tellStopped("entry", stop.hart, { description: "At the start of what is remembered" });
        break;
      default:
        if (stop.kind === "step" && this.#hidesInlined) this.#look.hideInlined(stop.hart);
        this.#tellStopped(stop.kind === "interrupt" ? "pause" : "step", stop.hart, {});
    }
  }

  #tellException(hart: number, more: object): void {
    const [text = ""] = this.#options.debuggee.target.inspector.trap(hart).split("\n");
    this.#tellStopped("exception", hart, { ...more, text });
  }

  #tellStopped(reason: string, hart: number, more: object): void {
    this.#hart = hart;
    this.#goingBack = false;
    const event: DebugProtocol.Event = new Event("stopped", {
      reason,
      threadId: hart + 1,
      allThreadsStopped: true,
      ...more,
    });
    this.#options.send(event);
  }

  #ended(status: number): void {
    if (this.#options.args.stopOnExit === true) {
      const description = `The guest has ended with status ${status}`;
      this.#tellStopped("exit", 0, { description });
      return;
    }
    this.#options.send(new Event("exited", { exitCode: status }));
    this.#options.send(new Event("terminated"));
  }

  #outputCame(bytes: Uint8Array): void {
    this.#output.push(bytes);
    this.#outputTimer ??= setTimeout(() => this.#flush(), OUTPUT_MS);
  }

  #flush(): void {
    clearTimeout(this.#outputTimer);
    this.#outputTimer = undefined;
    const bytes = this.#output.take();
    if (bytes) this.#options.send(new OutputEvent(this.#decoder.decode(bytes, { stream: true }), "stdout"));
  }

  #mustStand(): void {
    if (this.#run.running) throw new HartbeatError("The machine is running; pause it first.");
  }

  #toClient(line: number): number {
    return line - 1 + this.#options.firstLine;
  }

  #fromClient(line: number): number {
    return line + 1 - this.#options.firstLine;
  }

  /** Lets go of the machine: one that was launched ends, another goes on as it went before. */
  end(terminate: boolean): void {
    const { debuggee, launched } = this.#options;
    this.#flush();
    this.#stopListening();
    this.#breakpoints.removeAll();
    this.#run.end();
    if (launched || terminate) debuggee.end();
    else if (this.#wasRunning && this.#lastStop?.kind !== "exit") debuggee.target.resume();
  }
}
