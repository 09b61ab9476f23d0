/** A small kernel that is not ours, as its makers would hand it out: ELF with symbols, without, flat, and a System.map. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NamedFile } from "../../host/boot/load.ts";
import { PACKAGE_ROOT } from "../../host/node/files.ts";

const SOURCE = join(PACKAGE_ROOT, "tests/host/trace/guest");
const FLAGS =
  "-march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -nostdlib -static -no-pie -Wl,--build-id=none";

export interface ForeignKernel {
  readonly vmlinux: NamedFile;
  readonly stripped: NamedFile;
  readonly image: NamedFile;
  readonly systemMap: NamedFile;
}

export function buildForeignKernel(): ForeignKernel {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-foreign-"));
  const path = (name: string): string => join(folder, name);
  const run = (tool: string, ...words: string[]): Buffer =>
    execFileSync(`riscv64-linux-gnu-${tool}`, words, { stdio: ["ignore", "pipe", "pipe"] });
  const read = (name: string): NamedFile => ({ name, bytes: new Uint8Array(readFileSync(path(name))) });
  try {
    const script = [
      "-Wl,--no-warn-rwx-segments",
      "-T",
      join(SOURCE, "foreign.lds"),
      join(SOURCE, "foreign.S"),
    ];
    run("gcc", ...FLAGS.split(" "), ...script, "-o", path("vmlinux"));
    run("strip", "-o", path("stripped"), path("vmlinux"));
    run("objcopy", "-O", "binary", path("vmlinux"), path("Image"));
    const systemMap = { name: "System.map", bytes: new Uint8Array(run("nm", "-n", path("vmlinux"))) };
    return { vmlinux: read("vmlinux"), stripped: read("stripped"), image: read("Image"), systemMap };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
