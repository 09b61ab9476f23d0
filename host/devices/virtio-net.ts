/** The virtio network card with one pair of queues (Virtual I/O Device 1.2, chapter 5.1). What it is wired to is a NetworkPort. */
import type { Clock } from "../clock.ts";
import { asFields, bytesIn, listIn, momentsIn, type SavedFields } from "./saved-state.ts";
import { VirtioArrival } from "./virtio-arrival.ts";
import type { VirtioFunction, VirtioTransport } from "./virtio-mmio.ts";
import { gather, scatter, totalLength, VirtioFault, type Virtqueue } from "./virtio-queue.ts";

const DEVICE_ID_NETWORK = 1;
const QUEUE_SIZE = 256;
const RECEIVE = 0;

const F_MAC = 1n << 5n;
const F_STATUS = 1n << 16n;

const CONFIG_BYTES = 12;
const CONFIG_MAC = 0;
const CONFIG_STATUS = 6;
const STATUS_LINK_UP = 1;

/** Each frame in a buffer is behind a header, all zeros but for its last field when nothing is offloaded. */
const HEADER_BYTES = 12;
const NUM_BUFFERS = 10;

/** Ethernet without jumbo frames, with room for a VLAN tag. */
export const LARGEST_FRAME = 1518;
/** Frames that wait for buffers of the driver; more are lost, as on any card. */
const LARGEST_BACKLOG = 256;

/** Where a cable may be plugged in: a hub, or a backend that brings frames to the world outside. */
export interface NetworkPort {
  /** The guest sent a frame, from destination address to the end of its data. */
  send(frame: Uint8Array): void;
  /** Called once: `receive` hands a frame to the guest, at the present guest time. */
  connect(receive: (frame: Uint8Array) => void): void;
}

export interface VirtioNetOptions {
  readonly clock: Clock;
  readonly port: NetworkPort;
  /** Six bytes; the low bit of the first is 0. */
  readonly mac: Uint8Array;
  /** Tells this card apart from others of the machine. */
  readonly name: string;
}

export class VirtioNet implements VirtioFunction {
  readonly deviceId = DEVICE_ID_NETWORK;
  readonly features = F_MAC | F_STATUS;
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE];
  readonly config = new Uint8Array(CONFIG_BYTES);
  private readonly port: NetworkPort;
  private transport: VirtioTransport | undefined;
  /** Frames for the guest. */
  private backlog: Uint8Array[] = [];
  private readonly arrival: VirtioArrival;

  constructor({ clock, port, mac, name }: VirtioNetOptions) {
    this.port = port;
    this.arrival = new VirtioArrival({
      clock,
      name: `frames for ${name}`,
      deliver: () => this.transport?.guard(() => this.fillBuffers()),
    });
    this.config.set(mac.subarray(0, 6), CONFIG_MAC);
    this.config[CONFIG_STATUS] = STATUS_LINK_UP;
  }

  attach(transport: VirtioTransport): void {
    this.transport = transport;
  }

  reset(): void {
    this.backlog = [];
    this.arrival.set(null);
  }

  notify(queue: Virtqueue): void {
    const transport = this.transport as VirtioTransport;
    if (queue === transport.queues[RECEIVE]) this.fillBuffers();
    else this.takeAll(transport, queue);
  }

  private takeAll(transport: VirtioTransport, queue: Virtqueue): void {
    for (let chain = queue.pop(); chain; chain = queue.pop()) {
      const length = totalLength(chain.readable) - HEADER_BYTES;
      if (length < 0) throw new VirtioFault("a frame lacks its header");
      if (length <= LARGEST_FRAME) {
        this.port.send(gather(transport.memory, chain.readable).subarray(HEADER_BYTES));
      }
      transport.complete(queue, chain, 0);
    }
  }

  state(): Record<string, unknown> {
    return { backlog: this.backlog.map((frame) => ({ frame })), arrivedAt: [this.arrival.at] };
  }

  restore(state: SavedFields): void {
    this.backlog = listIn(state, "backlog").map((saved) => bytesIn(asFields(saved, "backlog"), "frame"));
    const [at = null] = momentsIn(state, "arrivedAt", 1);
    this.arrival.set(at);
  }

  /** A frame for the guest, at the present guest time. */
  receive(frame: Uint8Array): void {
    // Nobody listens before the driver has set the queue up.
    const listening = this.transport?.queues[RECEIVE]?.ready;
    if (!listening || this.backlog.length >= LARGEST_BACKLOG || frame.length > LARGEST_FRAME) return;
    this.backlog.push(frame.slice());
    this.arrival.announce();
  }

  private fillBuffers(): void {
    const transport = this.transport as VirtioTransport;
    const queue = transport.queues[RECEIVE];
    if (!queue?.ready || this.arrival.at !== null) return;
    while (this.backlog.length > 0) {
      const chain = queue.pop();
      if (!chain) return;
      const frame = this.backlog.shift() as Uint8Array;
      const bytes = new Uint8Array(HEADER_BYTES + frame.length);
      new DataView(bytes.buffer).setUint16(NUM_BUFFERS, 1, true);
      bytes.set(frame, HEADER_BYTES);
      // A frame that its buffer cannot hold is lost; the buffer comes back empty.
      const fits = bytes.length <= totalLength(chain.writable);
      if (fits) scatter(transport.memory, chain.writable, bytes);
      transport.complete(queue, chain, fits ? bytes.length : 0);
    }
  }
}
