/** One file out of a cpio archive (newc). */

const HEADER = 110;
const SIZE_AT = 54;
const NAME_SIZE_AT = 94;

const round4 = (n: number): number => (n + 3) & ~3;

export function fileOfArchive(bytes: Uint8Array, path: string): Uint8Array {
  const number = (at: number): number =>
    Number.parseInt(Buffer.from(bytes.subarray(at, at + 8)).toString("latin1"), 16);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const size = number(at + SIZE_AT);
    const nameSize = number(at + NAME_SIZE_AT);
    const name = Buffer.from(bytes.subarray(at + HEADER, at + HEADER + nameSize - 1)).toString("latin1");
    const data = round4(at + HEADER + nameSize);
    if (name === path) return bytes.subarray(data, data + size);
    if (name === "TRAILER!!!") break;
    at = round4(data + size);
  }
  throw new Error(`no ${path} in the archive`);
}
