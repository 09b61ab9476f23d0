/** NS16550A UART: the console's serial line (National Semiconductor PC16550D data sheet). */
import type { FdtNode } from "../boot/fdt-writer.ts";
import type { AccessSize, Device, IrqLine, Placement } from "./device.ts";
import { booleanIn, bytesIn, numberIn, type SavedFields } from "./saved-state.ts";

/** Register numbers; RBR/THR and IER give way to the divisor latch while LCR.DLAB is set. */
const DATA = 0;
const IER = 1;
const IIR_FCR = 2;
const LCR = 3;
const MCR = 4;
const LSR = 5;
const MSR = 6;
const SCR = 7;

const IER_RECEIVED = 1 << 0;
const IER_THR_EMPTY = 1 << 1;
const IER_LINE_STATUS = 1 << 2;
const IER_MODEM_STATUS = 1 << 3;
const IER_MASK = 0x0f;

const IIR_NONE = 0x01;
const IIR_MODEM_STATUS = 0x00;
const IIR_THR_EMPTY = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_LINE_STATUS = 0x06;
const IIR_TIMEOUT = 0x0c;
const IIR_FIFOS_ENABLED = 0xc0;

const FCR_ENABLE = 1 << 0;
const FCR_CLEAR_RECEIVER = 1 << 1;
const FCR_TRIGGER_SHIFT = 6;

const LCR_DLAB = 1 << 7;

const MCR_DTR = 1 << 0;
const MCR_RTS = 1 << 1;
const MCR_OUT1 = 1 << 2;
const MCR_OUT2 = 1 << 3;
const MCR_LOOP = 1 << 4;
const MCR_MASK = 0x1f;

const LSR_DATA_READY = 1 << 0;
const LSR_OVERRUN = 1 << 1;
const LSR_THR_EMPTY = 1 << 5;
const LSR_TRANSMITTER_EMPTY = 1 << 6;

const MSR_TERI = 1 << 2;
const MSR_CTS = 1 << 4;
const MSR_DSR = 1 << 5;
const MSR_RI = 1 << 6;
const MSR_DCD = 1 << 7;

const FIFO_DEPTH = 16;
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;

/** Input clock in the device tree, as QEMU has it. The divisor is kept but gives no pace: bytes take no time. */
const CLOCK_HZ = 3_686_400;

/** A first-in, first-out queue of bytes that grows as needed. */
class ByteQueue {
  private bytes = new Uint8Array(64);
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  push(bytes: Uint8Array): void {
    if (this.tail + bytes.length > this.bytes.length) {
      const room = new Uint8Array(Math.max(64, 2 * (this.length + bytes.length)));
      room.set(this.toBytes());
      this.bytes = room;
      this.tail = this.length;
      this.head = 0;
    }
    this.bytes.set(bytes, this.tail);
    this.tail += bytes.length;
  }

  /** Takes the oldest byte; the queue must not be empty. */
  shift(): number {
    const byte = this.bytes[this.head] as number;
    this.head += 1;
    return byte;
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
  }

  /** A copy of what waits, oldest first. */
  toBytes(): Uint8Array {
    return this.bytes.slice(this.head, this.tail);
  }
}

export interface UartOptions {
  readonly irq: IrqLine;
  /** Takes each byte at the moment that the guest sends it. */
  readonly onOutput: (byte: number) => void;
}

/**
 * Two things differ from the chip because bytes take no guest time here. Sending ends with the write to THR, so THR
 * is always empty. And the character timeout, four character times on the chip, is over at once: bytes in the FIFO
 * below the trigger level interrupt too, with the timeout's code in IIR. Bytes that the host types ahead wait in a
 * queue of any length and move into the FIFO as it has room, so none is lost.
 *
 * Registers are bytes; a wider access sees only the register at its first byte.
 */
export class Uart16550 implements Device {
  readonly name = "NS16550A UART";
  private readonly options: UartOptions;
  private ier = 0;
  private lcr = 0;
  private mcr = 0;
  private scr = 0;
  private divisor = 0;
  private fifosEnabled = false;
  private triggerLevel: number = TRIGGER_LEVELS[0];
  private overrun = false;
  /** The lines in MSR bits 7:4 and what changed of them since MSR was read. */
  private modemLines = 0;
  private modemDelta = 0;
  /** THR became empty and neither a read of IIR nor a write to THR has acknowledged it. */
  private thrEmptyPending = false;
  private fifo: number[] = [];
  private readonly queue = new ByteQueue();

