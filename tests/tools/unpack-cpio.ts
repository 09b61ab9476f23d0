/** Unpacks a cpio archive (newc) into a folder: files, folders and links with their modes; device nodes are left out. */
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HEADER_BYTES = 110;
const TYPE_MASK = 0o170000;
const DIRECTORY = 0o040000;
const FILE = 0o100000;
const LINK = 0o120000;

export function unpackCpio(bytes: Uint8Array, folder: string): void {
  const text = new TextDecoder("latin1");
  const asRoot = process.getuid?.() === 0;
  const padded = (length: number): number => (length + 3) & ~3;
  mkdirSync(folder, { recursive: true });
  for (let at = 0; ; ) {
    const header = text.decode(bytes.subarray(at, at + HEADER_BYTES));
    const field = (index: number): number => Number.parseInt(header.slice(6 + 8 * index, 14 + 8 * index), 16);
    const [mode, uid, gid, length, nameLength] = [field(1), field(2), field(3), field(6), field(11)];
    const name = text.decode(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameLength - 1));
    const body = at + padded(HEADER_BYTES + nameLength);
    const contents = bytes.subarray(body, body + length);
    at = body + padded(length);
    if (name === "TRAILER!!!") return;
    const path = join(folder, name);
    const type = mode & TYPE_MASK;
    if (type === DIRECTORY) mkdirSync(path, { recursive: true });
    else if (type === FILE) writeFileSync(path, contents);
    else if (type === LINK) symlinkSync(text.decode(contents), path);
    if (type !== DIRECTORY && type !== FILE) continue;
    chmodSync(path, mode & 0o7777);
    if (asRoot) chownSync(path, uid, gid);
  }
}
