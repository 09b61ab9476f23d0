/** The virtio block device: a disk behind one virtqueue (Virtual I/O Device 1.2, chapter 5.2). */
import type { Clock, Timer } from "../clock.ts";
import { HartbeatError } from "../errors.ts";
import { asFields, listIn, numberIn, type SavedFields } from "./saved-state.ts";
import type { VirtioFunction, VirtioTransport } from "./virtio-mmio.ts";
import {
  type Buffer,
  type Chain,
  gather,
  scatter,
  sliceBuffers,
  totalLength,
  VirtioFault,
  type Virtqueue,
} from "./virtio-queue.ts";

export const SECTOR_BYTES = 512;

const DEVICE_ID_BLOCK = 2;
const QUEUE_SIZE = 256;

const F_SEG_MAX = 1n << 2n;
const F_RO = 1n << 5n;
const F_BLK_SIZE = 1n << 6n;
const F_FLUSH = 1n << 9n;

const T_IN = 0;
const T_OUT = 1;
const T_FLUSH = 4;
const T_GET_ID = 8;

const S_OK = 0;
const S_IOERR = 1;
const S_UNSUPP = 2;

const HEADER_BYTES = 16;
const STATUS_BYTES = 1;
const ID_BYTES = 20;

/** Configuration space: capacity, seg_max and blk_size are the fields in use. */
const CONFIG_BYTES = 24;
const CONFIG_CAPACITY = 0;
const CONFIG_SEG_MAX = 12;
const CONFIG_BLK_SIZE = 20;

/** Guest time that a request takes: 20 us, and 256 ns for each sector (2 GB/s). Requests are served one by one. */
export const REQUEST_CYCLES = 20_000;
export const SECTOR_CYCLES = 256;

/** The medium. Transfers are whole sectors within its size; a HartbeatError becomes an I/O error of the request. */
export interface BlockBackend {
  readonly sectors: number;
  readonly readOnly: boolean;
  /** Fills `into` from `sector` on. */
  read(sector: number, into: Uint8Array): void;
  write(sector: number, bytes: Uint8Array): void;
  flush(): void;
  state(): Record<string, unknown>;
  /**
   * Of a medium that is far away: sees to it that these sectors come, and tells whether they are here. Only then are they read,
   * or written. `pending` settles when something has come.
   */
  prepare?(sector: number, sectors: number): boolean;
  readonly pending?: Promise<void> | undefined;
  /** Stands for the contents where they are too much to read as a whole. */
  readonly identity?: string | undefined;
}

/** A disk in memory. A last sector that the contents do not fill is zero at its end. */
export class MemoryBackend implements BlockBackend {
  readonly sectors: number;
  readonly readOnly: boolean;
  readonly bytes: Uint8Array;

  constructor(contents: Uint8Array, readOnly = false) {
    this.sectors = Math.ceil(contents.length / SECTOR_BYTES);
    this.readOnly = readOnly;
    this.bytes = new Uint8Array(this.sectors * SECTOR_BYTES);
    this.bytes.set(contents);
  }

  read(sector: number, into: Uint8Array): void {
    const start = sector * SECTOR_BYTES;
    into.set(this.bytes.subarray(start, start + into.length));
  }

  write(sector: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, sector * SECTOR_BYTES);
  }

  flush(): void {}

  /** The contents as a 32-bit FNV-1a digest: a disk may be large, and who needs it all has `bytes`. */
  state(): Record<string, unknown> {
    let digest = 0x811c9dc5;
    for (const byte of this.bytes) digest = Math.imul(digest ^ byte, 0x01000193);
    return { digest: digest >>> 0 };
  }
}

export interface VirtioBlkOptions {
  readonly clock: Clock;
  readonly backend: BlockBackend;
  /** The serial number that GET_ID tells, at most 20 ASCII characters. */
  readonly serial: string;
}

/** A request that was taken from the queue and finishes at cycle `doneAt`. */
interface PendingRequest {
  readonly chain: Chain;
  readonly doneAt: number;
  readonly timer: Timer;
}

/** Status and, for requests that return data, the data. */
interface Outcome {
  readonly status: number;
  readonly data?: Uint8Array;
}

function headerOf(bytes: Uint8Array): { readonly type: number; readonly sector: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { type: view.getUint32(0, true), sector: Number(view.getBigUint64(8, true)) };
}

function buffersIn(state: SavedFields, name: string): Buffer[] {
  return listIn(state, name).map((value) => {
    const buffer = asFields(value, name);
    return { address: numberIn(buffer, "address"), length: numberIn(buffer, "length") };
  });
}

export class VirtioBlk implements VirtioFunction {
  readonly deviceId = DEVICE_ID_BLOCK;
  readonly features: bigint;
  readonly queueSizes = [QUEUE_SIZE];
  readonly config = new Uint8Array(CONFIG_BYTES);
  private readonly clock: Clock;
  private readonly backend: BlockBackend;
  private readonly serial: string;
  private readonly id = new Uint8Array(ID_BYTES);
  private transport: VirtioTransport | undefined;
  private readonly pending = new Set<PendingRequest>();
  private busyUntil = 0;

  constructor({ clock, backend, serial }: VirtioBlkOptions) {
    this.clock = clock;
    this.backend = backend;
    this.serial = serial;
    this.features = F_SEG_MAX | F_BLK_SIZE | F_FLUSH | (backend.readOnly ? F_RO : 0n);
    this.id.set(new TextEncoder().encode(serial).subarray(0, ID_BYTES));
    const config = new DataView(this.config.buffer);
    config.setBigUint64(CONFIG_CAPACITY, BigInt(backend.sectors), true);
    config.setUint32(CONFIG_SEG_MAX, QUEUE_SIZE - 2, true);
    config.setUint32(CONFIG_BLK_SIZE, SECTOR_BYTES, true);
  }

