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
}

const CPIO_MAGIC = "07070";
const SNAPSHOT_MAGIC = "hartbeat snapshot ";
const RECORDING_MAGIC = "hartbeat log ";

function startsWith(bytes: Uint8Array, text: string): boolean {
  return String.fromCharCode(...bytes.subarray(0, text.length)) === text;
}

/** An ELF file whose segments belong nowhere in memory only tells of symbols, as Linux's vmlinux does beside its Image. */
function isSymbolFile({ name, bytes }: GuestFile): boolean {
  try {
    return readElf(bytes, name).segments.every(({ paddr }) => paddr < RAM_BASE);
  } catch (error) {
    if (error instanceof HartbeatError) return false;
    throw error;
  }
}

/** What a file is good for; one of no known kind is a disk. */
export function roleOf(file: GuestFile): FileRole {
  const { bytes } = file;
  if (looksLikeElf(bytes)) return isSymbolFile(file) ? "symbols" : "kernel";
  if (looksLikeImage(bytes)) return "kernel";
  if (looksLikeSystemMap(bytes)) return "symbols";
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return startsWith(bytes, CPIO_MAGIC) || compressed ? "initrd" : "disk";
}

export async function readGuestFile(file: File): Promise<GuestFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

export async function openFiles(files: readonly File[]): Promise<Opened> {
  const read = await Promise.all(files.map(readGuestFile));
  const snapshot = read.find(({ bytes }) => startsWith(bytes, SNAPSHOT_MAGIC));
  const recording = read.find(({ bytes }) => startsWith(bytes, RECORDING_MAGIC));
  const rest = read.filter((file) => file !== snapshot && file !== recording);
  return {
    guest: Object.fromEntries(rest.map((file) => [roleOf(file), file])),
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
