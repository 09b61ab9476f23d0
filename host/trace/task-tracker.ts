/** Which task each hart runs, from the records of an instruction trace and the kernel's memory. */
import type { Core } from "../core/core.ts";
import { addressOf, type TraceCursor } from "../core/trace-buffer.ts";
import type { SymbolTable } from "../debug/symbols.ts";

/** A task as it was when it came on. */
export interface TracedTask {
  /** Address of its task_struct; undefined for what a hart does before it has one. */
  readonly address: number | undefined;
  /** Undefined when the kernel does not tell. */
  readonly pid: number | undefined;
  /** `comm` of the task: its program or kernel thread. */
  readonly name: string;
  /** Tells its address space in user mode from others; 0 when it was not in user mode. */
  readonly space: number;
}

const COMM_BYTES = 16;
const USER = 0;

export class TaskTracker {
  readonly #core: Core;
  readonly #symbols: SymbolTable;
  readonly #current: TracedTask[] = [];

  constructor(core: Core, symbols: SymbolTable) {
    this.#core = core;
    this.#symbols = symbols;
  }

  /** The task of a hart; one without address while there is none. */
  current(hart: number): TracedTask {
    const found = this.#current[hart];
    if (found) return found;
    const none = { address: undefined, pid: undefined, name: `hart ${hart}`, space: 0 };
    this.#current[hart] = none;
    return none;
  }

  /** Takes a record of kind `task`, at the time at which it is told. Returns the task that was there before. */
  note(record: TraceCursor): TracedTask {
    const { hart, pc, privilege, insn } = record;
    const before = this.current(hart);
    const address = addressOf(pc);
    this.#current[hart] = {
      address: pc,
      pid: this.#pid(hart, address),
      name: this.#comm(hart, address),
      space: privilege === USER ? insn : 0,
    };
    return before;
  }

  #pid(hart: number, task: bigint): number | undefined {
    const bytes = this.#field(hart, task, "pid", 4);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
  }

  #comm(hart: number, task: bigint): string {
    const bytes = this.#field(hart, task, "comm", COMM_BYTES);
    if (!bytes) return `task ${task.toString(16)}`;
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(bytes.slice(0, end < 0 ? COMM_BYTES : end)) || "task";
  }

  #field(hart: number, task: bigint, name: string, size: number): Uint8Array | undefined {
    const offset = this.#symbols.lookup(`__offset_task_struct_${name}`, "kernel");
    const physical = offset === undefined ? undefined : this.#core.translate(hart, task + offset);
    return physical === undefined ? undefined : this.#core.view(physical, size);
  }
}
