/** Read-only memory, such as the boot ROM. */
import type { AccessSize, Device } from "./device.ts";

/** Bytes behind the contents read as 0; writes change nothing. */
export class Rom implements Device {
  readonly name: string;
  private readonly contents: Uint8Array;

  constructor(name: string, contents: Uint8Array) {
    this.name = name;
    this.contents = contents;
  }

  reset(): void {}

  read(offset: number, size: AccessSize): number {
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1) {
      value = value * 256 + (this.contents[offset + index] ?? 0);
    }
    return value;
  }

  write(): void {}

  /** QEMU's board has no node for its boot ROM: after reset it is of no use. */
  describe(): void {}

  state(): Record<string, unknown> {
    return { contents: this.contents };
  }

  restore(): void {}
}
