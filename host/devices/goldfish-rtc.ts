/** Goldfish real-time clock with its alarm (Android's goldfish virtual hardware document): nanoseconds since 1970. */
import { CYCLES_PER_SECOND } from "../../spec/machine-map.ts";
import type { FdtNode } from "../boot/fdt-writer.ts";
import type { Clock, Timer } from "../clock.ts";
import type { AccessSize, Device, IrqLine, Placement } from "./device.ts";
import { booleanIn, momentsIn, numberIn, type SavedFields, wordIn } from "./saved-state.ts";

/* A 64-bit time is read low half first and written high half first. */
const TIME_LOW = 0x00;
const TIME_HIGH = 0x04;
const ALARM_LOW = 0x08;
const ALARM_HIGH = 0x0c;
const IRQ_ENABLED = 0x10;
const CLEAR_ALARM = 0x14;
const ALARM_STATUS = 0x18;
const CLEAR_INTERRUPT = 0x1c;

const CYCLES_PER_NS = CYCLES_PER_SECOND / 1e9;
const NS_PER_MS = 1_000_000n;

const low = (value: bigint): number => Number(BigInt.asUintN(32, value));
const high = (value: bigint): number => Number(BigInt.asUintN(32, value >> 32n));
const withLow = (value: bigint, half: number): bigint => (BigInt(high(value)) << 32n) | BigInt(half);
const withHigh = (value: bigint, half: number): bigint => (BigInt(half) << 32n) | BigInt(low(value));

export interface GoldfishRtcOptions {
  readonly clock: Clock;
  readonly irq: IrqLine;
  /** Milliseconds since 1970 that the clock shows at guest cycle 0. */
  readonly base: number;
}

/** Registers are aligned words; other accesses read 0 and change nothing. */
export class GoldfishRtc implements Device {
  readonly name = "goldfish RTC";
  private readonly clock: Clock;
  private readonly irq: IrqLine;
  private readonly base: bigint;
  /** Nanoseconds that the clock is ahead of guest time. */
  private offset: bigint;
  private latchedHigh = 0;
  private alarm = 0n;
  private enabled = false;
  private pending = false;
  private timer: Timer | undefined;
  /** The cycle at which the alarm rings; null when none is set. */
  private due: number | null = null;

  constructor({ clock, irq, base }: GoldfishRtcOptions) {
    this.clock = clock;
    this.irq = irq;
    this.base = BigInt(base) * NS_PER_MS;
    this.offset = this.base;
  }

  /** As on QEMU's board a reset also takes back what the guest set the clock to. */
  reset(): void {
    this.offset = this.base;
    this.latchedHigh = 0;
    this.alarm = 0n;
    this.enabled = false;
    this.pending = false;
    this.ringAt(null);
    this.updateLine();
  }

  read(offset: number, size: AccessSize): number {
    if (size !== 4) return 0;
    switch (offset) {
      case TIME_LOW: {
        const now = this.time();
        this.latchedHigh = high(now);
        return low(now);
      }
      case TIME_HIGH:
        return this.latchedHigh;
      case ALARM_LOW:
        return low(this.alarm);
      case ALARM_HIGH:
        return high(this.alarm);
      case IRQ_ENABLED:
        return Number(this.enabled);
      case ALARM_STATUS:
        return Number(this.due !== null);
      default:
        return 0;
    }
  }

  write(offset: number, size: AccessSize, value: number): void {
    if (size !== 4) return;
    switch (offset) {
      case TIME_LOW:
        this.setTime(withLow(this.time(), value));
        break;
      case TIME_HIGH:
        this.setTime(withHigh(this.time(), value));
        break;
      case ALARM_LOW:
        this.alarm = withLow(this.alarm, value);
        this.setAlarm();
        break;
      case ALARM_HIGH:
        this.alarm = withHigh(this.alarm, value);
        break;
      case IRQ_ENABLED:
        this.enabled = (value & 1) === 1;
        this.updateLine();
        break;
      case CLEAR_ALARM:
        this.ringAt(null);
        break;
      case CLEAR_INTERRUPT:
        this.pending = false;
        this.updateLine();
        break;
      default:
        break;
    }
  }

  describe(soc: FdtNode, { base, size, irq, plicPhandle }: Placement): void {
    const node = soc.child(`rtc@${base.toString(16)}`);
    node.cells("interrupts", irq).cells("interrupt-parent", plicPhandle);
    node.wide("reg", base, size).strings("compatible", "google,goldfish-rtc");
  }

  state(): Record<string, unknown> {
    return {
      offset: `0x${this.offset.toString(16)}`,
      latchedHigh: this.latchedHigh,
      alarm: `0x${this.alarm.toString(16)}`,
      due: [this.due],
      enabled: this.enabled,
      pending: this.pending,
    };
  }

  restore(state: SavedFields): void {
    this.offset = wordIn(state, "offset");
    this.latchedHigh = numberIn(state, "latchedHigh");
    this.alarm = wordIn(state, "alarm");
    this.enabled = booleanIn(state, "enabled");
    this.pending = booleanIn(state, "pending");
    const [due = null] = momentsIn(state, "due", 1);
    this.ringAt(due);
    this.updateLine();
  }

  private time(): bigint {
    return BigInt.asUintN(64, BigInt(Math.floor(this.clock.now() / CYCLES_PER_NS)) + this.offset);
  }

  private setTime(time: bigint): void {
    this.offset = BigInt.asUintN(64, this.offset + time - this.time());
    if (this.due !== null) this.setAlarm();
  }

  /** An alarm in the past rings at once. */
  private setAlarm(): void {
    const wait = Number(this.alarm - this.time());
    // Guest time cannot count as far as an alarm may be set.
    if (wait > 0) this.ringAt(Math.min(this.clock.now() + wait * CYCLES_PER_NS, Number.MAX_SAFE_INTEGER));
    else this.ring();
  }

  private ringAt(due: number | null): void {
    this.timer?.cancel();
    this.due = due;
    this.timer = due === null ? undefined : this.clock.schedule(due, () => this.ring(), "alarm of the RTC");
  }

  private ring(): void {
    this.ringAt(null);
    this.pending = true;
    this.updateLine();
  }

  private updateLine(): void {
    this.irq.set(this.pending && this.enabled);
  }
}
