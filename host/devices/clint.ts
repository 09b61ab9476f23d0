/** SiFive CLINT: software and timer interrupts of the harts (SiFive E31 manual, chapter "Core Local Interruptor"). */
import { CYCLES_PER_TICK } from "../../spec/machine-map.ts";
import type { FdtNode } from "../boot/fdt-writer.ts";
import type { Clock, Timer } from "../clock.ts";
import type { AccessSize, Device, IrqLine, Placement } from "./device.ts";
import { bytesIn, momentsIn, type SavedFields, wordIn, wordsIn } from "./saved-state.ts";

const MSIP = 0x0000;
const MTIMECMP = 0x4000;
const MTIME = 0xbff8;

const MSIP_STRIDE = 4;
const MTIMECMP_STRIDE = 8;

/** Interrupt numbers in a hart's `mip`, as its device-tree node counts them. */
const MACHINE_SOFTWARE = 3;
const MACHINE_TIMER = 7;

/** `mtime` and `mtimecmp` are counters modulo 2^64. */
const WRAP = 1n << 64n;

export interface ClintOptions {
  readonly clock: Clock;
  /** MSIP and MTIP of each hart; their count is the number of harts. */
  readonly software: readonly IrqLine[];
  readonly timer: readonly IrqLine[];
  /** Told what `mtime` is ahead of guest time, in ticks, when the guest writes `mtime`: the `time` CSR follows. */
  readonly onTimeOffset?: (ticks: bigint) => void;
}

function replaceHalf(value: bigint, high: boolean, half: number): bigint {
  return high ? (BigInt(half) << 32n) | BigInt.asUintN(32, value) : ((value >> 32n) << 32n) | BigInt(half);
}

function half(value: bigint, high: boolean): number {
  return Number(BigInt.asUintN(32, high ? value >> 32n : value));
}

/** Registers are read and written as aligned words, 64-bit ones as two; other accesses read 0 and change nothing. */
export class Clint implements Device {
  readonly name = "CLINT";
  private readonly options: ClintOptions;
  private readonly harts: number;
  private readonly msip: Uint8Array;
  private readonly mtimecmp: bigint[];
  private offset = 0n;
  /** For each hart the call at which its MTIP changes next. */
  private readonly timers: (Timer | undefined)[];
  /** The cycles of these calls; null for none. */
  private readonly due: (number | null)[];

  constructor(options: ClintOptions) {
    this.options = options;
    this.harts = options.timer.length;
    this.msip = new Uint8Array(this.harts);
    this.mtimecmp = new Array(this.harts);
    this.timers = new Array(this.harts);
    this.due = new Array(this.harts).fill(null);
    this.reset();
  }

  /** All of `mtimecmp` is ones after reset, so that no timer fires before it is set. */
  reset(): void {
    this.msip.fill(0);
    this.mtimecmp.fill(WRAP - 1n);
    for (const line of this.options.software) line.set(false);
    this.setOffset(0n);
  }

  read(offset: number, size: AccessSize): number {
    if (size !== 4 || offset % 4 !== 0) return 0;
    const high = offset % 8 === 4;
    if (offset < MSIP + MSIP_STRIDE * this.harts) return this.msip[offset / MSIP_STRIDE] as number;
    const compared = this.mtimecmp[this.comparatorOf(offset)];
    if (compared !== undefined) return half(compared, high);
    if (offset === MTIME || offset === MTIME + 4) return half(this.mtime(), high);
    return 0;
  }

  write(offset: number, size: AccessSize, value: number): void {
    if (size !== 4 || offset % 4 !== 0) return;
    const high = offset % 8 === 4;
    const hart = this.comparatorOf(offset);
    const compared = this.mtimecmp[hart];
    if (offset < MSIP + MSIP_STRIDE * this.harts) {
      this.msip[offset / MSIP_STRIDE] = value & 1;
      this.options.software[offset / MSIP_STRIDE]?.set((value & 1) === 1);
    } else if (compared !== undefined) {
      this.mtimecmp[hart] = replaceHalf(compared, high, value);
      this.updateTimer(hart);
    } else if (offset === MTIME || offset === MTIME + 4) {
      this.setOffset(BigInt.asUintN(64, replaceHalf(this.mtime(), high, value) - BigInt(this.ticks())));
    }
  }

  describe(soc: FdtNode, { base, size, hartPhandles }: Placement): void {
    const node = soc.child(`clint@${base.toString(16)}`);
    const lines = hartPhandles.flatMap((hart) => [hart, MACHINE_SOFTWARE, hart, MACHINE_TIMER]);
    node.cells("interrupts-extended", ...lines).wide("reg", base, size);
    node.strings("compatible", "sifive,clint0", "riscv,clint0");
  }

  state(): Record<string, unknown> {
    return {
      msip: this.msip.slice(),
      mtimecmp: this.mtimecmp.map((value) => `0x${value.toString(16)}`),
      timeOffset: `0x${this.offset.toString(16)}`,
      due: [...this.due],
    };
  }

  /** The lines are the harts' own, which come with them. */
  restore(state: SavedFields): void {
    this.msip.set(bytesIn(state, "msip", this.harts));
    for (const [hart, value] of wordsIn(state, "mtimecmp", this.harts).entries()) this.mtimecmp[hart] = value;
    this.offset = wordIn(state, "timeOffset");
    for (const [hart, at] of momentsIn(state, "due", this.harts).entries()) this.callAt(hart, at);
  }

  /** Which hart's `mtimecmp` lies at `offset`; no index of the array when none does. */
  private comparatorOf(offset: number): number {
    return Math.floor((offset - MTIMECMP) / MTIMECMP_STRIDE);
  }

  /** Whole ticks of guest time since reset. */
  private ticks(): number {
    return Math.floor(this.options.clock.now() / CYCLES_PER_TICK);
  }

  private mtime(): bigint {
    return BigInt.asUintN(64, BigInt(this.ticks()) + this.offset);
  }

  private setOffset(offset: bigint): void {
    this.offset = offset;
    this.options.onTimeOffset?.(offset);
    for (let hart = 0; hart < this.harts; hart += 1) this.updateTimer(hart);
  }

  /** Drives MTIP of `hart` and asks to be called when it changes: at `mtimecmp`, or when `mtime` wraps to 0. */
  private updateTimer(hart: number): void {
    const mtime = this.mtime();
    const compared = this.mtimecmp[hart] as bigint;
    const pending = mtime >= compared;
    this.options.timer[hart]?.set(pending);
    const change = this.ticks() + Number((pending ? WRAP : compared) - mtime);
    const cycle = change * CYCLES_PER_TICK;
    this.callAt(hart, cycle <= Number.MAX_SAFE_INTEGER ? cycle : null);
  }

  private callAt(hart: number, at: number | null): void {
    this.timers[hart]?.cancel();
    this.due[hart] = at;
    this.timers[hart] =
      at === null
        ? undefined
        : this.options.clock.schedule(at, () => this.updateTimer(hart), `mtimecmp of hart ${hart}`);
  }
}
