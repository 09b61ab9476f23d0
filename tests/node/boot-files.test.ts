/** Kernels, device trees and memory sizes that `hartbeat boot` takes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FdtNode, flattenFdt } from "../../host/boot/fdt-writer.ts";
import { Machine } from "../../host/node/index.ts";
import { runHartbeat } from "../tools/hartbeat-process.ts";
import { FINISHER_PASS, finisherProgram } from "../tools/programs.ts";

let folder: string;
const file = (name: string): string => join(folder, name);
const run = (...words: string[]) =>
  runHartbeat("boot", "-bios", "none", "-kernel", file("program.elf"), ...words);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hartbeat-files-"));
  const program = finisherProgram(FINISHER_PASS, "ok\n");
  writeFileSync(file("program.elf"), program);
  writeFileSync(file("program.gz"), gzipSync(program));
  writeFileSync(file("broken.gz"), gzipSync(program).subarray(0, 50));
  writeFileSync(file("broken.dtb"), "no tree");
});
afterAll(() => rmSync(folder, { recursive: true }));

it("takes a gzip'ed kernel, and says when it is damaged", async () => {
  expect(await run("-kernel", file("program.gz"))).toMatchObject({ status: 0, stdout: "ok\n" });
  const broken = await run("-kernel", file("broken.gz"));
  expect(broken).toMatchObject({ status: 1 });
  expect(broken.stderr).toMatch(/^hartbeat: The kernel '.*broken\.gz' cannot be used: .*\n$/);
});

it("hands over a device tree from a file, and says when it is damaged", async () => {
  const root = new FdtNode();
  root.strings("model", "a board of its own");
  const bytes = flattenFdt(root);
  const machine = await Machine.create({
    kernel: file("program.elf"),
    firmware: "none",
    deviceTree: { name: "own.dtb", bytes },
    append: "quiet",
  });
  const blob = Buffer.from(machine.readPhysical(0x87e0_0000, 4096)).toString("latin1");
  expect(blob).toContain("a board of its own\0");
  expect(blob).toContain("quiet\0");
  machine.dispose();
  const broken = await run("-dtb", file("broken.dtb"));
  expect(broken).toMatchObject({ status: 1 });
  expect(broken.stderr).toMatch(/^hartbeat: The device tree '.*broken\.dtb' cannot be used: .*\n$/);
});

it("gives a machine 2 GiB without touching them all", async () => {
  const before = process.memoryUsage().rss;
  const machine = await Machine.create({ kernel: file("program.elf"), firmware: "none", ramBytes: 2 ** 31 });
  machine.run({ cycles: 1_000_000 });
  expect(machine.halted).toEqual({ kind: "poweroff", status: 0 });
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * 2 ** 20);
  machine.dispose();
});
