/** SiFive PLIC: routes device interrupts to the harts (RISC-V Platform-Level Interrupt Controller Specification 1.0). */
import { PLIC_SOURCES } from "../../spec/machine-map.ts";
import type { FdtNode } from "../boot/fdt-writer.ts";
import type { AccessSize, Device, IrqLine, Placement } from "./device.ts";
import { bytesIn, listIn, numbersIn, type SavedFields } from "./saved-state.ts";

const PRIORITY = 0x00_0000;
const PENDING = 0x00_1000;
const ENABLE = 0x00_2000;
const ENABLE_STRIDE = 0x80;
const CONTEXT = 0x20_0000;
const CONTEXT_STRIDE = 0x1000;
const THRESHOLD = 0;
const CLAIM = 4;

/** Priorities and thresholds have three bits. */
const PRIORITY_MASK = 7;

/** Source 0 does not exist; 32 sources share a word. */
const SOURCE_LIMIT = PLIC_SOURCES + 1;
const WORDS = Math.ceil(SOURCE_LIMIT / 32);

/** Interrupt numbers in a hart's `mip`, as its device-tree node counts them. */
const MACHINE_EXTERNAL = 11;
const SUPERVISOR_EXTERNAL = 9;

/** What one hart in one privilege mode sees. */
interface Context {
  readonly line: IrqLine;
  readonly enable: Uint32Array;
  threshold: number;
  /** What `line` was last set to. */
  raised: boolean;
}

export interface PlicOptions {
  /** MEIP and SEIP of each hart; contexts 2n and 2n+1 are hart n's M- and S-mode. */
  readonly machine: readonly IrqLine[];
  readonly supervisor: readonly IrqLine[];
}

const bit = (source: number): number => (1 << (source % 32)) >>> 0;
const wordOf = (source: number): number => source >>> 5;

/** Registers are read and written as aligned words; other accesses read 0 and change nothing. */
export class Plic implements Device {
  readonly name = "PLIC";
  private readonly contexts: readonly Context[];
  private readonly priority = new Uint8Array(SOURCE_LIMIT);
  /** The wire of each source. */
  private readonly level = new Uint8Array(SOURCE_LIMIT);
  private readonly pending = new Uint32Array(WORDS);
  /** Sources that were claimed and not yet completed: their gateway holds back further requests. */
  private readonly claimed = new Uint8Array(SOURCE_LIMIT);

  constructor(options: PlicOptions) {
    this.contexts = options.machine.flatMap((machine, hart) =>
      [machine, options.supervisor[hart] as IrqLine].map((line) => ({
        line,
        enable: new Uint32Array(WORDS),
        threshold: 0,
        raised: false,
      })),
    );
  }

  reset(): void {
    for (const registers of [this.priority, this.level, this.pending, this.claimed]) registers.fill(0);
    for (const context of this.contexts) {
      context.enable.fill(0);
      context.threshold = 0;
      context.raised = false;
      context.line.set(false);
    }
  }

  /** The wire that a device with interrupt `source` drives. */
  line(source: number): IrqLine {
    if (!Number.isInteger(source) || source < 1 || source > PLIC_SOURCES) {
      throw new RangeError(`the PLIC has no source ${source}`);
    }
    return {
      set: (level) => {
        if (this.level[source] === Number(level)) return;
        this.level[source] = Number(level);
        this.forward(source);
        this.update();
      },
    };
  }

  read(offset: number, size: AccessSize): number {
    if (size !== 4 || offset % 4 !== 0) return 0;
    if (offset < PENDING) return this.priority[(offset - PRIORITY) / 4] ?? 0;
    if (offset < ENABLE) return this.pending[(offset - PENDING) / 4] ?? 0;
    if (offset < CONTEXT) {
      const { context, register } = this.locate(offset - ENABLE, ENABLE_STRIDE);
      return context?.enable[register / 4] ?? 0;
    }
    const { context, register } = this.locate(offset - CONTEXT, CONTEXT_STRIDE);
    if (context && register === THRESHOLD) return context.threshold;
    if (context && register === CLAIM) return this.claim(context);
    return 0;
  }

