/** Reads the header of a flat Linux `Image` for RISC-V (Linux Documentation/arch/riscv/boot-image-header). */
import { HartbeatError } from "../errors.ts";

const HEADER_BYTES = 64;
const TEXT_OFFSET = 0x08;
const IMAGE_SIZE = 0x10;
const FLAGS = 0x18;
const VERSION = 0x20;
const MAGIC2 = 0x38;

/** "RSC\x05", little-endian: the magic that boot loaders go by. */
const IMAGE_MAGIC2 = 0x05435352;

const FLAG_BIG_ENDIAN = 1n;

/** No machine of ours has that much memory: a larger figure is damage. */
const LARGEST = 1n << 40n;

export interface ImageHeader {
  /** Where the image wants to lie, in bytes from the start of memory. */
  readonly textOffset: number;
  /** Memory that the kernel takes from its first byte on, with the part that is not in the file. */
  readonly imageSize: number;
  readonly versionMajor: number;
  readonly versionMinor: number;
}

export function looksLikeImage(bytes: Uint8Array): boolean {
  if (bytes.length < MAGIC2 + 4) return false;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC2, true) === IMAGE_MAGIC2;
}

/** The header of the Image in `bytes`; `what` names it in errors, as in "kernel 'Image'". */
export function readImageHeader(bytes: Uint8Array, what: string): ImageHeader {
  const fail = (problem: string): never => {
    throw new HartbeatError(`The ${what} cannot be used: ${problem}.`);
  };
  if (!looksLikeImage(bytes) || bytes.length < HEADER_BYTES) return fail("it has no RISC-V Image header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (offset: number, name: string): number => {
    const value = view.getBigUint64(offset, true);
    if (value > LARGEST) fail(`the ${name} in its Image header is 0x${value.toString(16)}`);
    return Number(value);
  };
  if (view.getBigUint64(FLAGS, true) & FLAG_BIG_ENDIAN) fail("it is a big-endian Image");
  const version = view.getUint32(VERSION, true);
  return {
    textOffset: field(TEXT_OFFSET, "text offset"),
    // Images older than header version 0.1 leave the size 0.
    imageSize: Math.max(field(IMAGE_SIZE, "image size"), bytes.length),
    versionMajor: version >>> 16,
    versionMinor: version & 0xffff,
  };
}
