/** What the debugger shows: registers, code, memory, page tables, tasks and source lines of the machine. */

import type { MachineTarget } from "../../host/debug/machine-target.ts";
import { disassemble } from "../../host/inspect/disassembler.ts";
import { type Walk, walkPages } from "../../host/inspect/page-walk.ts";
import { readTasks, type Task } from "../../host/inspect/tasks.ts";
import type { Machine } from "../../host/machine.ts";
import { ABI_NAMES, FLOAT_NAMES } from "../../host/registers.ts";
import { callChain } from "../../host/trace/call-chain.ts";
import { CSR_FIELDS } from "../../spec/csr-fields.ts";
import { CSRS } from "../../spec/csrs.ts";
import type { CodeLine, FrameView, HartView, MemoryView, RegisterView, SourceView } from "../protocol.ts";
import { parseAddress } from "./addresses.ts";
import type { SourceLines } from "./source-lines.ts";

const SHOWN_CSRS = new Set([
  ...Object.keys(CSR_FIELDS),
  ..."sepc scause stval sscratch scounteren stimecmp mepc mcause mtval mscratch medeleg mhartid time instret cycle".split(
    " ",
  ),
]);
const LARGEST_READ = 65_536;
const MOST_NAMES = 40;
const MOST_FRAMES = 24;
const MOST_LINES = 500;
/** Longer ones are not disassembled from their beginning. */
const LARGEST_FUNCTION = 8192;
/** What lies below is no address of code or data. */
const SMALL_NUMBER = 0x1000_0000n;
/** Kernels are linked to the upper half of the address space. */
const KERNEL_HALF = 1n << 63n;

export class Inspector {
  readonly #machine: Machine;
  readonly #target: MachineTarget;
  readonly #loadLines: () => Promise<SourceLines>;
  #lines: Promise<SourceLines> | undefined;

  /** `loadLines` gets the line tables, when somebody asks for a line. */
  constructor(machine: Machine, target: MachineTarget, loadLines: () => Promise<SourceLines>) {
    this.#machine = machine;
    this.#target = target;
    this.#loadLines = loadLines;
  }

