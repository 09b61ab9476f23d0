/** The virtio console with one port (Virtual I/O Device 1.2, chapter 5.3): bytes in, bytes out. */
import type { Clock } from "../clock.ts";
import { bytesIn, momentsIn, type SavedFields } from "./saved-state.ts";
import { VirtioArrival } from "./virtio-arrival.ts";
import type { VirtioFunction, VirtioTransport } from "./virtio-mmio.ts";
import { gather, scatter, totalLength, type Virtqueue } from "./virtio-queue.ts";

const DEVICE_ID_CONSOLE = 3;
const QUEUE_SIZE = 64;
const RECEIVE = 0;

/** The other end of the line. */
export interface ConsolePort {
  /** The guest wrote. */
  output(bytes: Uint8Array): void;
  /** Called once: `receive` hands bytes to the guest, at the present guest time. */
  connect(receive: (bytes: Uint8Array) => void): void;
}

export interface VirtioConsoleOptions {
  readonly clock: Clock;
  readonly port: ConsolePort;
  /** Tells this console apart from others of the machine. */
  readonly name: string;
}

export class VirtioConsole implements VirtioFunction {
  readonly deviceId = DEVICE_ID_CONSOLE;
  readonly features = 0n;
  readonly queueSizes = [QUEUE_SIZE, QUEUE_SIZE];
  readonly config = new Uint8Array(12);
  private readonly port: ConsolePort;
  private transport: VirtioTransport | undefined;
  /** Input for which the driver has given no buffer yet. */
  private waiting: number[] = [];
  private readonly arrival: VirtioArrival;

  constructor({ clock, port, name }: VirtioConsoleOptions) {
    this.port = port;
    this.arrival = new VirtioArrival({
      clock,
      name: `input of ${name}`,
      deliver: () => this.transport?.guard(() => this.fillBuffers()),
    });
  }

  /** Input for the guest, at the present guest time. */
  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.waiting.push(byte);
    this.arrival.announce();
  }

  attach(transport: VirtioTransport): void {
    this.transport = transport;
  }

  reset(): void {
    this.waiting = [];
    this.arrival.set(null);
  }

  notify(queue: Virtqueue): void {
    const transport = this.transport as VirtioTransport;
    if (queue === transport.queues[RECEIVE]) this.fillBuffers();
    else this.takeAll(transport, queue);
  }

  private takeAll(transport: VirtioTransport, queue: Virtqueue): void {
    for (let chain = queue.pop(); chain; chain = queue.pop()) {
      this.port.output(gather(transport.memory, chain.readable));
      transport.complete(queue, chain, 0);
    }
  }

  state(): Record<string, unknown> {
    return { waiting: Uint8Array.from(this.waiting), arrivedAt: [this.arrival.at] };
  }

  restore(state: SavedFields): void {
    this.waiting = Array.from(bytesIn(state, "waiting"));
    const [at = null] = momentsIn(state, "arrivedAt", 1);
    this.arrival.set(at);
  }

  private fillBuffers(): void {
    const transport = this.transport as VirtioTransport;
    const queue = transport.queues[RECEIVE];
    if (!queue?.ready || this.arrival.at !== null) return;
    while (this.waiting.length > 0) {
      const chain = queue.pop();
      if (!chain) return;
      const bytes = Uint8Array.from(this.waiting.splice(0, totalLength(chain.writable)));
      scatter(transport.memory, chain.writable, bytes);
      transport.complete(queue, chain, bytes.length);
    }
  }
}
