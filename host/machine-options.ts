/** What a machine is made from, and what it cannot be made from. */
import { MAX_RAM_BYTES } from "../spec/layout.ts";
import { MACHINE_MAP, MAX_HARTS } from "../spec/machine-map.ts";
import type { NamedFile } from "./boot/load.ts";
import type { BlockBackend } from "./devices/virtio-blk.ts";
import { HartbeatError } from "./errors.ts";
import type { Pipeline } from "./timing/pipelines.ts";
import type { VirtioOption } from "./virtio-option.ts";

export interface MachineOptions {
  /** The module of dist/core.wasm, or its bytes. */
  readonly wasm: WebAssembly.Module | BufferSource;
  /** 1 to 8; 1 unless said. */
  readonly harts?: number;
  /** Main memory in bytes, a multiple of 4 KiB; 128 MiB unless said. */
  readonly ramBytes?: number;
  /** Without one the kernel starts in M-mode. */
  readonly firmware?: NamedFile;
  readonly kernel?: NamedFile;
  readonly initrd?: NamedFile;
  /** Symbols of a kernel whose own file has none: its vmlinux, its System.map, or what its /proc/kallsyms says. */
  readonly symbols?: NamedFile;
  /** The ELF file of the code that unpacks a compressed kernel, for its symbols. */
  readonly decompressor?: NamedFile;
  /** A device-tree blob in place of the machine's own; command line and initial RAM disk are added to it. */
  readonly deviceTree?: NamedFile;
  /** The kernel's command line. */
  readonly append?: string;
  /** Disks, such as a MemoryBackend. What the guest writes stays, over a reset too. */
  readonly drives?: readonly BlockBackend[];
  /** Other virtio devices, plugged in after the drives. */
  readonly virtio?: readonly VirtioOption[];
  /** What the real-time clock shows at cycle 0, in milliseconds since 1970; the start of 2026 unless said. */
  readonly rtcBase?: number;
  /** Who keeps the time: a pipeline, or the name of one; without it each instruction takes a cycle. */
  readonly timing?: Pipeline | string;
}

/** The smallest machine that can hold a firmware and a device tree. */
const MIN_RAM_BYTES = 4 * 2 ** 20;
const PAGE = 4096;

/** Rejects what the board cannot be built with. */
export function checkOptions(harts: number, ramBytes: number, virtio: number): void {
  if (!Number.isInteger(harts) || harts < 1 || harts > MAX_HARTS) {
    throw new HartbeatError(`A machine has 1 to ${MAX_HARTS} harts, not ${harts}.`);
  }
  if (!Number.isInteger(ramBytes / PAGE) || ramBytes < MIN_RAM_BYTES || ramBytes > MAX_RAM_BYTES) {
    const mib = (bytes: number): string => `${bytes / 2 ** 20} MiB`;
    throw new HartbeatError(
      `A machine has ${mib(MIN_RAM_BYTES)} to ${mib(MAX_RAM_BYTES)} of memory in whole pages, not ${mib(ramBytes)}.`,
    );
  }
  if (virtio > MACHINE_MAP.virtio.count) {
    throw new HartbeatError(
      `A machine has room for ${MACHINE_MAP.virtio.count} drives and other virtio devices, not ${virtio}.`,
    );
  }
}
