/** The kernel's memory from outside: C expressions by its debugging information, page tables, tasks. */
import { inflateSync } from "node:zlib";
import type { MachineTarget } from "../../../host/debug/machine-target.ts";
import { describeResult, Evaluator } from "../../../host/debug/source/evaluate.ts";
import { SourceImages } from "../../../host/debug/source/images.ts";
import { type StackFrame, stackOf } from "../../../host/debug/source/stack.ts";
import { numberOfValue } from "../../../host/dwarf/values.ts";
import type { Machine } from "../../../host/node/index.ts";

export interface Task {
  readonly address: bigint;
  readonly pid: number;
  readonly parent: number;
  readonly comm: string;
}

const LEAF = 0xen;
const INLINED_BYTES = 128n;
/** Expressions are evaluated beside the functions, not in a frame of the stack. */
const NO_FRAME: StackFrame = {
  name: "",
  place: undefined,
  source: undefined,
  frame: { pc: 0n, called: false, cfa: undefined, interrupted: false, register: () => undefined },
  pc: 0n,
  scope: undefined,
  outer: undefined,
  inlined: false,
  caller: undefined,
};

/** Reading the debugging information of a kernel once is enough for all machines. */
let images: Promise<SourceImages> | undefined;

/** Of the kernel's enum cpuhp_state. */
export const CPUHP_PAGE_ALLOC = 5n;
export const CPUHP_ONLINE = 11n;

/** An address as a C expression. */
export const pointer = (type: string, address: bigint): string => `((${type} *)0x${address.toString(16)})`;

export class KernelMemory {
  readonly machine: Machine;
  readonly #target: MachineTarget;
  readonly #images: SourceImages;

  private constructor(target: MachineTarget, machine: Machine, sources: SourceImages) {
    this.#target = target;
    this.machine = machine;
    this.#images = sources;
  }

  static async of(target: MachineTarget, machine: Machine): Promise<KernelMemory> {
    images ??= SourceImages.load(
      machine,
      async (bytes) => new Uint8Array(inflateSync(bytes)),
      () => undefined,
    );
    return new KernelMemory(target, machine, await images);
  }

  address(symbol: string): bigint {
    const address = this.#target.symbols.lookup(symbol, "kernel");
    if (address === undefined) throw new Error(`the kernel has no symbol ${symbol}`);
    return address;
  }

  has(symbol: string): boolean {
    return this.#target.symbols.lookup(symbol, "kernel") !== undefined;
  }

  /** Where a symbol of the kernel lies in RAM. */
  physical(symbol: string): bigint {
    const address = this.#target.symbols.loadAddress(this.address(symbol));
    if (address === undefined) throw new Error(`${symbol} is in no loaded segment`);
    return BigInt(address);
  }

  /**
   * The value of a C expression, as `hart` sees memory. `name@2` is the per-CPU variable of CPU 2, `current` the hart's task;
   * a static variable is that of the file that `near` lies in.
   */
  c(text: string, hart = 0, near?: string): bigint {
    const task = this.machine.registers.read(hart, "tp") ?? 0n;
    const named = text.replace(/\bcurrent\b/g, pointer("struct task_struct", task));
    const result = this.#evaluator(hart, near).evaluate(this.#withoutPerCpu(named, hart));
    const value = result.kind === "number" ? result.number : numberOfValue(result.value);
    if (value === undefined && result.kind === "value" && result.value.location?.kind === "memory")
      return result.value.location.address;
    if (value === undefined) throw new Error(`'${text}' has no value`);
    return BigInt.asUintN(64, value);
  }

  /** The characters at the address that an expression gives, up to the first 0. */
  text(expression: string, hart = 0, most = 256): string {
    const bytes = this.#target.readMemory(hart, this.c(expression, hart), most);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  bytes(address: bigint, length: number, hart = 0): Uint8Array {
    const bytes = this.#target.readMemory(hart, address, length);
    if (bytes.length !== length) throw new Error(`0x${address.toString(16)} is not mapped`);
    return bytes;
  }

