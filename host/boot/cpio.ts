/** Writes cpio archives in the "newc" form, which Linux unpacks as its initial RAM disk (Documentation/driver-api/early-userspace). */

const S_IFCHR = 0o020000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

/** One file of the archive. Parents come before what is in them. */
export type CpioEntry =
  | { readonly kind: "directory"; readonly path: string }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly bytes: Uint8Array;
      readonly executable?: boolean;
    }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | { readonly kind: "character"; readonly path: string; readonly major: number; readonly minor: number };

const TRAILER = "TRAILER!!!";
const HEADER_BYTES = 110;
const padding = (length: number): number => (4 - (length % 4)) % 4;

interface Inode {
  readonly mode: number;
  readonly bytes: Uint8Array;
  readonly device: readonly [number, number];
}

function inode(entry: CpioEntry): Inode {
  const none = new Uint8Array(0);
  switch (entry.kind) {
    case "directory":
      return { mode: S_IFDIR | 0o755, bytes: none, device: [0, 0] };
    case "file":
      return { mode: S_IFREG | (entry.executable ? 0o755 : 0o644), bytes: entry.bytes, device: [0, 0] };
    case "link":
      return { mode: S_IFLNK | 0o777, bytes: new TextEncoder().encode(entry.target), device: [0, 0] };
    case "character":
      return { mode: S_IFCHR | 0o600, bytes: none, device: [entry.major, entry.minor] };
  }
}

function record(number: number, path: string, { mode, bytes, device }: Inode): Uint8Array[] {
  const name = new TextEncoder().encode(`${path}\0`);
  // Number, mode, uid, gid, links, time, size, device of the file system, device, length of the name, checksum.
  const fields = [number, mode, 0, 0, 1, 0, bytes.length, 0, 0, ...device, name.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  return [
    new TextEncoder().encode(header),
    name,
    new Uint8Array(padding(HEADER_BYTES + name.length)),
    bytes,
    new Uint8Array(padding(bytes.length)),
  ];
}

/** The archive of `entries`, owned by root, with the same bytes for the same entries. */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const pieces = entries.flatMap((entry, index) => record(index + 1, entry.path, inode(entry)));
  pieces.push(...record(0, TRAILER, { mode: 0, bytes: new Uint8Array(0), device: [0, 0] }));
  const archive = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    archive.set(piece, position);
    position += piece.length;
  }
  return archive;
}
