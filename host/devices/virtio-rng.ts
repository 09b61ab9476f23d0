/**
 * The virtio entropy device (Virtual I/O Device 1.2, chapter 5.4). Its bytes come from a generator that starts from a
 * seed, so that a run can be repeated: they look random and are no secret.
 */
import { numbersIn, type SavedFields } from "./saved-state.ts";
import type { VirtioFunction, VirtioTransport } from "./virtio-mmio.ts";
import { type Chain, scatter, totalLength, type Virtqueue } from "./virtio-queue.ts";

const DEVICE_ID_ENTROPY = 4;
const QUEUE_SIZE = 64;
/** No request gets more bytes at a time; the driver asks again. */
const LARGEST_ANSWER = 4096;

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The generator xoshiro128** of Blackman and Vigna. */
class Generator {
  readonly words: Uint32Array;

  /** The seed is spread over the state by the finaliser of MurmurHash3, so that none is all zeros. */
  constructor(seed: number) {
    this.words = Uint32Array.from({ length: 4 }, (_, index) => {
      let word = (seed + (index + 1) * 0x9e3779b9) | 0;
      word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      return (word ^ (word >>> 16)) >>> 0;
    });
  }

  next(): number {
    const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = this.words;
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const t2 = s2 ^ s0;
    const t3 = s3 ^ s1;
    this.words.set([s0 ^ t3, s1 ^ t2, t2 ^ (s1 << 9), rotate(t3, 11)]);
    return result;
  }

  bytes(length: number): Uint8Array {
    const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => this.next());
    return new Uint8Array(words.buffer, 0, length);
  }
}

export class VirtioRng implements VirtioFunction {
  readonly deviceId = DEVICE_ID_ENTROPY;
  readonly features = 0n;
  readonly queueSizes = [QUEUE_SIZE];
  readonly config = new Uint8Array(0);
  private readonly generator: Generator;
  private transport: VirtioTransport | undefined;

  constructor(seed: number) {
    this.generator = new Generator(seed);
  }

  attach(transport: VirtioTransport): void {
    this.transport = transport;
  }

  /** The generator goes on: the same bytes twice would be worse than none. */
  reset(): void {}

  notify(queue: Virtqueue): void {
    for (let chain = queue.pop(); chain; chain = queue.pop()) this.answer(queue, chain);
  }

  state(): Record<string, unknown> {
    return { generator: Array.from(this.generator.words) };
  }

  restore(state: SavedFields): void {
    this.generator.words.set(numbersIn(state, "generator", this.generator.words.length));
  }

  private answer(queue: Virtqueue, chain: Chain): void {
    const transport = this.transport as VirtioTransport;
    const bytes = this.generator.bytes(Math.min(totalLength(chain.writable), LARGEST_ANSWER));
    scatter(transport.memory, chain.writable, bytes);
    transport.complete(queue, chain, bytes.length);
  }
}
