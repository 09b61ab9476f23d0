/** A disk whose writes stay in memory: the medium below it is only read. */
import { type BlockBackend, SECTOR_BYTES } from "./virtio-blk.ts";

export class OverlayDisk implements BlockBackend {
  readonly sectors: number;
  readonly readOnly = false;
  private readonly medium: BlockBackend;
  private readonly written = new Map<number, Uint8Array>();

  constructor(medium: BlockBackend) {
    this.medium = medium;
    this.sectors = medium.sectors;
  }

  read(sector: number, into: Uint8Array): void {
    this.medium.read(sector, into);
    for (let start = 0; start < into.length; start += SECTOR_BYTES) {
      const own = this.written.get(sector + start / SECTOR_BYTES);
      if (own) into.set(own, start);
    }
  }

  write(sector: number, bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += SECTOR_BYTES) {
      this.written.set(sector + start / SECTOR_BYTES, bytes.slice(start, start + SECTOR_BYTES));
    }
  }

  flush(): void {}

  prepare(sector: number, sectors: number): boolean {
    return this.medium.prepare?.(sector, sectors) ?? true;
  }

  get pending(): Promise<void> | undefined {
    return this.medium.pending;
  }

  get identity(): string | undefined {
    return this.medium.identity;
  }

  state(): Record<string, unknown> {
    const written = [...this.written].sort(([a], [b]) => a - b);
    return { medium: this.medium.state(), written };
  }
}
