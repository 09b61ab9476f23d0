/** The boot-path trace on a made-up machine: what each entry is recorded as, and that the trace ends itself. */
import { beforeEach, describe, expect, it } from "vitest";
import { Breakpoints } from "../../../host/debug/breakpoints.ts";
import { SymbolTable } from "../../../host/debug/symbols.ts";
import type { HartStatus, Privilege } from "../../../host/debug/target.ts";
import { BOOT_PATH, type BootStep } from "../../../host/trace/boot-path.ts";
import { BootTrace, type TraceTarget } from "../../../host/trace/boot-trace.ts";
import { printTree } from "../../../host/trace/print-tree.ts";
import { image, symbol } from "../debug/images.ts";

const KERNEL = 0xffff_ffff_8000_0000n;
const LOADED = 0x8020_0000;
const PID_OFFSET = 0x40n;
const INIT_TASK = KERNEL + 0x800n;
const KERNEL_INIT_TASK = KERNEL + 0x900n;
const PATH_STRING = KERNEL + 0xa00n;
const USER_ENTRY = 0x1_0000n;

const PATH: readonly BootStep[] = [
  { name: "_start", image: "kernel", early: true },
  { name: "start_kernel", image: "kernel" },
  { name: "rest_init", image: "kernel" },
  { name: "kernel_thread", image: "kernel", argument: "function" },
  { name: "do_idle", image: "kernel", firstOnly: true },
  { name: "kernel_init", image: "kernel" },
  { name: "run_init_process", image: "kernel", argument: "path" },
  { name: "start_thread", image: "kernel" },
  { name: "not_in_this_kernel", image: "kernel" },
];

class TracedMachine implements TraceTarget {
  readonly set = new Set<bigint>();
  readonly breakpoints = new Breakpoints({
    setBreakpoint: (address) => void this.set.add(address),
    clearBreakpoint: (address) => void this.set.delete(address),
  });
  readonly symbols = new SymbolTable();
  readonly registers = new Map<string, bigint>();
  readonly memory = new Uint8Array(0x1000);
  privilege: Privilege = "S";
  cycles = 0;

  constructor() {
    const functions = PATH.slice(0, -1).map(({ name }, i) => symbol(name, KERNEL + BigInt(i * 0x40)));
    const offset = symbol("__offset_task_struct_pid", PID_OFFSET, "notype");
    this.symbols.add("kernel", image(KERNEL, LOADED, [...functions, offset]));
    this.memory[Number(KERNEL_INIT_TASK + PID_OFFSET - KERNEL)] = 1;
    this.memory.set(new TextEncoder().encode("/sbin/init\0"), Number(PATH_STRING - KERNEL));
  }

  hartStatus(): HartStatus {
    return { privilege: this.privilege, activity: "running" };
  }

  readRegister(_hart: number, name: string): bigint | undefined {
    return this.registers.get(name) ?? 0n;
  }

  readMemory(_hart: number, address: bigint, length: number): Uint8Array {
    const offset = Number(address - KERNEL);
    return this.memory.slice(offset, offset + length);
  }

  /** Comes to `pc`; whether the trace let it go on. */
  arrive(pc: bigint, registers: Record<string, bigint>, privilege: Privilege = "S"): boolean {
    this.cycles += 1000;
    this.privilege = privilege;
    for (const [name, value] of Object.entries(registers)) this.registers.set(name, value);
    return !this.set.has(pc) || !this.breakpoints.hit(0, pc);
  }

  call(name: string, registers: Record<string, bigint>): void {
    const address = this.symbols.lookup(name, "kernel") ?? 0n;
    expect(this.arrive(address, registers)).toBe(true);
  }
}

let machine: TracedMachine;

beforeEach(() => {
  machine = new TracedMachine();
});

/** A return address in a function. */
function within(name: string): bigint {
  return (machine.symbols.lookup(name, "kernel") ?? 0n) + 4n;
}

function boot(): void {
  expect(machine.arrive(BigInt(LOADED), { satp: 0n, ra: 0n, sp: 0n, tp: 5n })).toBe(true);
  machine.call("start_kernel", { satp: 1n, tp: INIT_TASK, ra: BigInt(LOADED + 4) });
  machine.call("rest_init", { ra: within("start_kernel") });
  machine.call("kernel_thread", { ra: within("rest_init"), a0: within("kernel_init") - 4n });
  machine.call("do_idle", { ra: within("rest_init") });
  machine.call("do_idle", { ra: within("rest_init") });
  machine.call("kernel_init", { tp: KERNEL_INIT_TASK, ra: 0n });
  machine.call("run_init_process", { ra: within("kernel_init"), a0: PATH_STRING });
  machine.call("start_thread", { ra: within("run_init_process"), a1: USER_ENTRY });
  // Another task comes to the same address first; and the kernel may, too.
  machine.arrive(USER_ENTRY, { sscratch: INIT_TASK }, "U");
  machine.arrive(USER_ENTRY, { sscratch: KERNEL_INIT_TASK }, "S");
  machine.arrive(USER_ENTRY, { sscratch: KERNEL_INIT_TASK, tp: 0n }, "U");
}

describe("the boot trace", () => {
  it("records entries with task, depth and argument, up to the first program", () => {
    const trace = new BootTrace(machine, PATH);
    boot();
    const seen = trace.records.map(({ name, pid, depth, privilege, argument }) => [
      name,
      pid,
      depth,
      privilege,
      argument,
    ]);
    expect(seen).toEqual([
      ["_start", undefined, 0, "S", undefined],
      ["start_kernel", 0, 1, "S", undefined],
      ["rest_init", 0, 2, "S", undefined],
      ["kernel_thread", 0, 3, "S", "kernel_init"],
      ["do_idle", 0, 3, "S", undefined],
      ["kernel_init", 1, 0, "S", undefined],
      ["run_init_process", 1, 1, "S", "/sbin/init"],
      ["start_thread", 1, 2, "S", undefined],
      ["/sbin/init", 1, 0, "U", undefined],
    ]);
    expect(trace.records[1]?.cycle).toBe(2000);
    expect(trace.missing.map(({ name }) => name)).toEqual(["not_in_this_kernel"]);
  });

  it("takes its breakpoints away at its end", () => {
    const trace = new BootTrace(machine, PATH);
    expect(machine.set.has(BigInt(LOADED))).toBe(true);
    expect(trace.finished).toBe(false);
    boot();
    expect(trace.finished).toBe(true);
    expect(machine.set.size).toBe(0);
  });

  it("prints a tree", () => {
    const trace = new BootTrace(machine, PATH);
    boot();
    expect(printTree(trace.records).split("\n").slice(0, 5)).toEqual([
      " cycle  hart  pid  mode  function",
      " 1,000     0    -     S  _start",
      " 2,000     0    0     S    start_kernel",
      " 3,000     0    0     S      rest_init",
      " 4,000     0    0     S        kernel_thread (kernel_init)",
    ]);
  });

  it("ends in a guest that never gets there", () => {
    const trace = new BootTrace(machine, PATH);
    for (let i = 0; i < 20_000; i += 1) machine.call("rest_init", { satp: 1n, tp: INIT_TASK });
    expect(trace.finished).toBe(true);
    expect(trace.records).toHaveLength(10_000);
  });
});

describe("the boot path", () => {
  it("names each function of an image once", () => {
    const names = BOOT_PATH.map((step) => `${step.image}:${step.name}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
