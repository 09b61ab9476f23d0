/** The guest programs: which there are, and how they are compiled. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTool, installLine } from "../tests/tools/tools.ts";

export interface Guest {
  readonly name: string;
  /** Runs in S-mode behind a page table. */
  readonly paging?: boolean;
  /** Uses the floating-point registers. */
  readonly float?: boolean;
}

export const GUESTS: readonly Guest[] = [
  { name: "sieve" },
  { name: "crc32" },
  { name: "quicksort" },
  { name: "matmul" },
  { name: "list" },
  { name: "strings" },
  { name: "fib" },
  { name: "vm" },
  { name: "matmul-f64", float: true },
  { name: "nbody", float: true },
  { name: "mandelbrot-f32", float: true },
  { name: "copy-paged", paging: true },
  { name: "walk-paged", paging: true },
];

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const FLAGS = ["-O2", "-mcmodel=medany", "-ffreestanding", "-nostdlib", "-static"];
const INTEGER = ["-march=rv64imac_zicsr", "-mabi=lp64"];
const FLOAT = ["-march=rv64gc", "-mabi=lp64d", "-fno-math-errno"];
const LINK = ["-no-pie", "-fno-pic", "-Wl,--build-id=none", `-Wl,-T,${join(FOLDER, "guest/link.ld")}`];

/** Compiles a guest into `folder` and gives the path of its ELF file. */
export function compileGuest(guest: Guest, folder: string): string {
  const compiler = findTool("riscv64-linux-gnu-gcc");
  if (!compiler) throw new Error(`the benchmarks need a compiler: ${installLine(["riscv64-linux-gnu-gcc"])}`);
  const output = join(folder, `${guest.name}.elf`);
  const sources = [
    "guest/start.S",
    `guest/programs/${guest.name}.c`,
    ...(guest.paging ? ["guest/paging.c"] : []),
  ];
  const include = [`-I${join(FOLDER, "guest")}`, ...(guest.paging ? ["-DPAGING"] : [])];
  const words = [
    ...FLAGS,
    ...(guest.float ? FLOAT : INTEGER),
    ...include,
    ...LINK,
    "-o",
    output,
    ...sources.map((path) => join(FOLDER, path)),
  ];
  const run = spawnSync(compiler, words, { encoding: "utf8" });
  if (run.status !== 0) throw new Error(`compiling ${guest.name}: ${run.stderr}`);
  return output;
}
