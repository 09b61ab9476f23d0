/** Programs compiled for Linux and linked with glibc, on our kernel: each reports what it found in the form of TAP. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { INITRAMFS, named } from "../boot/images.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";

const PROGRAMS = ["fp", "threads", "signals", "memory", "files", "process", "terminal", "sockets"];
const SOURCES = join(PACKAGE_ROOT, "tests/kernel/programs");
const OPTIONS = ["-static", "-O1", "-Wall", "-Wno-unused-result", "-pthread"];

function compile(folder: string, name: string): Uint8Array {
  const output = join(folder, name);
  const words = [...OPTIONS, "-o", output, join(SOURCES, `${name}.c`), "-lm"];
  const child = spawnSync(findTool("riscv64-linux-gnu-gcc") as string, words, { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`${name}.c: ${child.stderr || child.error}`);
  return new Uint8Array(readFileSync(output));
}

requireTool("riscv64-linux-gnu-gcc", "riscv64-libc")("programs of glibc", () => {
  let initrd: Uint8Array[];

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "hartbeat-programs-"));
    const programs = PROGRAMS.map((name) => program(`bin/${name}`, compile(folder, name)));
    initrd = [named(INITRAMFS).bytes, archive(programs)];
    rmSync(folder, { recursive: true });
  });

  describeInEachPlace("glibc", (place) => {
    let guest: Guest;
    let shell: Shell;

    beforeAll(async () => {
      guest = await bootGuest(place, { initrd });
      shell = await Shell.login(guest);
    });
    afterAll(() => guest.dispose());

    test.each(PROGRAMS)("%s", async (name) => {
      const lines = (await shell.run(`${name}; true`)).trim().split("\n");
      expect(lines.filter((line) => !/^ok \d+ - /.test(line))).toEqual([`1..${lines.length - 1}`]);
      expect(lines.length).toBeGreaterThan(5);
    });
  });
});
