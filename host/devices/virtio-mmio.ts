/** The virtio transport over memory-mapped registers (Virtual I/O Device 1.2, chapter 4.2), without the legacy form. */
import type { FdtNode } from "../boot/fdt-writer.ts";
import { HartbeatError } from "../errors.ts";
import type { AccessSize, Device, GuestMemory, IrqLine, Placement } from "./device.ts";
import { asFields, fieldsIn, listIn, numberIn, type SavedFields, wordIn } from "./saved-state.ts";
import { type Chain, VirtioFault, Virtqueue } from "./virtio-queue.ts";

const MAGIC_VALUE = 0x000;
const VERSION = 0x004;
const DEVICE_ID = 0x008;
const VENDOR_ID = 0x00c;
const DEVICE_FEATURES = 0x010;
const DEVICE_FEATURES_SEL = 0x014;
const DRIVER_FEATURES = 0x020;
const DRIVER_FEATURES_SEL = 0x024;
const QUEUE_SEL = 0x030;
const QUEUE_NUM_MAX = 0x034;
const QUEUE_NUM = 0x038;
const QUEUE_READY = 0x044;
const QUEUE_NOTIFY = 0x050;
const INTERRUPT_STATUS = 0x060;
const INTERRUPT_ACK = 0x064;
const STATUS = 0x070;
const QUEUE_DESC_LOW = 0x080;
const QUEUE_DESC_HIGH = 0x084;
const QUEUE_DRIVER_LOW = 0x090;
const QUEUE_DRIVER_HIGH = 0x094;
const QUEUE_DEVICE_LOW = 0x0a0;
const QUEUE_DEVICE_HIGH = 0x0a4;
const SHM_LEN_LOW = 0x0b0;
const SHM_BASE_HIGH = 0x0bc;
const CONFIG_GENERATION = 0x0fc;
const CONFIG = 0x100;

/** "virt", little-endian. */
const MAGIC = 0x74726976;
const MODERN = 2;
/** "HART", little-endian. */
const VENDOR = 0x54524148;

const STATUS_DRIVER_OK = 4;
const STATUS_FEATURES_OK = 8;
const STATUS_NEEDS_RESET = 64;
const STATUS_BY_DRIVER = 0xff & ~STATUS_NEEDS_RESET;

const INTERRUPT_USED = 1;
const INTERRUPT_CONFIG = 2;

const NO_SHARED_MEMORY = 0xffff_ffff;

/** The one feature that every modern device and driver has. */
const FEATURE_VERSION_1 = 1n << 32n;

/** What a virtio device may ask of its transport. */
export interface VirtioTransport {
  readonly memory: GuestMemory;
  readonly queues: readonly Virtqueue[];
  /** Returns a finished request to the driver. */
  complete(queue: Virtqueue, chain: Chain, written: number): void;
  /** Runs work that touches guest memory: what the driver did wrong there stops the device instead of the machine. */
  guard(work: () => void): void;
}

/** The device behind a transport: a disk, a console, ... */
export interface VirtioFunction {
  readonly deviceId: number;
  /** The device-specific feature bits on offer. */
  readonly features: bigint;
  /** The largest size of each virtqueue. */
  readonly queueSizes: readonly number[];
  /** The device-specific configuration space. */
  readonly config: Uint8Array;
  attach(transport: VirtioTransport): void;
  /** The driver made requests available in `queue`. */
  notify(queue: Virtqueue): void;
  /** Forgets all requests. */
  reset(): void;
  state(): Record<string, unknown>;
  /** Takes over what `state()` gave, after the transport and its queues did. */
  restore(state: Record<string, unknown>): void;
}

export interface VirtioMmioOptions {
  readonly name: string;
  readonly irq: IrqLine;
  readonly memory: GuestMemory;
  /** What is plugged in; an empty slot answers with device ID 0. */
  readonly plugged?: VirtioFunction | undefined;
}

const withLow = (address: number, low: number): number => address - (address % 2 ** 32) + low;
const withHigh = (address: number, high: number): number => (address % 2 ** 32) + high * 2 ** 32;

