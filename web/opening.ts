/** Files that the user drops or chooses: what each is good for, by its first bytes. */
import { looksLikeElf, readElf } from "../host/boot/elf.ts";
import { looksLikeImage } from "../host/boot/image.ts";
import { looksLikeSystemMap } from "../host/boot/symbol-file.ts";
import { HartbeatError } from "../host/errors.ts";
import { RAM_BASE } from "../spec/machine-map.ts";
import type { GuestFile, GuestFiles } from "./protocol.ts";

export type FileRole = keyof GuestFiles;

export interface Opened {
  readonly guest: GuestFiles;
  readonly snapshot: Uint8Array | undefined;
  readonly recording: string | undefined;
  /** What the user should know of what became of the files. */
  readonly notice: string;
}

const CPIO_MAGIC = "07070";
const SNAPSHOT_MAGIC = "hartbeat snapshot ";
const RECORDING_MAGIC = "hartbeat log ";

function startsWith(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}

/** The code of a compressed kernel that unpacks it has this function, and no kernel has it. */
const UNPACKS = "decompress_kernel";

/** An ELF file whose segments belong nowhere in memory only tells of symbols, as Linux's vmlinux does beside its Image. */
function roleOfElf({ name, bytes }: GuestFile, besideImage: boolean): FileRole {
  try {
    const { segments, symbols } = readElf(bytes, name);
    if (symbols.some((symbol) => symbol.name === UNPACKS)) return "decompressor";
    return besideImage || segments.every(({ paddr }) => paddr < RAM_BASE) ? "symbols" : "kernel";
  } catch (error) {
    // Who boots it is to say what is wrong with it.
    if (error instanceof HartbeatError) return "kernel";
    throw error;
  }
}

/** What a file is good for, beside an Image of a kernel or not; one of no known kind is a disk. */
function roleOf(file: GuestFile, besideImage: boolean): FileRole {
  const { bytes } = file;
  if (looksLikeElf(bytes)) return roleOfElf(file, besideImage);
  if (looksLikeImage(bytes)) return "kernel";
  if (looksLikeSystemMap(bytes)) return "symbols";
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return startsWith(bytes, CPIO_MAGIC) || compressed ? "initrd" : "disk";
}

/** Throws HartbeatError when there is nothing to be read. */
export async function readGuestFile(file: File): Promise<GuestFile> {
  const { name } = file;
  const content = await file.arrayBuffer().catch(() => {
    throw new HartbeatError(`'${name}' cannot be read: choose a file, no folder, that is still there.`);
  });
  if (content.byteLength === 0) throw new HartbeatError(`'${name}' is empty: choose another file.`);
  return { name, bytes: new Uint8Array(content) };
}

export async function openFiles(files: readonly File[]): Promise<Opened> {
  const read = await Promise.all(files.map(readGuestFile));
  const snapshot = read.find(({ bytes }) => startsWith(bytes, SNAPSHOT_MAGIC));
  const recording = read.find(({ bytes }) => startsWith(bytes, RECORDING_MAGIC));
  const rest = read.filter((file) => file !== snapshot && file !== recording);
  const withImage = rest.some(({ bytes }) => looksLikeImage(bytes));
  const guest: GuestFiles = Object.fromEntries(rest.map((file) => [roleOf(file, withImage), file]));
  const { disk } = guest;
  return {
    guest,
    notice: disk
      ? `'${disk.name}' is the machine's disk /dev/vda now, as it is nothing else that is known here; Machine… removes it.`
      : "",
    snapshot: snapshot?.bytes,
    recording: recording && new TextDecoder().decode(recording.bytes),
  };
}

/** Takes files that are dropped anywhere on the page. */
export function acceptDrops(onFiles: (files: readonly File[]) => void): void {
  const { body } = document;
  const withFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  body.addEventListener("dragover", (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    body.dataset.dropping = "true";
  });
  body.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) delete body.dataset.dropping;
  });
  body.addEventListener("drop", (event) => {
    delete body.dataset.dropping;
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length === 0) return;
    event.preventDefault();
    onFiles(dropped);
  });
}
