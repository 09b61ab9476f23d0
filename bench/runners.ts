/** One run of a guest, here and on QEMU, measured in CPU seconds of the process that does the work. */
import { spawnSync } from "node:child_process";
import { Machine } from "../host/node/index.ts";
import { findTool, installLine } from "../tests/tools/tools.ts";

export interface Run {
  /** CPU time of the run in seconds, start-up of the machine left out. */
  readonly seconds: number;
  /** Exit status of the guest: its result. */
  readonly status: number;
  /** Retired instructions, where they are counted. */
  readonly instructions?: number;
}

/** Runs an ELF file in M-mode on our machine, in the time of a pipeline if one is named. */
export async function runHere(elf: string, timing = "ideal"): Promise<Run> {
  const machine = await Machine.create({ kernel: elf, firmware: "none", timing });
  const before = process.cpuUsage();
  while (!machine.halted) machine.run({ cycles: 100_000_000 });
  const { user, system } = process.cpuUsage(before);
  const { instructions, halted } = machine;
  machine.dispose();
  return { seconds: (user + system) / 1e6, status: halted.status & 0xff, instructions };
}

/** The ways in which QEMU runs a guest: by instruction count, as we do, and as fast as it can. */
const QEMU_MODES = { icount: ["-icount", "shift=0,sleep=off"], tcg: [] } as const;
export type QemuMode = keyof typeof QEMU_MODES;

/** Runs QEMU to its end and gives its CPU time, start-up included. */
export function runQemu(words: readonly string[], mode: QemuMode): Run {
  const command = findTool("qemu-system-riscv64");
  if (!command) throw new Error(`the benchmarks need QEMU: ${installLine(["qemu-system-riscv64"])}`);
  const qemu = [command, "-M", "virt", "-display", "none", "-monitor", "none", ...QEMU_MODES[mode], ...words];
  // The shell's own `time` is the simplest way to the CPU time of a child.
  const script = 'TIMEFORMAT="%U %S"; time "$@"';
  const run = spawnSync("bash", ["-c", script, "bash", ...qemu], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  const times = /([\d.]+) ([\d.]+)\s*$/.exec(run.stderr);
  if (!times || run.status === null) throw new Error(`QEMU did not run: ${run.stderr}`);
  return { seconds: Number(times[1]) + Number(times[2]), status: run.status };
}
