/** A disk with a write cache that a power cut empties: only what came before a flush is sure to be on the medium. */
import { type BlockBackend, MemoryBackend, SECTOR_BYTES } from "../../host/devices/virtio-blk.ts";

/** Numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class VolatileDisk extends MemoryBackend implements BlockBackend {
  readonly #medium: Uint8Array;
  /** Sectors written since the last flush, oldest first. */
  #cached: { readonly sector: number; readonly bytes: Uint8Array }[] = [];

  constructor(contents: Uint8Array) {
    super(contents);
    this.#medium = this.bytes.slice();
  }

  override write(sector: number, bytes: Uint8Array): void {
    super.write(sector, bytes);
    for (let at = 0; at < bytes.length; at += SECTOR_BYTES)
      this.#cached.push({
        sector: sector + at / SECTOR_BYTES,
        bytes: bytes.slice(at, at + SECTOR_BYTES),
      });
  }

  override flush(): void {
    for (const { sector, bytes } of this.#cached) this.#medium.set(bytes, sector * SECTOR_BYTES);
    this.#cached = [];
  }

  get cachedSectors(): number {
    return this.#cached.length;
  }

  /** What is found on the medium after a power cut now: of the cache any sectors have made it, as chance will have it. */
  afterPowerCut(random: () => number): Uint8Array {
    const found = this.#medium.slice();
    const share = random();
    for (const { sector, bytes } of this.#cached)
      if (random() < share) found.set(bytes, sector * SECTOR_BYTES);
    return found;
  }
}