  address(hart: number, where: string): Promise<bigint> {
    return parseAddress(where, hart, this.#target, () => this.lines());
  }

  lines(): Promise<SourceLines> {
    this.#lines ??= this.#loadLines();
    return this.#lines;
  }

  describe(address: bigint): string {
    return this.#machine.symbols.describe(address);
  }

  hart(hart: number): HartView {
    const { privilege, activity } = this.#target.hartStatus(hart);
    const pc = this.register(hart, "pc");
    return {
      privilege,
      waiting: activity === "wfi",
      pc,
      where: privilege === "U" ? `0x${pc.toString(16)}` : this.describe(pc),
      pid: this.#pid(hart, privilege),
    };
  }

  register(hart: number, name: string): bigint {
    return this.#target.readRegister(hart, name) ?? 0n;
  }

  registers(hart: number): RegisterView[] {
    return ["pc", ...ABI_NAMES.slice(1)].map((name) => {
      const value = this.register(hart, name);
      const symbol = value > SMALL_NUMBER ? this.#machine.symbols.symbolize(value) : undefined;
      // The linker's marks have no contents that a value could point into.
      const named = symbol && (symbol.offset === 0 || !symbol.name.startsWith("__"));
      return { name, value, where: named ? this.describe(value) : undefined };
    });
  }

  floats(hart: number): [string, bigint][] {
    return FLOAT_NAMES.map((name) => [name, this.register(hart, name)]);
  }

  csrs(hart: number): [string, bigint][] {
    return CSRS.filter(({ name }) => SHOWN_CSRS.has(name)).map(({ name }) => [
      name,
      this.register(hart, name),
    ]);
  }

  /** The chain of callers, from the frame pointers. */
  frames(hart: number): FrameView[] {
    const pc = this.register(hart, "pc");
    const atEntry = this.#machine.symbols.symbolize(pc)?.offset === 0;
    const [ra, s0] = [this.register(hart, "ra"), this.register(hart, "s0")];
    const read = (address: bigint): bigint | undefined => this.#word(hart, address);
    const callersFrames = callChain({ atEntry, ra, s0, read })
      .filter((address) => address !== 0n)
      .map((address) => ({ address, where: this.#callSite(address) }));
    return [{ address: pc, where: this.describe(pc) }, ...callersFrames].slice(0, MOST_FRAMES);
  }

  /** A call that never returns may be the last instruction of its function: the return address is the next one's. */
  #callSite(returnAddress: bigint): string {
    const symbol = this.#machine.symbols.symbolize(returnAddress - 1n);
    return symbol ? `${symbol.name}+0x${(symbol.offset + 1).toString(16)}` : this.describe(returnAddress);
  }

  /** The address that the function of `hart` will return to. */
  returnAddress(hart: number): bigint | undefined {
    return this.frames(hart)[1]?.address;
  }

  async code(hart: number, where: string, count: number, before = 0): Promise<CodeLine[]> {
    const place = (await this.address(hart, where)) & ~1n;
    const lines = this.#upTo(hart, place).slice(-before || Number.POSITIVE_INFINITY);
    let address = place;
    while (lines.length < Math.min(count, MOST_LINES)) {
      const line = this.#codeLine(hart, address);
      if (!line) break;
      lines.push(line);
      address = BigInt.asUintN(64, address + BigInt(line.bytes.length / 2));
    }
    return lines;
  }

  /** The function's instructions in front of an address; none when they do not lead to it. */
  #upTo(hart: number, place: bigint): CodeLine[] {
    const offset = this.#machine.symbols.symbolize(place)?.offset ?? 0;
    if (offset > LARGEST_FUNCTION) return [];
    const lines: CodeLine[] = [];
    let address = place - BigInt(offset);
    while (address < place) {
      const line = this.#codeLine(hart, address);
      if (!line) return [];
      lines.push(line);
      address += BigInt(line.bytes.length / 2);
    }
    return address === place ? lines : [];
  }

  #codeLine(hart: number, address: bigint): CodeLine | undefined {
    const bytes = this.#target.readMemory(hart, address, 4);
    if (bytes.length < 2) return undefined;
    const word = new Uint8Array(4);
    word.set(bytes);
    const found = disassemble(new DataView(word.buffer).getUint32(0, true), address);
    const symbol = this.#machine.symbols.symbolize(address);
    return {
      address,
      label: symbol?.offset === 0 ? symbol.name : undefined,
      bytes: [...word.subarray(0, found.length)]
        .reverse()
        .map((byte) => byte.toString(16).padStart(2, "0"))
        .join(""),
      mnemonic: found.mnemonic,
      operands: found.operands,
      target: found.target === undefined ? undefined : this.describe(found.target),
    };
  }

  async memory(hart: number, where: string, length: number): Promise<MemoryView> {
    const address = await this.address(hart, where);
    return { address, bytes: this.#target.readMemory(hart, address, Math.min(length, LARGEST_READ)) };
  }

  async walk(hart: number, where: string): Promise<Walk> {
    return walkPages(this.register(hart, "satp"), await this.address(hart, where), (address) => {
      const bytes = this.#machine.readPhysical(address, 8);
      return bytes.length < 8
        ? undefined
        : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    });
  }

  tasks(): Task[] | undefined {
    return readTasks(this.#machine.symbols, (address, length) => this.#target.readMemory(0, address, length));
  }

  symbols(prefix: string): string[] {
    return this.#machine.symbols.names(prefix, MOST_NAMES);
  }

  /** The source line of an address; only the code of kernel and firmware has any. */
  async source(address: bigint): Promise<SourceView | undefined> {
    return (await this.lineFinder())(address);
  }

  /** A function from addresses to source lines that needs no waiting. */
  async lineFinder(): Promise<(address: bigint) => SourceView | undefined> {
    const lines = await this.lines();
    return (address) => lines.find(this.#linkAddress(address));
  }

  /** Before paging is on, code runs at its load address. */
  #linkAddress(address: bigint): bigint {
    if (address >= KERNEL_HALF) return address;
    const symbol = this.#machine.symbols.symbolize(address, "kernel");
    const start = symbol && this.#machine.symbols.lookup(symbol.name, "kernel");
    return start === undefined || !symbol ? address : start + BigInt(symbol.offset);
  }

  #word(hart: number, address: bigint): bigint | undefined {
    const bytes = this.#target.readMemory(hart, address, 8);
    return bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  /** The kernel keeps `current` in tp while in S-mode, in sscratch while the task is in U-mode. */
  #pid(hart: number, privilege: HartView["privilege"]): number | undefined {
    const offset = this.#machine.symbols.lookup("__offset_task_struct_pid", "kernel");
    if (offset === undefined || privilege === "M" || this.register(hart, "satp") === 0n) return undefined;
    const task = this.register(hart, privilege === "S" ? "tp" : "sscratch");
    const bytes = this.#target.readMemory(hart, task + offset, 4);
    return bytes.length < 4 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  }
}
