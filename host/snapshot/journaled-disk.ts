/**
 * A disk that remembers what it was: every sector that was written, with its first contents and its present ones. So
 * snapshots hold the written sectors only, and a machine that goes back takes its disk along.
 */
import { type BlockBackend, SECTOR_BYTES } from "../devices/virtio-blk.ts";
import { Digest } from "./digest.ts";

/** Written sectors and their contents, which nobody changes. */
export type WrittenSectors = ReadonlyMap<number, Uint8Array>;

const PIECE_SECTORS = 2048;

export class JournaledDisk implements BlockBackend {
  readonly sectors: number;
  readonly readOnly: boolean;
  readonly #medium: BlockBackend;
  readonly #originals = new Map<number, Uint8Array>();
  readonly #written = new Map<number, Uint8Array>();
  /** Exclusive or over the written sectors' digests, kept up to date by each write. */
  #sum = 0n;
  #base: string | undefined;

  constructor(medium: BlockBackend) {
    this.#medium = medium;
    this.sectors = medium.sectors;
    this.readOnly = medium.readOnly;
  }

  read(sector: number, into: Uint8Array): void {
    this.#medium.read(sector, into);
  }

  write(sector: number, bytes: Uint8Array): void {
    const count = bytes.length / SECTOR_BYTES;
    const originals = Array.from(
      { length: count },
      (_, i) => this.#originals.get(sector + i) ?? this.#sector(sector + i),
    );
    this.#medium.write(sector, bytes);
    for (const [i, original] of originals.entries()) {
      this.#originals.set(sector + i, original);
      this.#note(sector + i, bytes.slice(i * SECTOR_BYTES, (i + 1) * SECTOR_BYTES));
    }
  }

  flush(): void {
    this.#medium.flush();
  }

  prepare(sector: number, sectors: number): boolean {
    return this.#medium.prepare?.(sector, sectors) ?? true;
  }

  get pending(): Promise<void> | undefined {
    return this.#medium.pending;
  }

  /** A digest of what differs from the contents at first; those are told by `baseDigest`. */
  state(): Record<string, unknown> {
    return { written: `0x${this.#sum.toString(16)}` };
  }

  get written(): WrittenSectors {
    return new Map(this.#written);
  }

  /** Puts all sectors back to how they were when `written` was taken. */
  restore(written: WrittenSectors): void {
    for (const [sector, original] of this.#originals) {
      if (!written.has(sector) && this.#written.has(sector)) {
        this.#medium.write(sector, original);
        this.#note(sector, undefined);
      }
    }
    for (const [sector, bytes] of written) {
      if (this.#written.get(sector) === bytes) continue;
      if (!this.#originals.has(sector)) this.#originals.set(sector, this.#sector(sector));
      this.#medium.write(sector, bytes);
      this.#note(sector, bytes);
    }
  }

  /** Digest of the contents before anything was written, or of what stands for them. */
  get baseDigest(): string {
    const { identity } = this.#medium;
    this.#base ??= identity === undefined ? this.#digestBase() : new Digest().text(identity).hex();
    return this.#base;
  }

  #digestBase(): string {
    const digest = new Digest();
    for (let first = 0; first < this.sectors; first += PIECE_SECTORS) {
      const piece = new Uint8Array(Math.min(PIECE_SECTORS, this.sectors - first) * SECTOR_BYTES);
      this.#medium.read(first, piece);
      for (const [sector, original] of this.#originals) {
        if (sector >= first && sector < first + PIECE_SECTORS) {
          piece.set(original, (sector - first) * SECTOR_BYTES);
        }
      }
      digest.update(piece);
    }
    return digest.hex();
  }

  #sector(sector: number): Uint8Array {
    const bytes = new Uint8Array(SECTOR_BYTES);
    this.#medium.read(sector, bytes);
    return bytes;
  }

  #note(sector: number, bytes: Uint8Array | undefined): void {
    const old = this.#written.get(sector);
    if (old) this.#sum ^= sectorDigest(sector, old);
    if (bytes) {
      this.#sum ^= sectorDigest(sector, bytes);
      this.#written.set(sector, bytes);
    } else this.#written.delete(sector);
  }
}

function sectorDigest(sector: number, bytes: Uint8Array): bigint {
  return BigInt(`0x${new Digest().update(bytes).text(`${sector}`).hex()}`);
}
