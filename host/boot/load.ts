/** Decides where firmware, kernel, initial ramdisk and device tree go in memory, as QEMU's `virt` board does. */
import { RAM_BASE } from "../../spec/machine-map.ts";
import { HartbeatError } from "../errors.ts";
import { bootRom } from "./boot-rom.ts";
import { type Elf, looksLikeElf, readElf } from "./elf.ts";
import { looksLikeImage, readImageHeader } from "./image.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const PAGE = 4 * KIB;

/** Where a flat kernel goes: the firmware keeps the first 2 MiB, the size of a Sv39 megapage. */
const KERNEL_OFFSET = 2 * MIB;
const KERNEL_ALIGNMENT = 2 * MIB;

/** The ramdisk keeps this far from the kernel, or half of memory when that is less. */
const INITRD_DISTANCE = 128 * MIB;

/** The device tree lies below 3 GiB, where a 32-bit firmware can still reach it. */
const FDT_CEILING = 3 * KIB * MIB;
const FDT_ALIGNMENT = 2 * MIB;

/** A file with the name that the user knows it by. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface AddressRange {
  readonly start: number;
  /** First address behind the range. */
  readonly end: number;
}

export interface LoadRequest {
  readonly ramBytes: number;
  /** The M-mode firmware; without one the kernel itself starts in M-mode. */
  readonly firmware?: NamedFile;
  readonly kernel?: NamedFile;
  readonly initrd?: NamedFile;
  /** Writes the device tree, which has to tell where the ramdisk is. */
  readonly deviceTree: (initrd: AddressRange | undefined) => Uint8Array;
}

