/** What the page and the worker that owns the machine say to each other. */

import type { Walk } from "../host/inspect/page-walk.ts";
import type { Task } from "../host/inspect/tasks.ts";
import type { PipelineRow } from "../host/pipeline/recorder.ts";
import type { HartStats } from "../host/timing/timing.ts";
import type { TraceRecord } from "../host/trace/boot-trace.ts";
import type { ProgramRecord } from "../host/trace/program-trace.ts";

/** How to build the machine. */
export interface MachineSettings {
  readonly harts: number;
  readonly ramBytes: number;
  /** Kernel command line. */
  readonly append: string;
  readonly urls: GuestUrls;
  /** The pipeline that keeps guest time; `ideal` for a cycle per instruction. */
  readonly timing: string;
  /** Guest seconds in a second of the wall clock, at most. */
  readonly speed: number;
  /** True: not paced; the machine stands still except while a `run` or `expect` request is served. */
  readonly free: boolean;
  /** Stands before its first instruction until it is told to go. */
  readonly paused: boolean;
}

export interface GuestFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Files of the user's in place of those of the page. */
export interface GuestFiles {
  readonly kernel?: GuestFile;
  readonly initrd?: GuestFile;
  readonly disk?: GuestFile;
  /** An ELF file with the symbols of the kernel, when that is an Image. */
  readonly symbols?: GuestFile;
  /** An ELF file of the code that unpacks a compressed kernel, for its symbols. */
  readonly decompressor?: GuestFile;
}

/** Files beside the page (or anywhere that it may fetch from) in place of the page's own, by their addresses. */
export type GuestUrls = Partial<Record<keyof GuestFiles, string>>;

/** Where a new machine is brought to before the user sees it. It stands there. */
export type Beginning =
  /** To the end of a recorded run, through all of it. */
  | { readonly kind: "recording"; readonly text: string }
  | { readonly kind: "snapshot"; readonly bytes: Uint8Array }
  | { readonly kind: "cycle"; readonly cycle: number }
  /** To where a hart first comes to a symbol, an address or a line. */
  | { readonly kind: "place"; readonly where: string };

export interface Fingerprint {
  readonly cycles: number;
  readonly hash: string;
}

/** Where a hart stands. */
export interface HartView {
  readonly privilege: "M" | "S" | "U";
  readonly waiting: boolean;
  readonly pc: bigint;
  /** The pc as symbol and offset. */
  readonly where: string;
  /** The task that runs there, as far as that can be told. */
  readonly pid: number | undefined;
}

export interface FrameView {
  readonly address: bigint;
  readonly where: string;
}

export interface StopView {
  readonly reason: string;
  readonly hart: number;
}

export interface RegisterView {
  readonly name: string;
  readonly value: bigint;
  /** What the value points to, when that is code or data of kernel or firmware. */
  readonly where: string | undefined;
}

/** All that the debugger shows of one hart at one time. */
export interface MachineView {
  readonly running: boolean;
  readonly stop: StopView | undefined;
  readonly cycles: number;
  readonly harts: readonly HartView[];
  /** The hart that all the following is of. */
  readonly hart: number;
  readonly registers: readonly RegisterView[];
  readonly csrs: readonly (readonly [string, bigint])[];
  readonly floats: readonly (readonly [string, bigint])[];
  /** The last traps to S- and M-mode in words, a line each. */
  readonly traps: string;
  readonly frames: readonly FrameView[];
  readonly breakpoints: readonly BreakpointView[];
  readonly source: SourceView | undefined;
}

export interface BreakpointView {
  readonly address: bigint;
  readonly where: string;
  readonly source: SourceView | undefined;
}

export interface SourceView {
  readonly file: string;
  readonly line: number;
}

export interface CodeLine {
  readonly address: bigint;
  /** Set on the first line of a function. */
  readonly label: string | undefined;
  readonly bytes: string;
  readonly mnemonic: string;
  readonly operands: string;
  /** Where it goes, as a symbol. */
  readonly target: string | undefined;
}

