/** Programs compiled for Linux and linked with glibc, on our kernel: each reports what it found in the form of TAP. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS, named } from "../boot/images.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../tools/guest.ts";
import { compileForGuest } from "../tools/guest-compiler.ts";
import { requireTool } from "../tools/require-tool.ts";

const PROGRAMS = ["fp", "threads", "signals", "memory", "files", "process", "terminal", "sockets"];
requireTool("riscv64-linux-gnu-gcc", "riscv64-libc")("programs of glibc", () => {
  let initrd: Uint8Array[];

  beforeAll(() => {
    const programs = PROGRAMS.map((name) => program(`bin/${name}`, compileForGuest(name, "static")));
    initrd = [named(INITRAMFS).bytes, archive(programs)];
  });

  describeInEachPlace("glibc", (place) => {
    let guest: Guest;
    let shell: Shell;

    beforeAll(async () => {
      // Quiet, as what the kernel says of signals that nobody handles may stand inside of a line.
      guest = await bootGuest(place, { initrd, append: "quiet" });
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
