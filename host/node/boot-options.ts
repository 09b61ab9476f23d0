/** What `hartbeat boot` was asked for, and the machine that this makes. */
import { resolve } from "node:path";
import type { DriveOption } from "../arguments.ts";
import type { ChardevOption, DeviceOption, NetdevOption } from "../backend-arguments.ts";
import { HartbeatError } from "../errors.ts";
import type { SignatureGranularity } from "../signature.ts";
import { parsePipeline, pipelineByName } from "../timing/pipelines.ts";
import type { VirtioOption } from "../virtio-option.ts";
import { openDrives } from "./drives.ts";
import { isElf, PACKAGE_FILES, readBytes } from "./files.ts";
import type { CreateOptions } from "./index.ts";
import type { RunFileOptions } from "./run-files.ts";
import type { ViewOptions } from "./run-views.ts";

/** The command line of `hartbeat boot`, read and checked. */
export interface BootOptions extends RunFileOptions, ViewOptions {
  readonly kernel?: string;
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
  readonly maxCycles?: number;
  /** Name of the pipeline that keeps guest time; true for that of CVA6. */
  readonly timing?: string | true;
  /** File that describes one. */
  readonly pipeline?: string;
}

/** Absolute path of the kernel's file, when GDB can read it. */
export function debuggerFile({ kernel = PACKAGE_FILES.kernel }: BootOptions): string | undefined {
  return isElf(kernel) ? resolve(kernel) : undefined;
}

/** What decides a run, besides the contents of the files that it names. */
export function deciding(options: BootOptions): Record<string, unknown> {
  const { kernel, initrd, append, smp, memory, bios, dtb, rtc, load } = options;
  const { drives, devices, netdevs, chardevs } = options;
  return { kernel, initrd, append, smp, memory, bios, dtb, rtc, load, drives, devices, netdevs, chardevs };
}

/** The pipeline that --pipeline or --timing names, if either is there. */
function timingSetting({ timing, pipeline }: BootOptions): Pick<CreateOptions, "timing"> {
  if (pipeline !== undefined) {
    const bytes = readBytes(pipeline, "the pipeline", "name a JSON file");
    return { timing: parsePipeline(pipeline, new TextDecoder().decode(bytes)) };
  }
  return timing === undefined ? {} : { timing: pipelineByName(timing === true ? "cva6" : timing) };
}

/** The machine's settings and files as the options name them; `virtio` is what Backends has opened of them. */
export async function settings(
  options: BootOptions,
  virtio: readonly VirtioOption[],
): Promise<CreateOptions> {
  const { kernel, initrd, bios, smp, memory, append, dtb, rtc } = options;
  if (bios === "none" && kernel === undefined) {
    throw new HartbeatError("-bios none starts a program in M-mode; name it with -kernel FILE.");
  }
  return {
    harts: smp,
    ramBytes: memory,
    append,
    ...(kernel !== undefined && { kernel }),
    ...(initrd !== undefined && { initrd }),
    ...(bios !== "default" && { firmware: bios }),
    ...(dtb !== undefined && { deviceTree: dtb }),
    ...(rtc !== undefined && { rtcBase: rtc }),
    ...timingSetting(options),
    drives: await openDrives(options),
    virtio,
  };
}
