/** Compiles the programs in tests/kernel/programs for Linux on riscv64. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { findTool } from "./tools.ts";

const SOURCES = join(PACKAGE_ROOT, "tests/kernel/programs");

/** How a program is linked. */
const LINKING = {
  static: ["-static", "-pthread"],
  dynamic: ["-pthread"],
  /** Position-independent without a loader: this C library has no start files for it, the program has its own. */
  "static pie": ["-static-pie", "-fpie", "-nostdlib"],
} as const;

/** The ELF file of `name`.c. */
export function compileForGuest(name: string, linking: keyof typeof LINKING): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-program-"));
  try {
    const output = join(folder, name);
    const words = ["-O1", "-Wall", "-Wno-unused-result", ...LINKING[linking], "-o", output];
    const library = linking === "static" ? ["-lm"] : [];
    const child = spawnSync(
      findTool("riscv64-linux-gnu-gcc") as string,
      [...words, join(SOURCES, `${name}.c`), ...library],
      { encoding: "utf8" },
    );
    if (child.status !== 0) throw new Error(`${name}.c: ${child.stderr || child.error}`);
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
