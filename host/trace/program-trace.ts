/**
 * User programs as they start and end, seen from outside the guest like the boot path: a program begins when its task
 * comes to the entry point that `start_thread(regs, pc, sp)` was told, and ends at the task's next exec or in `do_exit`.
 */
import type { Breakpoint } from "../debug/breakpoints.ts";
import { COMM_BYTES, nameOffset } from "../inspect/task-name.ts";
import type { Task } from "../inspect/tasks.ts";
import type { Moment, TraceTarget } from "./boot-trace.ts";

export interface ProgramRecord {
  /** `comm` of the task: the first 15 characters of the program's file name. */
  readonly name: string;
  /** Undefined when the kernel does not tell. */
  readonly pid: number | undefined;
  /** The task, by the order in which tasks were first seen. */
  readonly task: number;
  /** Parent process as it was then. */
  readonly parent: number | undefined;
  readonly hart: number;
  readonly cycle: number;
  readonly instructions: number;
  readonly end: Moment | undefined;
  /** It was there before the trace began: its begin is not known. */
  readonly adopted?: boolean;
}

type OpenRecord = { -readonly [Key in keyof ProgramRecord]: ProgramRecord[Key] };

/** Stops a guest that starts programs for ever from filling the host's memory. */
const MOST_RECORDS = 5_000;

export class ProgramTrace {
  /** Called for each new record, and again when it gets its end. */
  onRecord: ((record: ProgramRecord, index: number) => void) | undefined;
  readonly records: ProgramRecord[] = [];
  readonly #target: TraceTarget;
  readonly #breakpoints: Breakpoint[] = [];
  readonly #tasks: bigint[] = [];
  #nameOffset: bigint | undefined;
  readonly #starting = new Map<bigint, Breakpoint>();
  readonly #running = new Map<bigint, { record: OpenRecord; index: number }>();

  constructor(target: TraceTarget) {
    this.#target = target;
    this.#watch("start_thread", (hart, task) => this.#prepare(task, this.#register(hart, "a1")));
    this.#watch("do_exit", (hart, task) => this.#end(hart, task));
  }

  /** Notes the programs that are there already. */
  adopt(tasks: readonly Task[]): void {
    for (const { address, pid, parent, name, cpu = 0, kernelThread, state } of tasks) {
      if (kernelThread || state === "zombie" || state === "dead") continue;
      const record = {
        name,
        pid,
        task: this.#numberOf(address),
        parent,
        hart: cpu,
        cycle: this.#target.cycles,
        instructions: 0,
        end: undefined,
      };
      this.#note(address, { ...record, adopted: true });
    }
  }

  /** Takes all breakpoints out of the machine. */
  stop(): void {
    for (const breakpoint of [...this.#breakpoints, ...this.#starting.values()]) breakpoint.remove();
  }

  #watch(symbol: string, onEntry: (hart: number, task: bigint) => void): void {
    const address = this.#target.symbols.lookup(symbol, "kernel");
    if (address === undefined) return;
    const breakpoint = this.#target.breakpoints.add(address, (hart) => {
      onEntry(hart, this.#register(hart, "tp"));
      return "go-on";
    });
    this.#breakpoints.push(breakpoint);
  }

  /** The entry point is a user address that other tasks may pass: the task must be the one, and in U-mode. */
  #prepare(task: bigint, entry: bigint): void {
    this.#starting.get(task)?.remove();
    const breakpoint = this.#target.breakpoints.add(entry, (hart) => {
      const { privilege } = this.#target.hartStatus(hart);
      if (privilege === "U" && this.#register(hart, "sscratch") === task) {
        breakpoint.remove();
        this.#starting.delete(task);
        this.#begin(hart, task);
      }
      return "go-on";
    });
    this.#starting.set(task, breakpoint);
  }

  #begin(hart: number, task: bigint): void {
    this.#end(hart, task);
    const parent = this.#field(hart, task, "parent", 8);
    this.#note(task, {
      name: this.#comm(hart, task),
      pid: this.#pid(hart, task),
      task: this.#numberOf(task),
      parent: parent === undefined ? undefined : this.#pid(hart, parent),
      hart,
      ...this.#moment(hart),
      end: undefined,
    });
  }

  #note(task: bigint, record: OpenRecord): void {
    const index = this.records.push(record) - 1;
    this.#running.set(task, { record, index });
    this.onRecord?.(record, index);
    if (this.records.length >= MOST_RECORDS) this.stop();
  }

  #end(hart: number, task: bigint): void {
    const running = this.#running.get(task);
    if (!running) return;
    this.#running.delete(task);
    running.record.end = this.#moment(hart);
    this.onRecord?.(running.record, running.index);
  }

  #moment(hart: number): Moment {
    return { cycle: this.#target.cycles, instructions: Number(this.#register(hart, "minstret")) };
  }

  #field(hart: number, task: bigint, name: string, size: 4 | 8): bigint | undefined {
    const offset = this.#target.symbols.lookup(`__offset_task_struct_${name}`, "kernel");
    if (offset === undefined) return undefined;
    const bytes = this.#target.readMemory(hart, task + offset, size);
    if (bytes.length < size) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    return size === 8 ? view.getBigUint64(0, true) : BigInt(view.getInt32(0, true));
  }

  #pid(hart: number, task: bigint): number | undefined {
    const pid = this.#field(hart, task, "pid", 4);
    return pid === undefined ? undefined : Number(pid);
  }

  #numberOf(task: bigint): number {
    const known = this.#tasks.indexOf(task);
    return known >= 0 ? known : this.#tasks.push(task) - 1;
  }

  #comm(hart: number, task: bigint): string {
    this.#nameOffset ??= nameOffset(this.#target.symbols, (address, length) =>
      this.#target.readMemory(hart, address, length),
    );
    const offset = this.#nameOffset;
    if (offset === undefined) return "program";
    const bytes = this.#target.readMemory(hart, task + offset, COMM_BYTES);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  #register(hart: number, name: string): bigint {
    return this.#target.readRegister(hart, name) ?? 0n;
  }
}