/** Registers are aligned words, other accesses to them read 0 and change nothing; the configuration space is bytes. */
export class VirtioMmio implements Device, VirtioTransport {
  readonly name: string;
  readonly memory: GuestMemory;
  readonly queues: readonly Virtqueue[];
  private readonly irq: IrqLine;
  private readonly plugged: VirtioFunction | undefined;
  private readonly offered: bigint;
  private deviceFeaturesSelect = 0;
  private driverFeaturesSelect = 0;
  private driverFeatures = 0n;
  private queueSelect = 0;
  private status = 0;
  private interruptStatus = 0;

  constructor({ name, irq, memory, plugged }: VirtioMmioOptions) {
    this.name = name;
    this.irq = irq;
    this.memory = memory;
    this.plugged = plugged;
    this.offered = plugged ? plugged.features | FEATURE_VERSION_1 : 0n;
    this.queues = (plugged?.queueSizes ?? []).map((size) => new Virtqueue(memory, size));
    plugged?.attach(this);
  }

  reset(): void {
    this.deviceFeaturesSelect = 0;
    this.driverFeaturesSelect = 0;
    this.driverFeatures = 0n;
    this.queueSelect = 0;
    this.status = 0;
    this.setInterruptStatus(0);
    for (const queue of this.queues) queue.reset();
    this.plugged?.reset();
  }

  read(offset: number, size: AccessSize): number {
    if (offset >= CONFIG) return this.readConfig(offset - CONFIG, size);
    if (size !== 4 || offset % 4 !== 0) return 0;
    return this.readRegister(offset) >>> 0;
  }

  write(offset: number, size: AccessSize, value: number): void {
    if (size === 4 && this.plugged) this.guard(() => this.writeRegister(offset, value));
  }

  describe(soc: FdtNode, { base, size, irq, plicPhandle }: Placement): void {
    const node = soc.child(`virtio_mmio@${base.toString(16)}`);
    node.cells("interrupts", irq).cells("interrupt-parent", plicPhandle);
    node.wide("reg", base, size).strings("compatible", "virtio,mmio");
  }

  state(): Record<string, unknown> {
    return {
      deviceFeaturesSelect: this.deviceFeaturesSelect,
      driverFeaturesSelect: this.driverFeaturesSelect,
      driverFeatures: `0x${this.driverFeatures.toString(16)}`,
      queueSelect: this.queueSelect,
      status: this.status,
      interruptStatus: this.interruptStatus,
      queues: this.queues.map((queue) => queue.state()),
      plugged: this.plugged?.state() ?? null,
    };
  }

  restore(state: SavedFields): void {
    this.deviceFeaturesSelect = numberIn(state, "deviceFeaturesSelect");
    this.driverFeaturesSelect = numberIn(state, "driverFeaturesSelect");
    this.driverFeatures = wordIn(state, "driverFeatures");
    this.queueSelect = numberIn(state, "queueSelect");
    this.status = numberIn(state, "status");
    const queues = listIn(state, "queues", this.queues.length);
    for (const [index, queue] of this.queues.entries()) queue.restore(asFields(queues[index], "queues"));
    if (this.plugged) this.plugged.restore(fieldsIn(state, "plugged"));
    this.setInterruptStatus(numberIn(state, "interruptStatus"));
  }