  write(offset: number, size: AccessSize, value: number): void {
    if (size !== 4 || offset % 4 !== 0) return;
    if (offset < PENDING) {
      const source = (offset - PRIORITY) / 4;
      if (source > 0 && source < SOURCE_LIMIT) this.priority[source] = value & PRIORITY_MASK;
    } else if (offset >= ENABLE && offset < CONTEXT) {
      const { context, register } = this.locate(offset - ENABLE, ENABLE_STRIDE);
      // Source 0 cannot be enabled.
      if (context && register / 4 < WORDS) context.enable[register / 4] = register === 0 ? value & ~1 : value;
    } else if (offset >= CONTEXT) {
      const { context, register } = this.locate(offset - CONTEXT, CONTEXT_STRIDE);
      if (context && register === THRESHOLD) context.threshold = value & PRIORITY_MASK;
      if (context && register === CLAIM) this.complete(context, value);
    }
    this.update();
  }

  describe(soc: FdtNode, { base, size, plicPhandle, hartPhandles }: Placement): void {
    const node = soc.child(`plic@${base.toString(16)}`);
    const lines = hartPhandles.flatMap((hart) => [hart, MACHINE_EXTERNAL, hart, SUPERVISOR_EXTERNAL]);
    node.cells("phandle", plicPhandle).cells("riscv,ndev", PLIC_SOURCES).wide("reg", base, size);
    node.cells("interrupts-extended", ...lines).flag("interrupt-controller");
    node.strings("compatible", "sifive,plic-1.0.0", "riscv,plic0");
    node.cells("#address-cells", 0).cells("#interrupt-cells", 1);
  }

  state(): Record<string, unknown> {
    return {
      priority: this.priority.slice(),
      level: this.level.slice(),
      pending: [...this.pending],
      claimed: this.claimed.slice(),
      enable: this.contexts.map((context) => [...context.enable]),
      threshold: this.contexts.map((context) => context.threshold),
    };
  }

  restore(state: SavedFields): void {
    this.priority.set(bytesIn(state, "priority", SOURCE_LIMIT));
    this.level.set(bytesIn(state, "level", SOURCE_LIMIT));
    this.claimed.set(bytesIn(state, "claimed", SOURCE_LIMIT));
    this.pending.set(numbersIn(state, "pending", WORDS));
    const enables = listIn(state, "enable", this.contexts.length);
    const thresholds = numbersIn(state, "threshold", this.contexts.length);
    for (const [index, context] of this.contexts.entries()) {
      context.enable.set(numbersIn({ enable: enables[index] }, "enable", WORDS));
      context.threshold = thresholds[index] as number;
    }
    this.update();
  }

  private locate(offset: number, stride: number): { context: Context | undefined; register: number } {
    return { context: this.contexts[Math.floor(offset / stride)], register: offset % stride };
  }

  /**
   * The gateway of a level-triggered source ("Interrupt Gateways"): a high level becomes one request, and the next one only
   * after completion. A request that was forwarded stays, even when the level falls before it is claimed.
   */
  private forward(source: number): void {
    if (this.level[source] && !this.claimed[source]) {
      this.pending[wordOf(source)] = (this.pending[wordOf(source)] as number) | bit(source);
    }
  }

  /** The pending and enabled source of highest priority, 0 when there is none; the lowest number wins a tie. */
  private best({ enable }: Context): number {
    let best = 0;
    for (let word = 0; word < WORDS; word += 1) {
      let candidates = ((this.pending[word] as number) & (enable[word] as number)) >>> 0;
      while (candidates !== 0) {
        const source = 32 * word + 31 - Math.clz32(candidates & -candidates);
        if ((this.priority[source] as number) > (this.priority[best] as number)) best = source;
        candidates &= candidates - 1;
      }
    }
    return best;
  }

  /** "Interrupt Claim Process": "The claim operation is not affected by the setting of the priority threshold register." */
  private claim(context: Context): number {
    const source = this.best(context);
    if (source === 0) return 0;
    this.pending[wordOf(source)] = (this.pending[wordOf(source)] as number) & ~bit(source);
    this.claimed[source] = 1;
    this.update();
    return source;
  }

  /** "Interrupt Completion": a completion of a source that is not enabled for the context is ignored. */
  private complete({ enable }: Context, source: number): void {
    if (source === 0 || source >= SOURCE_LIMIT || !((enable[wordOf(source)] as number) & bit(source))) return;
    this.claimed[source] = 0;
    this.forward(source);
  }

  private update(): void {
    for (const context of this.contexts) {
      const raised = (this.priority[this.best(context)] as number) > context.threshold;
      if (raised !== context.raised) context.line.set(raised);
      context.raised = raised;
    }
  }
}
