/** Tells whether a file is a cpio archive that our kernel can unpack, before it has to find out. */
import { HartbeatError } from "../errors.ts";

/** "newc", without and with checksums. */
const MAGIC = /^07070[12]$/;
const HEADER_BYTES = 110;
const TRAILER = "TRAILER!!!";
/** Fields of 8 hexadecimal digits after the magic: the 7th is the file's size, the 12th the length of its name. */
const SIZE_FIELD = 6;
const NAME_FIELD = 11;
const align = (position: number): number => Math.ceil(position / 4) * 4;

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Throws HartbeatError, beginning with `what`, unless `bytes` are a whole archive of the form "newc". */
export function checkCpio(bytes: Uint8Array, what: string): void {
  const fail = (why: string): never => {
    throw new HartbeatError(`The ${what} cannot be used: ${why}; make one with cpio -o -H newc.`);
  };
  let position = 0;
  for (;;) {
    const header = bytes.subarray(position, position + HEADER_BYTES);
    const at = position === 0 ? "" : ` at byte ${position}`;
    if (!MAGIC.test(text(header.subarray(0, 6)))) fail(`it is not a cpio archive of the form "newc"${at}`);
    if (header.length < HEADER_BYTES) fail(`it ends in the middle of a file's header${at}`);
    const field = (index: number): number => {
      const digits = text(header.subarray(6 + 8 * index, 14 + 8 * index));
      if (!/^[0-9a-fA-F]{8}$/.test(digits)) fail(`its header${at} has "${digits}" for a number`);
      return Number.parseInt(digits, 16);
    };
    const nameStart = position + HEADER_BYTES;
    const nameEnd = nameStart + field(NAME_FIELD);
    const next = align(align(nameEnd) + field(SIZE_FIELD));
    if (nameEnd > bytes.length) fail(`it ends in the middle of a file's name${at}`);
    if (text(bytes.subarray(nameStart, Math.min(nameEnd - 1, nameStart + TRAILER.length))) === TRAILER)
      return;
    if (next > bytes.length) fail(`it ends before its last file does; it was cut off`);
    position = next;
  }
}