export interface MemoryView {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** How much of the documented boot path a kernel lets one see. */
export interface BootPathView {
  /** It tells the pids of its tasks. */
  readonly pids: boolean;
  /** Functions of the path that it has, and the names of those that it has not. */
  readonly found: number;
  readonly missing: readonly string[];
}

/** What the pipeline panel shows of one hart. */
export interface PipelineView {
  readonly pipeline: string;
  readonly stages: readonly { readonly name: string; readonly doc: string }[];
  /** The last instructions, oldest first. */
  readonly rows: readonly PipelineRow[];
  /** Why there are no rows. */
  readonly reason: string | undefined;
  /** Harts that have executed something lately. */
  readonly busy: readonly number[];
  /** Counts of every hart. */
  readonly stats: readonly HartStats[];
}

/** How the page stands with a GDB outside. */
export type GdbState =
  | { readonly kind: "off" | "connecting" | "attached" }
  /** No bridge answers at the port, or it does not let this page in. */
  | { readonly kind: "none"; readonly port: number }
  /** The bridge has gone. */
  | { readonly kind: "lost" }
  /** GDB may connect there. */
  | { readonly kind: "waiting"; readonly gdb: string };

export type StepUnit = "line" | "instruction";

/** What the page may ask of the worker; every request is answered. */
export interface Requests {
  boot(settings: MachineSettings, files: GuestFiles, beginning?: Beginning): void;
  reset(): void;
  fingerprint(): Fingerprint;
  /** Free mode: runs for so many cycles. */
  run(cycles: number): void;
  /** Free mode: runs until the machine has printed the text. */
  expect(text: string): void;
  pause(): void;
  resume(): void;
  step(hart: number, unit: StepUnit): void;
  stepOver(hart: number, unit: StepUnit): void;
  stepOut(hart: number): void;
  stepBack(hart: number, unit: StepUnit): void;
  /** Back to the last breakpoint. */
  runBack(hart: number): void;
  runTo(where: string): void;
  /** Keeps what it takes to go back from now on. */
  remember(): void;
  /** Changes who keeps guest time. */
  setTiming(pipeline: string): void;
  setSpeed(speed: number): void;
  /** Somebody looks at the pipeline, or no longer. */
  watchPipeline(watched: boolean): void;
  pipeline(hart: number, count: number): PipelineView;
  /** The last instructions of all harts as a file. */
  pipelineFile(count: number, format: "kanata" | "text"): string;
  snapshot(): Uint8Array;
  /** Throws, in plain words, when the snapshot is of another machine. */
  restore(snapshot: Uint8Array): void;
  /** What came in since power-on, and where the machine stands now. */
  recording(): string;
  /** What it takes to come to the present place again on a machine of these settings and files. */
  whereabouts(): Beginning;
  /** A new machine runs to the moment at which it enters a function; all runs are alike until somebody types. */
  travel(name: string, cycle: number): void;
  setBreakpoint(where: string): BreakpointView;
  clearBreakpoint(address: bigint): void;
  view(hart: number): MachineView;
  /** Instructions from a place on, and up to `before` of the function's in front of it. */
  code(hart: number, where: string, count: number, before?: number): CodeLine[];
  memory(hart: number, where: string, length: number): MemoryView;
  walk(hart: number, where: string): Walk;
  tasks(): Task[] | undefined;
  symbols(prefix: string): string[];
  source(where: string): SourceView | undefined;
  codeLines(file: string): number[];
  bootPath(): BootPathView;
  /** Connects to `hartbeat gdb-bridge` on a port of this computer; what becomes of it comes as `gdb` messages. */
  connectGdb(port: number): void;
  disconnectGdb(): void;
}

export type RequestName = keyof Requests;

/** Page to worker. */
export type ToWorker =
  | { readonly type: "request"; readonly id: number; readonly name: RequestName; readonly args: unknown[] }
  | { readonly type: "input"; readonly bytes: Uint8Array }
  /** The page has drawn so many bytes of output. */
  | { readonly type: "drawn"; readonly count: number }
  /** Whether the page is in sight. */
  | { readonly type: "seen"; readonly seen: boolean };

export type PowerState =
  | "loading"
  | "replaying"
  | "booting"
  | "running"
  | "idle"
  | "paused"
  | "off"
  | "failed";

/** What the title bar shows. */
export interface Status {
  readonly power: PowerState;
  readonly cycles: number;
  readonly instructions: number;
  readonly harts: number;
  /** The pipeline that keeps guest time. */
  readonly timing: string;
  /** Share of the host's time that the machine used lately, 0 to 1. */
  readonly load: number;
  /** Times that the machine was let run since power-on: an idle one hardly ever is. */
  readonly turns: number;
  /** Once the machine is off: what the guest left behind. */
  readonly exitStatus?: number;
}

/** A line that the guest wrote to its console, and when it began to. */
export interface ConsoleLine {
  readonly cycle: number;
  readonly text: string;
}

/** What the guest wrote to its console. */
export interface ConsoleOutput {
  readonly bytes: Uint8Array;
  /** More of what once came in comes in after it: whatever it asks the terminal has been answered. */
  readonly past: boolean;
}

/** What the recorder has seen since the last message; records come again when they get their ends. */
export interface TraceUpdate {
  readonly functions: readonly (readonly [number, TraceRecord])[];
  readonly programs: readonly (readonly [number, ProgramRecord])[];
  readonly lines: readonly ConsoleLine[];
}

/** Worker to page. */
export type ToPage =
  | { readonly type: "output"; readonly output: ConsoleOutput }
  | { readonly type: "status"; readonly status: Status }
  /** A new machine stands before its first instruction. */
  | { readonly type: "power-on" }
  /** The machine stands where a snapshot (of this digest) was taken; its screen follows as output. */
  | { readonly type: "restored"; readonly cycle: number; readonly snapshot: string }
  | { readonly type: "trace"; readonly update: TraceUpdate }
  | { readonly type: "stopped"; readonly stop: StopView }
  /** A GDB outside came or went. */
  | { readonly type: "gdb"; readonly state: GdbState }
  | { readonly type: "progress"; readonly what: string; readonly loaded: number; readonly total: number }
  /** Something that the user should know; the machine goes on. */
  | { readonly type: "notice"; readonly message: string }
  | { readonly type: "error"; readonly message: string }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly id: number; readonly message: string };
