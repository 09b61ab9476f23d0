/**
 * The library: `import { Machine } from "hartbeat"`. A machine of this module finds the core and the images that come
 * with the package on disk, and takes files by their paths; otherwise it is the machine of host/machine.ts.
 */
import { checkCpio } from "../boot/cpio-check.ts";
import type { NamedFile } from "../boot/load.ts";
import { needsNoFirmware } from "../htif.ts";
import { Machine as BareMachine, type MachineOptions } from "../machine.ts";
import { PACKAGE_FILES, readBytes } from "./files.ts";

export { MachineTarget } from "../debug/machine-target.ts";
export { HttpDisk } from "../devices/http-disk.ts";
export { OverlayDisk } from "../devices/overlay-disk.ts";
export { MemoryBackend as MemoryDisk } from "../devices/virtio-blk.ts";
export type { ConsolePort } from "../devices/virtio-console.ts";
export type { NetworkPort } from "../devices/virtio-net.ts";
export { NetworkHub } from "../devices/virtio-net-hub.ts";
export { HartbeatError } from "../errors.ts";
export { diagram } from "../pipeline/diagram.ts";
export { kanata } from "../pipeline/kanata.ts";
export { PipelineRecorder, type PipelineRow } from "../pipeline/recorder.ts";
export { diagramSvg } from "../pipeline/svg.ts";
export { annotate, profileReport } from "../profile/annotate.ts";
export { type FunctionProfile, Profiler } from "../profile/profiler.ts";
export { speedscope } from "../profile/speedscope.ts";
export { BootSteps } from "../timing/boot-steps.ts";
export type { HartStats } from "../timing/timing.ts";
export { BootTrace } from "../trace/boot-trace.ts";
export { perfettoLines } from "../trace/perfetto.ts";
export { parsePlace } from "../trace/place.ts";
export { Timeline } from "../trace/timeline.ts";
export { FileDisk } from "./file-disk.ts";

/** A file: its path, or its bytes with a name for messages. */
export type FileOption = string | { readonly name: string; readonly bytes: Uint8Array };

/** What `Machine.create` takes; everything has a default. */
export interface CreateOptions
  extends Partial<
    Omit<
      MachineOptions,
      "wasm" | "kernel" | "firmware" | "initrd" | "deviceTree" | "symbols" | "decompressor"
    >
  > {
  /** An ELF or Image file; without it the kernel of the package boots, with its initial RAM disk. */
  readonly kernel?: FileOption;
  readonly initrd?: FileOption;
  /** Symbols of a kernel whose own file has none: its vmlinux, its System.map, or what its /proc/kallsyms says. */
  readonly symbols?: FileOption;
  /** The ELF file of the code that unpacks a compressed kernel, for its symbols. */
  readonly decompressor?: FileOption;
  /** A device-tree blob in place of the machine's own. */
  readonly deviceTree?: FileOption;
  /**
   * The firmware in M-mode; without it that of the package. With `none` the kernel starts in M-mode, as does one that is
   * made for it (needsNoFirmware); named as the firmware, such a program gets no kernel.
   */
  readonly firmware?: FileOption | "none";
}

function load(option: FileOption, what: string, advice: string): NamedFile {
  return typeof option === "string" ? { name: option, bytes: readBytes(option, what, advice) } : option;
}

/** What boots: the files named, those of the package for the rest. */
function bootFiles({ kernel, initrd, firmware, deviceTree }: CreateOptions) {
  const own = "install hartbeat again, or build it with npm run build";
  const named = {
    ...(kernel !== undefined && { kernel: load(kernel, "the kernel", "name an ELF or Image file") }),
    ...(firmware !== undefined &&
      firmware !== "none" && {
        firmware: load(firmware, "the firmware", "name an ELF or binary file"),
      }),
    ...(initrd !== undefined && { initrd: load(initrd, "the initial RAM disk", "name a cpio archive") }),
    ...(deviceTree !== undefined && {
      deviceTree: load(deviceTree, "the device tree", "name a device-tree blob"),
    }),
  };
  const alone =
    (named.kernel && firmware === undefined && needsNoFirmware(named.kernel, "kernel")) ||
    (named.firmware && !named.kernel && needsNoFirmware(named.firmware, "firmware"));
  if (alone) return named;
  return {
    ...(firmware === undefined && { firmware: load(PACKAGE_FILES.firmware, "the firmware", own) }),
    ...(kernel === undefined && {
      kernel: load(PACKAGE_FILES.kernel, "the kernel", own),
      initrd: load(PACKAGE_FILES.initrd, "the initial RAM disk", own),
    }),
    ...named,
  };
}

/** Makes a machine that stands before its first instruction. */
async function create(options: CreateOptions = {}): Promise<BareMachine> {
  const {
    kernel,
    initrd: _initrd,
    firmware: _firmware,
    deviceTree: _deviceTree,
    symbols: given,
    decompressor: unpacker,
    ...others
  } = options;
  const files = bootFiles(options);
  // Other kernels take other archives; ours would only find out when it has started.
  if (kernel === undefined && files.initrd)
    checkCpio(files.initrd.bytes, `initial RAM disk '${files.initrd.name}'`);
  const wasm = readBytes(PACKAGE_FILES.core, "the core", "build it with npm run build");
  const symbols = given !== undefined && {
    symbols: load(given, "the symbols", "name a vmlinux or System.map"),
  };
  const decompressor = unpacker !== undefined && {
    decompressor: load(unpacker, "the decompressor's symbols", "name an ELF file"),
  };
  return BareMachine.create({ ...others, ...files, ...symbols, ...decompressor, wasm });
}

export const Machine = { create };
export type Machine = BareMachine;
