/** A numeric program as a compiler makes it: bit for bit what QEMU gives. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readElf } from "../../host/boot/elf.ts";
import { Core } from "../../host/core/core.ts";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { MSTATUS_BIT } from "../../spec/riscv.ts";
import { PATIENCE_MS } from "../tools/patience.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";

const STEPS = 1000;
const [A1, A2] = [11, 12] as const;
const ARCHITECTURE = "rv64gc_zba_zbb_zbs";

function execute(command: string, words: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(command, words, { timeout: PATIENCE_MS, maxBuffer: 1 << 24 });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Builds the program and returns the path of the ELF file. Nobody sets gp, so the linker must not use it. */
function build(folder: string): string {
  const elf = join(folder, "numeric");
  const source = fileURLToPath(new URL("numeric.c", import.meta.url));
  const kind = [
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
    `-march=${ARCHITECTURE}`,
    "-mabi=lp64d",
    "-mcmodel=medany",
  ];
  const bare = ["-static", "-nostdlib", "-ffreestanding", "-fno-math-errno", "-fno-pic", "-Wl,--no-relax"];
  const place = `-Wl,-Ttext-segment=0x${RAM_BASE.toString(16)}`;
  execute(findTool("riscv64-linux-gnu-gcc") as string, [
    ...kind,
    ...bare,
    place,
    `-DSTEPS=${STEPS}`,
    "-o",
    elf,
    source,
  ]);
  return elf;
}

/** Runs the program to its first system call, write(1, results), and returns the results. */
async function runHere(path: string): Promise<Buffer> {
  const wasm = readFileSync(join(PACKAGE_ROOT, "dist/core.wasm"));
  const bus = { read: () => undefined, write: () => false, supervisorTimerChanged: () => {} };
  const core = await Core.create({ wasm, harts: 1, ramBytes: 8 << 20, bus });
  const { entry, segments } = readElf(readFileSync(path), path);
  for (const { paddr, bytes } of segments) core.write(paddr, bytes);
  const handler = BigInt(RAM_BASE + (4 << 20));
  core.setBreakpoint(handler);
  core.writeCsr(0, "mtvec", handler);
  core.writeCsr(0, "mstatus", 3n << BigInt(MSTATUS_BIT.FS));
  const hart = core.hart(0);
  hart.set("pc", entry);
  core.run(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 2e9);
  expect(core.readCsr(0, "mcause")).toBe(11n);
  return Buffer.from(core.view(Number(hart.get("x", A1)), Number(hart.get("x", A2))) ?? []);
}

requireTool("qemu-riscv64", "riscv64-linux-gnu-gcc")("numeric code", () => {
  test("gives the bits that it gives on QEMU", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hartbeat-numeric-"));
    try {
      const elf = build(folder);
      const expected = execute(findTool("qemu-riscv64") as string, [elf]);
      const found = await runHere(elf);
      expect(found.length).toBe(expected.length);
      expect(found.equals(expected)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
