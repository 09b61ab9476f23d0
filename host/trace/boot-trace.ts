/**
 * The boot-path trace: entries of the boot path's functions, seen from outside the guest through breakpoints
 * at symbols. The guest neither helps nor notices, and its time does not change.
 *
 * The current task is what the kernel keeps in tp while in S-mode with paging on, and in sscratch while the
 * task is in U-mode; its pid is read at the offset that the kernel's ELF file exports. A kernel that exports none has
 * tasks without pids; the one that comes to `kernel_init` is the first process then. The trace ends itself
 * when that executes its first instruction in U-mode.
 */
import type { AfterHit, Breakpoint, Breakpoints } from "../debug/breakpoints.ts";
import type { SymbolTable } from "../debug/symbols.ts";
import type { DebugTarget, Privilege } from "../debug/target.ts";
import { BOOT_PATH, type BootStep } from "./boot-path.ts";
import { CallTree, walkFrames } from "./call-tree.ts";

/** A point in a run: guest time, and what the hart had retired. */
export interface Moment {
  readonly cycle: number;
  readonly instructions: number;
}

/** Where a function returned. */
export interface Return extends Moment {
  readonly hart: number;
}

export interface TraceRecord {
  /** The function, or the path of the program whose first instruction this is. */
  readonly name: string;
  /** Label of the ELF file, or "user". */
  readonly image: string;
  readonly hart: number;
  /** `current->pid`; undefined while the hart has no task. */
  readonly pid: number | undefined;
  /** The task, by the order in which tasks were first seen; undefined while the hart has none. */
  readonly task: number | undefined;
  readonly privilege: Privilege;
  readonly cycle: number;
  /** What the hart had retired when it came here. */
  readonly instructions: number;
  /** When the function returned; undefined while it has not. */
  readonly end: Return | undefined;
  /** Traced callers that are still active in the same task. */
  readonly depth: number;
  /** The path or the function that was passed, where the step asks for it. */
  readonly argument: string | undefined;
}

/** What the trace needs of the machine. */
export interface TraceTarget
  extends Pick<DebugTarget, "readRegister" | "readMemory" | "hartStatus" | "cycles"> {
  readonly breakpoints: Breakpoints;
  readonly symbols: SymbolTable;
}

/** Stops a trace of a guest that runs in circles from filling the host's memory. */
const MOST_RECORDS = 10_000;
const LONGEST_PATH = 256;
const INIT_PID = 1;
const FIRST_PROCESS = "kernel_init";

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** So many bytes at its start tell a function from another. */
const TELLING_BYTES = 16;

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** A record while it is being written. */
type OpenRecord = { -readonly [Key in keyof TraceRecord]: TraceRecord[Key] };

export class BootTrace {
  /** Called for each new record, and again when it gets its end. */
  onRecord: ((record: TraceRecord, index: number) => void) | undefined;
  readonly records: TraceRecord[] = [];
  /** Steps that the ELF files at hand have no symbol for. */
  readonly missing: BootStep[] = [];
  readonly #target: TraceTarget;
  readonly #tree = new CallTree<bigint>();
  readonly #breakpoints = new Set<Breakpoint>();
  readonly #seen = new Set<string>();
  readonly #pidOffset: bigint | undefined;
  readonly #tasks: bigint[] = [];
  /** The task of the first process, where pids are not known. */
  #firstProcess: bigint | undefined;
  #initPath: string | undefined;
  #finished = false;

  constructor(target: TraceTarget, path: readonly BootStep[] = BOOT_PATH) {
    this.#target = target;
    this.#pidOffset = target.symbols.lookup("__offset_task_struct_pid", "kernel");
    for (const step of path) this.#watch(step);
  }

  /** Whether the kernel tells the pids of its tasks. */
  get knowsPids(): boolean {
    return this.#pidOffset !== undefined;
  }

  /** Pid 1 has entered user mode, or the trace was stopped. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Takes all breakpoints out of the machine. */
  stop(): void {
    this.#finished = true;
    for (const breakpoint of this.#breakpoints) breakpoint.remove();
    this.#breakpoints.clear();
  }

  #watch(step: BootStep): void {
    const { symbols } = this.#target;
    const address = symbols.lookup(step.name, step.image);
    if (address === undefined) {
      this.missing.push(step);
      return;
    }
    const places = new Set([address]);
    const loaded = step.early ? symbols.loadAddress(address) : undefined;
    if (loaded !== undefined) places.add(BigInt(loaded));
    // A compressed kernel is unpacked over what was loaded: only its bytes tell whether it is there yet.
    const code = symbols.codeAt(address, TELLING_BYTES, step.image);
    for (const place of places) {
      this.#break(place, (hart) => {
        if (!step.early || sameBytes(this.#target.readMemory(hart, place, code.length), code))
          this.#entered(step, hart);
      });
    }
  }

