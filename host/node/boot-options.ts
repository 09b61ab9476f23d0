/** What `hartbeat boot` was asked for, and the machine that this makes. */
import { resolve } from "node:path";
import type { DriveOption } from "../arguments.ts";
import type { ChardevOption, DeviceOption, NetdevOption } from "../backend-arguments.ts";
import { HartbeatError } from "../errors.ts";
import type { SignatureGranularity } from "../signature.ts";
import type { CyclePlace } from "../trace/place.ts";
import type { VirtioOption } from "../virtio-option.ts";
import { openDrives } from "./drives.ts";
import { isElf, PACKAGE_FILES } from "./files.ts";
import type { CreateOptions } from "./index.ts";
import type { RunFileOptions } from "./run-files.ts";
import type { ViewOptions } from "./run-views.ts";
import type { TimingOptions } from "./timing-options.ts";

/** The command line of `hartbeat boot`, read and checked. */
export interface BootOptions extends RunFileOptions, TimingOptions, ViewOptions {
  readonly kernel?: string;
  /** File with the symbols of the kernel. */
  readonly symbols?: string;
  /** ELF file of the code that unpacks the kernel, for its symbols. */
  readonly decompressor?: string;
  readonly initrd?: string;
  readonly append: string;
  readonly smp: number;
  readonly memory: number;
  /** A file, `default` or `none`. */
  readonly bios: string;
  readonly drives: readonly DriveOption[];
  readonly devices: readonly DeviceOption[];
  readonly netdevs: readonly NetdevOption[];
  readonly chardevs: readonly ChardevOption[];
  /** All drives as with snapshot=on. */
  readonly snapshot?: boolean;
  readonly dtb?: string;
  /** Milliseconds since 1970. */
  readonly rtc?: number;
  /** The file for the signature of a conformance test. */
  readonly signature?: string;
  readonly signatureGranularity: SignatureGranularity;
  readonly reboot: boolean;
  readonly gdbPort?: number;
  /** Port of the debug adapter. */
  readonly dapPort?: number;
  /** Wait for the debugger before the first instruction. */
  readonly paused: boolean;
  readonly traceBoot?: boolean;
  readonly stats?: boolean;
  /** File for the counts of the pipeline model. */
  readonly statsJson?: string;
  /** Where the run ends: a cycle, a symbol, an address. */
  readonly until?: string;
  /** Guest time at which a run is given up. */
  readonly maxCycles?: CyclePlace;
}

/** Absolute path of the ELF file with the kernel's symbols, if there is one. */
export function debuggerFile({ symbols, kernel = PACKAGE_FILES.kernel }: BootOptions): string | undefined {
  const file = [symbols, kernel].find((path) => path !== undefined && isElf(path));
  return file && resolve(file);
}

/** What decides a run, besides the contents of the files that it names. */
export function deciding(options: BootOptions): Record<string, unknown> {
  const { kernel, initrd, append, smp, memory, bios, dtb, rtc, load } = options;
  const { drives, devices, netdevs, chardevs } = options;
  return { kernel, initrd, append, smp, memory, bios, dtb, rtc, load, drives, devices, netdevs, chardevs };
}

/** The machine's settings and files as the options name them; `virtio` is what Backends has opened of them. */
export async function settings(
  options: BootOptions,
  virtio: readonly VirtioOption[],
): Promise<CreateOptions> {
  const { kernel, symbols, decompressor, initrd, bios, smp, memory, append, dtb, rtc } = options;
  if (bios === "none" && kernel === undefined) {
    throw new HartbeatError("-bios none starts a program in M-mode; name it with -kernel FILE.");
  }
  return {
    harts: smp,
    ramBytes: memory,
    append,
    ...(kernel !== undefined && { kernel }),
    ...(symbols !== undefined && { symbols }),
    ...(decompressor !== undefined && { decompressor }),
    ...(initrd !== undefined && { initrd }),
    ...(bios !== "default" && { firmware: bios }),
    ...(dtb !== undefined && { deviceTree: dtb }),
    ...(rtc !== undefined && { rtcBase: rtc }),
    drives: await openDrives(options),
    virtio,
  };
}