  attach(transport: VirtioTransport): void {
    this.transport = transport;
  }

  reset(): void {
    for (const { timer } of this.pending) timer.cancel();
    this.pending.clear();
    this.busyUntil = 0;
  }

  notify(queue: Virtqueue): void {
    for (let chain = queue.pop(); chain; chain = queue.pop()) this.accept(queue, chain);
  }

  state(): Record<string, unknown> {
    return {
      pending: [...this.pending].map(({ chain, doneAt }) => ({ ...chain, doneAt })),
      busyUntil: this.busyUntil,
      medium: this.backend.state(),
    };
  }

  /** The medium is restored by whoever owns it. */
  restore(state: SavedFields): void {
    this.reset();
    const queue = this.transport?.queues[0] as Virtqueue;
    for (const saved of listIn(state, "pending")) {
      const request = asFields(saved, "pending");
      const chain = {
        head: numberIn(request, "head"),
        readable: buffersIn(request, "readable"),
        writable: buffersIn(request, "writable"),
      };
      this.finishAt(numberIn(request, "doneAt"), queue, chain);
    }
    this.busyUntil = numberIn(state, "busyUntil");
  }

  /** The transfer itself happens when its time is over, so that it is atomic in guest time. */
  private accept(queue: Virtqueue, chain: Chain): void {
    const bytes = totalLength(chain.readable) + totalLength(chain.writable);
    const start = Math.max(this.clock.now(), this.busyUntil);
    const doneAt = start + REQUEST_CYCLES + Math.floor(bytes / SECTOR_BYTES) * SECTOR_CYCLES;
    this.busyUntil = doneAt;
    // What has to be fetched is on its way while guest time goes on.
    this.isPrepared(chain);
    this.finishAt(doneAt, queue, chain);
  }

  private finishAt(doneAt: number, queue: Virtqueue, chain: Chain): void {
    const done = (): void => {
      this.pending.delete(request);
      this.transport?.guard(() => this.finish(queue, chain));
    };
    const ready = (): boolean => {
      let prepared = true;
      this.transport?.guard(() => {
        prepared = this.isPrepared(chain);
      });
      return prepared;
    };
    const timer = this.clock.schedule(doneAt, done, `request ${chain.head} of ${this.serial}`, ready);
    const request = { chain, doneAt, timer };
    this.pending.add(request);
  }

  /** Whether the medium can serve the request; what is no transfer always can be. Guest memory has to hold the header. */
  private isPrepared({ readable, writable }: Chain): boolean {
    const length = totalLength(readable);
    if (!this.backend.prepare || !this.transport || length < HEADER_BYTES) return true;
    const header = gather(this.transport.memory, sliceBuffers(readable, 0, HEADER_BYTES));
    const { type, sector } = headerOf(header);
    const bytes = type === T_OUT ? length - HEADER_BYTES : totalLength(writable) - STATUS_BYTES;
    if ((type !== T_IN && type !== T_OUT) || bytes <= 0 || !this.fits(sector, bytes)) return true;
    return this.backend.prepare(sector, bytes / SECTOR_BYTES);
  }

  private finish(queue: Virtqueue, chain: Chain): void {
    const transport = this.transport as VirtioTransport;
    const room = totalLength(chain.writable) - STATUS_BYTES;
    if (totalLength(chain.readable) < HEADER_BYTES || room < 0) {
      throw new VirtioFault("a block request lacks its header or status");
    }
    const { status, data = new Uint8Array(0) } = this.serve(transport, chain, room);
    scatter(transport.memory, chain.writable, data);
    scatter(transport.memory, sliceBuffers(chain.writable, room, room + STATUS_BYTES), Uint8Array.of(status));
    // The length counts the bytes written without a gap from the first one on.
    transport.complete(queue, chain, data.length === room ? room + STATUS_BYTES : data.length);
  }

  private serve(transport: VirtioTransport, { readable }: Chain, room: number): Outcome {
    const { type, sector } = headerOf(gather(transport.memory, sliceBuffers(readable, 0, HEADER_BYTES)));
    const length = totalLength(readable);
    try {
      switch (type) {
        case T_IN:
          return this.readSectors(sector, room);
        case T_OUT: {
          if (this.backend.readOnly || !this.fits(sector, length - HEADER_BYTES)) return { status: S_IOERR };
          this.backend.write(sector, gather(transport.memory, sliceBuffers(readable, HEADER_BYTES, length)));
          return { status: S_OK };
        }
        case T_FLUSH:
          this.backend.flush();
          return { status: S_OK };
        case T_GET_ID:
          return { status: S_OK, data: this.id.subarray(0, room) };
        default:
          return { status: S_UNSUPP };
      }
    } catch (error) {
      if (error instanceof HartbeatError) return { status: S_IOERR };
      throw error;
    }
  }

  private readSectors(sector: number, length: number): Outcome {
    if (!this.fits(sector, length)) return { status: S_IOERR };
    const data = new Uint8Array(length);
    this.backend.read(sector, data);
    return { status: S_OK, data };
  }

  private fits(sector: number, length: number): boolean {
    return length % SECTOR_BYTES === 0 && sector + length / SECTOR_BYTES <= this.backend.sectors;
  }
}
