/** A disk image in a file: what the guest writes is in the file at once. */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { DriveOption } from "../arguments.ts";
import { type BlockBackend, SECTOR_BYTES } from "../devices/virtio-blk.ts";
import { HartbeatError } from "../errors.ts";
import { reason } from "./files.ts";

/** How much is read at a time for the digest. */
const PIECE_SECTORS = 2048;

export class FileDisk implements BlockBackend {
  readonly sectors: number;
  readonly readOnly: boolean;
  readonly #path: string;
  readonly #fd: number;

  /** Opens the image; a last sector that the file does not fill is zero at its end. */
  constructor({ file, readonly }: Pick<DriveOption, "file" | "readonly">) {
    this.#path = file;
    this.readOnly = readonly;
    try {
      this.#fd = openSync(file, readonly ? "r" : "r+");
    } catch (error) {
      const advice = readonly
        ? "name a disk image with -drive file=PATH"
        : "name a disk image, or add readonly=on";
      throw new HartbeatError(`Cannot open the drive '${file}': ${reason(error)}; ${advice}.`);
    }
    const status = fstatSync(this.#fd);
    if (!status.isFile() || status.size === 0) {
      closeSync(this.#fd);
      throw new HartbeatError(
        `The drive '${file}' is ${status.isFile() ? "empty" : "no plain file"}; name a disk image.`,
      );
    }
    this.sectors = Math.ceil(status.size / SECTOR_BYTES);
  }

  read(sector: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const count = this.#try("read", () =>
        readSync(this.#fd, into, done, into.length - done, sector * SECTOR_BYTES + done),
      );
      if (count === 0) break;
      done += count;
    }
    into.fill(0, done);
  }

  write(sector: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      done += this.#try("write", () =>
        writeSync(this.#fd, bytes, done, bytes.length - done, sector * SECTOR_BYTES + done),
      );
    }
  }

  flush(): void {
    this.#try("flush", () => fsyncSync(this.#fd));
  }

  /** A digest of the contents, which are part of what the guest sees. */
  state(): Record<string, unknown> {
    const digest = createHash("sha256");
    const piece = new Uint8Array(PIECE_SECTORS * SECTOR_BYTES);
    for (let sector = 0; sector < this.sectors; sector += PIECE_SECTORS) {
      const sectors = Math.min(PIECE_SECTORS, this.sectors - sector);
      const bytes = piece.subarray(0, sectors * SECTOR_BYTES);
      this.read(sector, bytes);
      digest.update(bytes);
    }
    return { digest: digest.digest("hex") };
  }

  close(): void {
    closeSync(this.#fd);
  }

  #try<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw new HartbeatError(`Cannot ${what} the drive '${this.#path}': ${reason(error)}.`);
    }
  }
}
