/** The types of vmlinuz.mjs. */
import type { ZlibOptions } from "node:zlib";

export function vmlinuz(decompressor: Buffer, image: Buffer, options?: ZlibOptions): Buffer;
