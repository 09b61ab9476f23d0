/** Builds the assembly programs of tests/programs with the cross compiler, as the riscv-tests are built. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { findTool } from "./tools.ts";

const SOURCES = join(PACKAGE_ROOT, "tests/programs/guest");
const FLAGS = ["-march=rv64g", "-mabi=lp64", "-static", "-nostdlib", "-nostartfiles", "-Wl,--build-id=none"];

export class GuestPrograms {
  readonly folder = mkdtempSync(join(tmpdir(), "hartbeat-programs-"));

  /** The ELF file of `name`.S. */
  build(name: string, ...defines: string[]): string {
    const compiler = findTool("riscv64-linux-gnu-gcc") as string;
    const output = join(this.folder, `${[name, ...defines].join("-")}.elf`);
    const words = [...FLAGS, ...defines.map((define) => `-D${define}`), "-T", join(SOURCES, "link.ld")];
    const child = spawnSync(compiler, [...words, join(SOURCES, `${name}.S`), "-o", output], {
      encoding: "utf8",
    });
    if (child.status !== 0) throw new Error(`${name}.S: ${child.stderr}`);
    return output;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