  constructor(options: UartOptions) {
    this.options = options;
    this.reset();
  }

  reset(): void {
    this.ier = 0;
    this.lcr = 0;
    this.mcr = 0;
    this.scr = 0;
    this.divisor = 0;
    this.fifosEnabled = false;
    this.triggerLevel = TRIGGER_LEVELS[0];
    this.overrun = false;
    this.modemLines = this.linesFromOutside();
    this.modemDelta = 0;
    this.thrEmptyPending = false;
    this.fifo = [];
    this.queue.clear();
    this.update();
  }

  /** Input from the other end of the line. */
  receive(bytes: Uint8Array): void {
    this.queue.push(bytes);
    this.update();
  }

  read(offset: number, _size: AccessSize): number {
    const value = this.readRegister(offset);
    this.update();
    return value;
  }

  write(offset: number, _size: AccessSize, value: number): void {
    this.writeRegister(offset, value & 0xff);
    this.update();
  }

  describe(soc: FdtNode, { base, size, irq, plicPhandle }: Placement): void {
    const node = soc.child(`serial@${base.toString(16)}`);
    node.cells("interrupts", irq).cells("interrupt-parent", plicPhandle).cells("clock-frequency", CLOCK_HZ);
    node.wide("reg", base, size).strings("compatible", "ns16550a");
  }

  state(): Record<string, unknown> {
    return {
      ier: this.ier,
      lcr: this.lcr,
      mcr: this.mcr,
      scr: this.scr,
      divisor: this.divisor,
      fifosEnabled: this.fifosEnabled,
      triggerLevel: this.triggerLevel,
      overrun: this.overrun,
      modemLines: this.modemLines,
      modemDelta: this.modemDelta,
      thrEmptyPending: this.thrEmptyPending,
      fifo: Uint8Array.from(this.fifo),
      queue: this.queue.toBytes(),
    };
  }

  restore(state: SavedFields): void {
    this.ier = numberIn(state, "ier");
    this.lcr = numberIn(state, "lcr");
    this.mcr = numberIn(state, "mcr");
    this.scr = numberIn(state, "scr");
    this.divisor = numberIn(state, "divisor");
    this.fifosEnabled = booleanIn(state, "fifosEnabled");
    this.triggerLevel = numberIn(state, "triggerLevel");
    this.overrun = booleanIn(state, "overrun");
    this.modemLines = numberIn(state, "modemLines");
    this.modemDelta = numberIn(state, "modemDelta");
    this.thrEmptyPending = booleanIn(state, "thrEmptyPending");
    this.fifo = [...bytesIn(state, "fifo")];
    this.queue.clear();
    this.queue.push(bytesIn(state, "queue"));
    this.update();
  }

  private get divisorLatch(): boolean {
    return (this.lcr & LCR_DLAB) !== 0;
  }