/** Bytes to be put into memory before reset. */
export interface Piece {
  readonly what: string;
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface BootPlan {
  readonly pieces: readonly Piece[];
  /** Contents of the boot ROM. */
  readonly rom: Uint8Array;
  /** Where the harts go from the boot ROM. */
  readonly firmwareEntry: number;
  /** What the firmware starts; 0 without a kernel. */
  readonly kernelEntry: number;
  readonly fdtAddress: number;
  readonly initrd: AddressRange | undefined;
  /** Parsed files, for their symbols; undefined for a part that is absent or no ELF file. */
  readonly firmwareElf: Elf | undefined;
  readonly kernelElf: Elf | undefined;
  /** The memory that the kernel takes. */
  readonly kernelRange: AddressRange | undefined;
}

/** One program or blob with all the memory it takes, which may be more than its bytes. */
interface Part extends AddressRange {
  readonly what: string;
  readonly entry: number;
  readonly pieces: readonly Piece[];
  readonly elf: Elf | undefined;
}

const alignUp = (value: number, boundary: number): number => Math.ceil(value / boundary) * boundary;
const alignDown = (value: number, boundary: number): number => Math.floor(value / boundary) * boundary;
const hex = (value: number): string => `0x${value.toString(16)}`;
const span = ({ start, end }: AddressRange): string => `${hex(start)} to ${hex(end - 1)}`;

function elfPart(file: NamedFile, what: string): Part {
  const elf = readElf(file.bytes, what);
  return {
    what,
    start: elf.segments.reduce((least, segment) => Math.min(least, segment.paddr), Number.MAX_SAFE_INTEGER),
    end: elf.segments.reduce((most, segment) => Math.max(most, segment.paddr + segment.memSize), 0),
    entry: elf.physicalEntry,
    pieces: elf.segments.map(({ paddr, bytes }) => ({ what, address: paddr, bytes })),
    elf,
  };
}

function flatPart(what: string, start: number, bytes: Uint8Array, memSize = bytes.length): Part {
  if (bytes.length === 0) throw new HartbeatError(`The ${what} cannot be used: it is empty.`);
  const pieces = [{ what, address: start, bytes }];
  return { what, start, end: start + memSize, entry: start, pieces, elf: undefined };
}

function firmwarePart(file: NamedFile): Part {
  const what = `firmware '${file.name}'`;
  return looksLikeElf(file.bytes) ? elfPart(file, what) : flatPart(what, RAM_BASE, file.bytes);
}

function kernelPart(file: NamedFile): Part {
  const what = `kernel '${file.name}'`;
  if (looksLikeElf(file.bytes)) return elfPart(file, what);
  if (!looksLikeImage(file.bytes)) return flatPart(what, RAM_BASE + KERNEL_OFFSET, file.bytes);
  const header = readImageHeader(file.bytes, what);
  if (header.textOffset % KERNEL_ALIGNMENT !== 0) {
    throw new HartbeatError(
      `The ${what} cannot be used: its text offset ${hex(header.textOffset)} is not a multiple of 2 MiB.`,
    );
  }
  // A text offset of 0 asks for the start of memory, but that belongs to the firmware.
  const start = RAM_BASE + Math.max(header.textOffset, KERNEL_OFFSET);
  return flatPart(what, start, file.bytes, header.imageSize);
}

function initrdPart(file: NamedFile, kernel: Part | undefined, ramBytes: number): Part {
  const what = `initial ramdisk '${file.name}'`;
  const distance = Math.min(ramBytes / 2, INITRD_DISTANCE);
  const wanted = (kernel?.start ?? RAM_BASE + KERNEL_OFFSET) + distance;
  const start = alignUp(Math.max(wanted, kernel?.end ?? 0), PAGE);
  return flatPart(what, start, file.bytes);
}

function fdtPart(blob: Uint8Array, ramBytes: number): Part {
  const ceiling = Math.min(RAM_BASE + ramBytes, FDT_CEILING);
  return flatPart("device tree", alignDown(ceiling - blob.length, FDT_ALIGNMENT), blob);
}

function checkPlacement(parts: readonly Part[], ramBytes: number): void {
  const ram = { start: RAM_BASE, end: RAM_BASE + ramBytes };
  for (const part of parts) {
    if (part.start < ram.start || part.end > ram.end) {
      throw new HartbeatError(
        `The ${part.what} (${span(part)}) does not fit into memory (${span(ram)}); give the machine more memory.`,
      );
    }
  }
  const sorted = [...parts].sort((a, b) => a.start - b.start);
  for (const [index, part] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next && next.start < part.end) {
      throw new HartbeatError(
        `The ${part.what} (${span(part)}) and the ${next.what} (${span(next)}) overlap in memory; ` +
          "give the machine more memory or use a smaller file.",
      );
    }
  }
}

/** The whole plan; a HartbeatError names the parts that cannot be placed. */
export function planBoot(request: LoadRequest): BootPlan {
  const { ramBytes } = request;
  const firmware = request.firmware && firmwarePart(request.firmware);
  const kernel = request.kernel && kernelPart(request.kernel);
  const first = firmware ?? kernel;
  if (!first) throw new HartbeatError("There is nothing to boot: give the machine a firmware or a kernel.");
  const initrd = request.initrd && initrdPart(request.initrd, kernel, ramBytes);
  const initrdRange = initrd && { start: initrd.start, end: initrd.end };
  const fdt = fdtPart(request.deviceTree(initrdRange), ramBytes);

  const parts = [firmware, kernel, initrd, fdt].filter((part) => part !== undefined);
  checkPlacement(parts, ramBytes);

  const kernelEntry = kernel?.entry ?? 0;
  return {
    pieces: parts.flatMap((part) => part.pieces),
    rom: bootRom({ firmwareEntry: first.entry, fdtAddress: fdt.start, nextAddress: kernelEntry }),
    firmwareEntry: first.entry,
    kernelEntry,
    fdtAddress: fdt.start,
    initrd: initrdRange,
    firmwareElf: firmware?.elf,
    kernelElf: kernel?.elf,
    kernelRange: kernel && { start: kernel.start, end: kernel.end },
  };
}