  #break(address: bigint, onHit: (hart: number) => void): Breakpoint {
    const breakpoint = this.#target.breakpoints.add(address, (hart): AfterHit => {
      onHit(hart);
      return "go-on";
    });
    const held = {
      address,
      remove: () => {
        breakpoint.remove();
        this.#breakpoints.delete(held);
      },
    };
    this.#breakpoints.add(held);
    return held;
  }

  #entered(step: BootStep, hart: number): void {
    const task = this.#currentTask(hart);
    const flow = task ?? BigInt(hart);
    if (task !== undefined) this.#tree.rename(BigInt(hart), task);
    const pid = this.#pidOf(hart, task);
    if (step.name === FIRST_PROCESS && pid === undefined) this.#firstProcess ??= task;
    if (step.pid !== undefined && !this.#isProcess(step.pid, task, pid)) return;
    if (step.firstOnly) {
      const key = `${step.name} ${flow}`;
      if (this.#seen.has(key)) return;
      this.#seen.add(key);
    }
    const depth = this.#depth(flow, step, hart);
    const argument = this.#argument(step, hart);
    const number = task === undefined ? undefined : this.#numberOf(task);
    const record = this.#record({
      name: step.name,
      image: step.image,
      hart,
      pid,
      task: number,
      depth,
      argument,
    });
    this.#awaitReturn(record, this.#register(hart, "ra"), this.#register(hart, "sp"));
    if (task === undefined || !this.#isProcess(INIT_PID, task, pid)) return;
    if (step.argument === "path") this.#initPath = argument;
    if (step.name === "start_thread") this.#awaitUserMode(task, pid, this.#register(hart, "a1"));
  }

  /** Whether a task has that pid; where pids are not known, only the first process is. */
  #isProcess(wanted: number, task: bigint | undefined, pid: number | undefined): boolean {
    if (pid !== undefined) return pid === wanted;
    return wanted === INIT_PID && task !== undefined && task === this.#firstProcess;
  }

  #numberOf(task: bigint): number {
    const known = this.#tasks.indexOf(task);
    return known >= 0 ? known : this.#tasks.push(task) - 1;
  }

  #depth(flow: bigint, { image, name }: BootStep, hart: number): number {
    const returnAddress = this.#register(hart, "ra");
    const caller = this.#target.symbols.symbolize(returnAddress);
    const entry = {
      name: `${image}:${name}`,
      caller: caller && `${caller.image}:${caller.name}`,
      stackPointer: this.#register(hart, "sp"),
      returnAddress,
    };
    const frames = walkFrames(this.#register(hart, "s0"), (address) => {
      const bytes = this.#target.readMemory(hart, address, 8);
      return bytes.length === 8 ? viewOf(bytes).getBigUint64(0, true) : undefined;
    });
    return this.#tree.enter(flow, entry, frames);
  }

  /** `start_thread(regs, pc, sp)` has told where the program of pid 1 begins; the same task must come there. */
  #awaitUserMode(task: bigint, pid: number | undefined, entry: bigint): void {
    const breakpoint = this.#break(entry, (hart) => {
      const { privilege } = this.#target.hartStatus(hart);
      if (privilege !== "U" || this.#register(hart, "sscratch") !== task) return;
      breakpoint.remove();
      const name = this.#initPath ?? "init";
      const number = this.#numberOf(task);
      this.#record({ name, image: "user", hart, pid, task: number, depth: 0, argument: undefined });
      this.stop();
    });
  }

  /** A function returns when its task comes to the return address with the stack pointer that it was entered with. */
  #awaitReturn(record: OpenRecord, returnAddress: bigint, stackPointer: bigint): void {
    if (returnAddress === 0n || this.#finished) return;
    const breakpoint = this.#break(returnAddress, (hart) => {
      if (this.#register(hart, "sp") !== stackPointer) return;
      breakpoint.remove();
      record.end = { ...this.#moment(hart), hart };
      this.onRecord?.(record, this.records.indexOf(record));
    });
  }

  #record(entry: Omit<TraceRecord, "cycle" | "instructions" | "privilege" | "end">): OpenRecord {
    const { privilege } = this.#target.hartStatus(entry.hart);
    const record: OpenRecord = { ...entry, privilege, ...this.#moment(entry.hart), end: undefined };
    this.records.push(record);
    this.onRecord?.(record, this.records.length - 1);
    if (this.records.length >= MOST_RECORDS) this.stop();
    return record;
  }

  #moment(hart: number): Moment {
    return { cycle: this.#target.cycles, instructions: Number(this.#register(hart, "minstret")) };
  }

  #currentTask(hart: number): bigint | undefined {
    const { privilege } = this.#target.hartStatus(hart);
    if (privilege !== "S" || this.#register(hart, "satp") === 0n) return undefined;
    return this.#register(hart, "tp") || undefined;
  }

  #pidOf(hart: number, task: bigint | undefined): number | undefined {
    if (task === undefined || this.#pidOffset === undefined) return undefined;
    const bytes = this.#target.readMemory(hart, task + this.#pidOffset, 4);
    return bytes.length === 4 ? viewOf(bytes).getInt32(0, true) : undefined;
  }

  #argument(step: BootStep, hart: number): string | undefined {
    if (step.argument === undefined) return undefined;
    const value = this.#register(hart, "a0");
    if (step.argument === "function") return this.#target.symbols.describe(value);
    const bytes = this.#target.readMemory(hart, value, LONGEST_PATH);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  #register(hart: number, name: string): bigint {
    return this.#target.readRegister(hart, name) ?? 0n;
  }
}