  complete(queue: Virtqueue, chain: Chain, written: number): void {
    queue.push(chain, written);
    if (queue.wantsInterrupt) this.setInterruptStatus(this.interruptStatus | INTERRUPT_USED);
  }

  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      // Guest memory tells of an address outside it with a HartbeatError.
      if (!(error instanceof VirtioFault || error instanceof HartbeatError)) throw error;
      this.stop();
    }
  }

  /** Chapter 2.1.2: a device in an error state sets DEVICE_NEEDS_RESET and, with a driver there, notifies it. */
  private stop(): void {
    this.plugged?.reset();
    this.status |= STATUS_NEEDS_RESET;
    if (this.status & STATUS_DRIVER_OK) this.setInterruptStatus(this.interruptStatus | INTERRUPT_CONFIG);
  }

  private setInterruptStatus(status: number): void {
    this.interruptStatus = status;
    this.irq.set(status !== 0);
  }

  private get queue(): Virtqueue | undefined {
    return this.queues[this.queueSelect];
  }

  private readConfig(offset: number, size: AccessSize): number {
    const config = this.plugged?.config;
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + (config?.[offset + index] ?? 0);
    return value;
  }

  private readRegister(offset: number): number {
    switch (offset) {
      case MAGIC_VALUE:
        return MAGIC;
      case VERSION:
        return MODERN;
      case DEVICE_ID:
        return this.plugged?.deviceId ?? 0;
      case VENDOR_ID:
        return VENDOR;
      case DEVICE_FEATURES:
        return this.featureWord(this.offered, this.deviceFeaturesSelect);
      case QUEUE_NUM_MAX:
        return this.queue?.maxSize ?? 0;
      case QUEUE_READY:
        return this.queue?.ready ? 1 : 0;
      case INTERRUPT_STATUS:
        return this.interruptStatus;
      case STATUS:
        return this.status;
      case CONFIG_GENERATION:
        return 0;
      default:
        return offset >= SHM_LEN_LOW && offset <= SHM_BASE_HIGH ? NO_SHARED_MEMORY : 0;
    }
  }

  private featureWord(features: bigint, select: number): number {
    return select > 1 ? 0 : Number(BigInt.asUintN(32, features >> BigInt(32 * select)));
  }

  private writeRegister(offset: number, value: number): void {
    switch (offset) {
      case DEVICE_FEATURES_SEL:
        this.deviceFeaturesSelect = value;
        break;
      case DRIVER_FEATURES:
        this.acceptFeatures(value);
        break;
      case DRIVER_FEATURES_SEL:
        this.driverFeaturesSelect = value;
        break;
      case QUEUE_SEL:
        this.queueSelect = value;
        break;
      case QUEUE_READY:
        this.setQueueReady((value & 1) === 1);
        break;
      case QUEUE_NOTIFY:
        this.notify(value);
        break;
      case INTERRUPT_ACK:
        this.setInterruptStatus(this.interruptStatus & ~value);
        break;
      case STATUS:
        this.setStatus(value);
        break;
      default:
        if (this.queue && !this.queue.ready) this.setUpQueue(this.queue, offset, value);
    }
  }

  private setUpQueue(queue: Virtqueue, offset: number, value: number): void {
    switch (offset) {
      case QUEUE_NUM:
        queue.size = value;
        break;
      case QUEUE_DESC_LOW:
        queue.descAddress = withLow(queue.descAddress, value);
        break;
      case QUEUE_DESC_HIGH:
        queue.descAddress = withHigh(queue.descAddress, value);
        break;
      case QUEUE_DRIVER_LOW:
        queue.driverAddress = withLow(queue.driverAddress, value);
        break;
      case QUEUE_DRIVER_HIGH:
        queue.driverAddress = withHigh(queue.driverAddress, value);
        break;
      case QUEUE_DEVICE_LOW:
        queue.deviceAddress = withLow(queue.deviceAddress, value);
        break;
      case QUEUE_DEVICE_HIGH:
        queue.deviceAddress = withHigh(queue.deviceAddress, value);
        break;
      default:
        break;
    }
  }

  private setQueueReady(ready: boolean): void {
    const { queue } = this;
    if (!queue || ready === queue.ready) return;
    if (ready) queue.enable();
    else queue.disable();
  }

  private acceptFeatures(word: number): void {
    if (this.driverFeaturesSelect > 1 || this.status & STATUS_FEATURES_OK) return;
    const shift = BigInt(32 * this.driverFeaturesSelect);
    this.driverFeatures &= ~(0xffff_ffffn << shift);
    this.driverFeatures |= BigInt(word) << shift;
  }

  /** Writing 0 resets the device. Other bits only ever come on; FEATURES_OK stays off when the features do not fit. */
  private setStatus(value: number): void {
    if (value === 0) {
      this.reset();
      return;
    }
    const fits = (this.driverFeatures & ~this.offered) === 0n && this.driverFeatures & FEATURE_VERSION_1;
    const granted = fits ? value : value & ~STATUS_FEATURES_OK;
    this.status |= granted & STATUS_BY_DRIVER;
  }

  private notify(index: number): void {
    const queue = this.queues[index];
    const live = (this.status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) === STATUS_DRIVER_OK;
    if (queue?.ready && live) this.plugged?.notify(queue);
  }
}
