/** The virtio console with one port (Virtual I/O Device 1.2, chapter 5.3): bytes in, bytes out. */
import type { Clock, Timer } from "../clock.ts";
import { bytesIn, momentsIn, type SavedFields } from "./saved-state.ts";
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
  private readonly clock: Clock;
  private readonly port: ConsolePort;
  private readonly name: string;
  private transport: VirtioTransport | undefined;
  /** Input for which the driver has given no buffer yet. */
  private waiting: number[] = [];

  /** Set while input has come in that the driver has not been told of. */
  private arrival: Timer | undefined;
  private arrivedAt: number | null = null;

  constructor({ clock, port, name }: VirtioConsoleOptions) {
    this.clock = clock;
    this.port = port;
    this.name = name;
  }

  /** Input for the guest, at the present guest time. */
  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.waiting.push(byte);
    if (this.arrivedAt === null) this.arriveAt(this.clock.now());
  }

  attach(transport: VirtioTransport): void {
    this.transport = transport;
  }

  reset(): void {
    this.waiting = [];
    this.arriveAt(null);
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
    return { waiting: Uint8Array.from(this.waiting), arrivedAt: [this.arrivedAt] };
  }

  restore(state: SavedFields): void {
    this.waiting = Array.from(bytesIn(state, "waiting"));
    const [at = null] = momentsIn(state, "arrivedAt", 1);
    this.arriveAt(at);
  }

  /** Input from outside is an event, so that it is seen between two instructions. */
  private arriveAt(at: number | null): void {
    this.arrival?.cancel();
    this.arrivedAt = at;
    const arrive = (): void => {
      this.arrivedAt = null;
      this.transport?.guard(() => this.fillBuffers());
    };
    this.arrival = at === null ? undefined : this.clock.schedule(at, arrive, `input of ${this.name}`);
  }

  private fillBuffers(): void {
    const transport = this.transport as VirtioTransport;
    const queue = transport.queues[RECEIVE];
    if (!queue?.ready || this.arrivedAt !== null) return;
    while (this.waiting.length > 0) {
      const chain = queue.pop();
      if (!chain) return;
      const bytes = Uint8Array.from(this.waiting.splice(0, totalLength(chain.writable)));
      scatter(transport.memory, chain.writable, bytes);
      transport.complete(queue, chain, bytes.length);
    }
  }
}