  private get loopback(): boolean {
    return (this.mcr & MCR_LOOP) !== 0;
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case DATA:
        return this.divisorLatch ? this.divisor & 0xff : (this.fifo.shift() ?? 0);
      case IER:
        return this.divisorLatch ? this.divisor >> 8 : this.ier;
      case IIR_FCR: {
        const source = this.interruptSource();
        if (source === IIR_THR_EMPTY) this.thrEmptyPending = false;
        return source | (this.fifosEnabled ? IIR_FIFOS_ENABLED : 0);
      }
      case LCR:
        return this.lcr;
      case MCR:
        return this.mcr;
      case LSR: {
        const value = this.lineStatus();
        this.overrun = false;
        return value;
      }
      case MSR: {
        const value = this.modemLines | this.modemDelta;
        this.modemDelta = 0;
        return value;
      }
      case SCR:
        return this.scr;
      default:
        return 0;
    }
  }

  private writeRegister(offset: number, value: number): void {
    switch (offset) {
      case DATA:
        if (this.divisorLatch) this.divisor = (this.divisor & 0xff00) | value;
        else this.transmit(value);
        break;
      case IER:
        if (this.divisorLatch) this.divisor = (this.divisor & 0xff) | (value << 8);
        else this.enableInterrupts(value & IER_MASK);
        break;
      case IIR_FCR:
        this.controlFifos(value);
        break;
      case LCR:
        this.lcr = value;
        break;
      case MCR:
        this.mcr = value & MCR_MASK;
        this.setModemLines(this.loopback ? this.linesFromLoopback() : this.linesFromOutside());
        break;
      case SCR:
        this.scr = value;
        break;
      default:
        break;
    }
  }

  private transmit(byte: number): void {
    if (!this.loopback) this.options.onOutput(byte);
    else if (this.fifo.length < this.fifoDepth()) this.fifo.push(byte);
    else this.overrun = true;
    this.thrEmptyPending = true;
  }

  /** Enabling the THR interrupt while THR is empty raises it at once; drivers start sending on that. */
  private enableInterrupts(value: number): void {
    if (value & ~this.ier & IER_THR_EMPTY) this.thrEmptyPending = true;
    this.ier = value;
  }

  /** Switching the FIFOs on or off empties them, as does the bit for it. The transmitter's FIFO is always empty. */
  private controlFifos(value: number): void {
    const enable = (value & FCR_ENABLE) !== 0;
    if (enable !== this.fifosEnabled || (enable && value & FCR_CLEAR_RECEIVER)) this.fifo = [];
    this.fifosEnabled = enable;
    this.triggerLevel = enable ? (TRIGGER_LEVELS[value >> FCR_TRIGGER_SHIFT] as number) : TRIGGER_LEVELS[0];
  }

  private fifoDepth(): number {
    return this.fifosEnabled ? FIFO_DEPTH : 1;
  }

  /** The other end is always there and ready. */
  private linesFromOutside(): number {
    return MSR_CTS | MSR_DSR | MSR_DCD;
  }

  /** In loopback the modem outputs come back: RTS to CTS, DTR to DSR, OUT1 to RI, OUT2 to DCD. */
  private linesFromLoopback(): number {
    return (
      (this.mcr & MCR_RTS ? MSR_CTS : 0) |
      (this.mcr & MCR_DTR ? MSR_DSR : 0) |
      (this.mcr & MCR_OUT1 ? MSR_RI : 0) |
      (this.mcr & MCR_OUT2 ? MSR_DCD : 0)
    );
  }

  /** The delta bits 3:0 stand below their lines; that of RI (TERI) marks only its falling edge. */
  private setModemLines(lines: number): void {
    const changed = lines ^ this.modemLines;
    const ringRises = (changed & lines & MSR_RI) !== 0;
    this.modemDelta |= (changed >> 4) & (ringRises ? ~MSR_TERI : ~0);
    this.modemLines = lines;
  }

  private lineStatus(): number {
    return (
      LSR_THR_EMPTY |
      LSR_TRANSMITTER_EMPTY |
      (this.fifo.length > 0 ? LSR_DATA_READY : 0) |
      (this.overrun ? LSR_OVERRUN : 0)
    );
  }

  /** The interrupt of highest priority as IIR tells it. */
  private interruptSource(): number {
    if (this.ier & IER_LINE_STATUS && this.overrun) return IIR_LINE_STATUS;
    if (this.ier & IER_RECEIVED && this.fifo.length > 0) {
      return this.fifo.length >= this.triggerLevel ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    if (this.ier & IER_THR_EMPTY && this.thrEmptyPending) return IIR_THR_EMPTY;
    if (this.ier & IER_MODEM_STATUS && this.modemDelta !== 0) return IIR_MODEM_STATUS;
    return IIR_NONE;
  }

  /** Moves waiting input into the FIFO, then drives the interrupt line. In loopback the line is cut off. */
  private update(): void {
    while (!this.loopback && this.fifo.length < this.fifoDepth() && this.queue.length > 0) {
      this.fifo.push(this.queue.shift());
    }
    this.options.irq.set(this.interruptSource() !== IIR_NONE);
  }
}