  /** The names of the functions that a hart is in, innermost first. */
  stack(hart: number): string[] {
    return stackOf(this.machine, this.#images, hart).map(({ name }) => name);
  }

  /** The source file of a function, below kernel-image/; undefined where the debugging information has none. */
  fileOf(name: string, label = "kernel"): string | undefined {
    const image = this.#images.all.find((one) => one.label === label);
    const address = this.#target.symbols.lookup(name, label);
    // What comes first may have been inlined from a header.
    for (let pc = address ?? 0n; address !== undefined && pc < address + INLINED_BYTES; pc += 2n) {
      const file = image?.debug.lines.find(pc)?.file;
      if (file && !file.endsWith(".h")) return file.replace(/^\.\//, "");
    }
    return undefined;
  }

  /** The leaf that maps an address: flags and physical address; undefined where there is none. `root` is physical. */
  leaf(address: bigint, root = this.physical("swapper_pg_dir")): { flags: bigint; to: bigint } | undefined {
    let table = root;
    for (const shift of [30n, 21n, 12n]) {
      const bytes = this.machine.readPhysical(Number(table + 8n * ((address >> shift) & 0x1ffn)), 8);
      const entry = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
      if ((entry & 1n) === 0n) return undefined;
      const next = ((entry >> 10n) & 0xfffffffffffn) << 12n;
      if ((entry & LEAF) !== 0n) return { flags: entry & 0xffn, to: next + (address & ((1n << shift) - 1n)) };
      table = next;
    }
    return undefined;
  }

  /** The leaders of all thread groups but task 0's. */
  tasks(): Task[] {
    const links = this.address("__offset_task_struct_tasks");
    const init = this.address("init_task");
    const tasks: Task[] = [];
    for (let at = this.c("init_task.tasks.next") - links; at !== init; at = this.#word(at + links) - links) {
      const task = pointer("struct task_struct", at);
      tasks.push({
        address: at,
        pid: Number(this.c(`${task}->pid`)),
        parent: Number(this.c(`${task}->parent->pid`)),
        comm: this.text(`${task}->comm`),
      });
    }
    return tasks;
  }

  /** A task as a C expression. */
  task(pid: number): string {
    const task = this.tasks().find((each) => each.pid === pid);
    if (!task) throw new Error(`there is no task ${pid}`);
    return pointer("struct task_struct", task.address);
  }

  /** What a list_head links, first to last, each as a C expression: structures of a type by their member. */
  list(head: string, type: string, member: string, hart = 0): string[] {
    const end = this.c(`&(${head})`, hart);
    const offset = this.c(`&((${type} *)0)->${member}`, hart);
    const found = [];
    for (
      let at = this.c(`(${head}).next`, hart);
      at !== end;
      at = this.c(`${pointer("struct list_head", at)}->next`, hart)
    )
      found.push(pointer(type, at - offset));
    return found;
  }

  pidOf(comm: string): number | undefined {
    return this.tasks().find((task) => task.comm === comm)?.pid;
  }

  #word(address: bigint): bigint {
    const bytes = this.bytes(address, 8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }

  #evaluator(hart: number, near?: string): Evaluator {
    const kernel = this.#images.all.find(({ label }) => label === "kernel");
    const pc = near === undefined ? undefined : this.address(near);
    const frame = kernel && pc ? { ...NO_FRAME, place: { image: kernel, linked: pc }, pc } : NO_FRAME;
    return new Evaluator({ machine: this.machine, images: this.#images, hart, stack: [] }, frame);
  }

  #withoutPerCpu(text: string, hart: number): string {
    return text.replace(/(\w+)@(\d+)/g, (_, name: string, cpu: string) => {
      const { type } = describeResult(this.#evaluator(hart).evaluate(`&${name}`));
      const address = this.address(name) + this.c(`__per_cpu_offset[${cpu}]`, hart);
      return `(*(${type})0x${address.toString(16)})`;
    });
  }
}
