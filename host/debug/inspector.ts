/** What people ask about a machine that stands still, in words: registers by field, page tables, traps, tasks, calls. */
import { CSR_FIELDS, EXCEPTION_CAUSES, INTERRUPT_CAUSES } from "../../spec/csr-fields.ts";
import { CSRS } from "../../spec/csrs.ts";
import { modelledEntries } from "../core/tlb.ts";
import { disassemble } from "../inspect/disassembler.ts";
import { walkPages } from "../inspect/page-walk.ts";
import { plicText } from "../inspect/plic-text.ts";
import { readTasks } from "../inspect/tasks.ts";
import { modelledText, tlbText } from "../inspect/tlb-text.ts";
import { callChain } from "../trace/call-chain.ts";
import { csrFieldValue } from "./csr-text.ts";
import type { Debugger } from "./debugger.ts";
import type { MachineTarget } from "./machine-target.ts";

const INTERRUPT = 1n << 63n;
const MOST_TRACED = 1000;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const wide = (value: bigint): string => `0x${value.toString(16).padStart(16, "0")}`;

export class Inspector {
  readonly #target: MachineTarget;
  readonly #debugger: Debugger;

  constructor(target: MachineTarget) {
    this.#target = target;
    this.#debugger = target.debugger;
  }

  /** All CSRs, or one, with the fields that have names. */
  csrs(hart: number, only: string | undefined): string {
    const rows = CSRS.filter(({ name }) => (only === undefined ? !/hpm/.test(name) : name === only));
    if (rows.length === 0) return `there is no CSR ${only}\n`;
    return rows.map(({ name, doc }) => this.#csr(hart, name, doc)).join("");
  }

  /** A page-table walk, level by level. */
  pageTable(hart: number, virtual: bigint): string {
    const satp = this.#register(hart, "satp");
    const walk = walkPages(satp, virtual, (address) => {
      const bytes = this.#target.readPhysical(BigInt(address), 8);
      return bytes.length < 8 ? undefined : wordOf(bytes);
    });
    const lines = walk.steps.map(({ level, table, index, entry, flags, physicalPage, leaf }) => {
      const what = leaf ? `page ${hex(physicalPage << 12n)}` : `table ${hex(physicalPage << 12n)}`;
      const value = entry === undefined ? "no memory there" : `${wide(entry)} ${flags || "-"}`;
      return `level ${level}: ${hex(table)}[${index}] = ${value}${flags.includes("V") ? `, ${what}` : ""}\n`;
    });
    const end =
      walk.physical === undefined
        ? `page fault: ${walk.fault}`
        : `${hex(virtual)} is at ${hex(walk.physical)}`;
    return `satp ${wide(satp)}: ${walk.mode}, ASID ${walk.asid}\n${lines.join("")}${end}\n`;
  }

  /** The last traps that a hart took, in words. */
  trap(hart: number): string {
    return ["s", "m"].map((mode) => this.#trap(hart, mode)).join("");
  }

  /** What the TLBs hold: those that make the machine fast, and those of the pipeline model when it keeps the time. */
  tlb(hart: number): string {
    const { core, timing } = this.#target.machine;
    if (!timing) return tlbText(core.tlb(hart));
    const modelled = (["itlb", "dtlb"] as const).map((tlb) =>
      modelledText(tlb.toUpperCase(), modelledEntries(core.timing(hart), tlb)),
    );
    return modelled.join("") + tlbText(core.tlb(hart));
  }

  /** Interrupt sources: who waits for whom. */
  plic(): string {
    const states = Object.entries(this.#target.machine.deviceStates);
    const [, state] = states.find(([name]) => name.startsWith("PLIC@")) ?? [];
    return state ? plicText(state) : "this machine has no PLIC\n";
  }

  /** The kernel's task list. */
  tasks(hart: number): string {
    const { symbols } = this.#target;
    const tasks = readTasks(symbols, (address, length) => this.#target.readMemory(hart, address, length));
    if (tasks === undefined)
      return "the kernel does not tell where its tasks are (no __offset_task_struct_ symbols)\n";
    const rows = tasks.map(({ pid, parent, cpu, state, name, kernelThread, address }) =>
      [`${pid}`.padStart(5), `${parent ?? "-"}`.padStart(5), `${cpu ?? "-"}`.padStart(3), state.padEnd(8)]
        .concat(hex(address), kernelThread ? `[${name}]` : name)
        .join(" "),
    );
    return `  PID  PPID CPU STATE    TASK               NAME\n${rows.join("\n")}\n`;
  }

  /** Calls of every hart, by frame pointers. */
  backtraces(): string {
    return Array.from({ length: this.#target.hartCount }, (_, hart) => this.#backtrace(hart)).join("");
  }

  /** The last `count` instructions that a hart executed before it came here: it goes back for them. */
  trace(hart: number, count: number): string {
    const here = this.#debugger.position;
    const told = this.#debugger.onStop;
    const lines: string[] = [];
    this.#debugger.onStop = undefined;
    try {
      for (let steps = 0; steps < Math.min(count, MOST_TRACED); steps++) {
        if (this.#debugger.stepBack(hart).kind === "begin") break;
        lines.push(this.#instruction(hart));
      }
    } finally {
      this.#debugger.goTo(here);
      this.#debugger.onStop = told;
    }
    return lines.reverse().join("");
  }

  /** Where in its run the machine stands. */
  place(): string {
    const { cycle, executed, inputs } = this.#debugger.position;
    return `cycle ${cycle}, ${executed} cycles executed by all harts, ${inputs} inputs\n`;
  }

  #csr(hart: number, name: string, doc: string): string {
    const value = this.#register(hart, name);
    const fields = CSR_FIELDS[name] ?? [];
    const cause = name.endsWith("cause") ? ` (${causeText(value)})` : "";
    const text = fields.map((field) => `${field.name}=${csrFieldValue(field, value)}`).join(" ");
    return `${name.padEnd(14)} ${wide(value)}  ${text || doc}${cause}\n`;
  }

  #trap(hart: number, mode: string): string {
    const [cause, pc, value, vector] = ["cause", "epc", "tval", "tvec"].map((name) =>
      this.#register(hart, mode + name),
    ) as [bigint, bigint, bigint, bigint];
    const name = mode.toUpperCase();
    if (vector === 0n) return `${name}-mode: no trap handler\n`;
    if (cause === 0n && pc === 0n) return `${name}-mode: no trap yet\n`;
    const where = `at ${this.#place(pc)}, handled by ${this.#place(vector & ~3n)}`;
    const about = cause & INTERRUPT || value === 0n ? "" : `; tval ${hex(value)}`;
    return `${name}-mode: the last trap was: ${causeText(cause)}, ${where}${about}\n`;
  }

  #backtrace(hart: number): string {
    const { privilege, activity } = this.#target.hartStatus(hart);
    const pc = this.#register(hart, "pc");
    const read = (address: bigint): bigint | undefined => {
      const bytes = this.#target.readMemory(hart, address, 8);
      return bytes.length < 8 ? undefined : wordOf(bytes);
    };
    const atEntry = this.#target.symbols.symbolize(pc)?.offset === 0;
    const [ra, s0] = [this.#register(hart, "ra"), this.#register(hart, "s0")];
    const calls = [pc, ...callChain({ atEntry, ra, s0, read })].filter((address) => address !== 0n);
    const task = this.#debugger.taskOf(hart);
    const head = `hart ${hart} [${privilege}, ${activity}]${task ? ` ${task.name}, pid ${task.pid}` : ""}\n`;
    // A return address may be the first of the next function, when the call is the last thing that its caller does.
    const caller = (address: bigint): string =>
      `${hex(address)} in ${this.#target.symbols.describe(address - 1n)}`;
    const texts = calls.map((address, depth) => (depth === 0 ? this.#place(address) : caller(address)));
    return head + texts.map((text, depth) => `  #${depth} ${text}\n`).join("");
  }

  #instruction(hart: number): string {
    const pc = this.#register(hart, "pc");
    const bytes = this.#target.readMemory(hart, pc, 4);
    const word = bytes.reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);
    const { mnemonic, operands } = disassemble(word, pc);
    return `${this.#place(pc).padEnd(50)} ${mnemonic.padEnd(8)} ${operands}\n`;
  }

  #place(address: bigint): string {
    const name = this.#target.symbols.describe(address);
    return name.startsWith("0x") ? name : `${hex(address)} <${name}>`;
  }

  #register(hart: number, name: string): bigint {
    return this.#target.readRegister(hart, name) ?? 0n;
  }
}

function causeText(cause: bigint): string {
  const number = Number(cause & ~INTERRUPT);
  const names = cause & INTERRUPT ? INTERRUPT_CAUSES : EXCEPTION_CAUSES;
  return names[number] ?? `cause ${number}`;
}

function wordOf(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}
