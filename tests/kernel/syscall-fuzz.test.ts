/** Random system calls of an ordinary user and of root: programs may come to harm, the kernel stays well and loses no memory. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { archive, bootGuest, program, Shell } from "../tools/guest.ts";
import { compileForGuest } from "../tools/guest-compiler.ts";
import { TEST_LIMIT_MS } from "../tools/patience.ts";
import { requireTool } from "../tools/require-tool.ts";

const LONG = process.env.HARTBEAT_LONG === "1";
/** With 300 calls each, of which many a child does not live to make the last. */
const ROUNDS = LONG ? 3000 : 10;
const LIMIT_MS = LONG ? 7_200_000 : TEST_LIMIT_MS;
/** What slabs may keep that were grown in between, in kB. */
const SLACK = 1024;

requireTool("riscv64-linux-gnu-gcc", "riscv64-libc")("random system calls", () => {
  test.each([
    ["an ordinary user", 10_000, "1000"],
    ["root", 30_000, ""],
  ])("of %s", { timeout: LIMIT_MS }, async (_, seed, uid) => {
    const fuzzer = archive([program("bin/syscall-fuzz", compileForGuest("syscall-fuzz", "static"))]);
    const guest = await bootGuest(
      { machine: "hartbeat", harts: 4 },
      { initrd: [readFileSync(INITRAMFS), fuzzer] },
    );
    try {
      const shell = await Shell.login(guest);
      const free = async () => Number(/^MemFree: +(\d+)/m.exec(await shell.run("cat /proc/meminfo"))?.[1]);
      await shell.run(`syscall-fuzz ${seed} 2 300 ${uid}`);
      const before = await free();
      expect(await shell.run(`syscall-fuzz ${seed + 2} ${ROUNDS} 300 ${uid}`)).toContain(`${ROUNDS} rounds`);
      expect(await free()).toBeGreaterThan(before - SLACK);
      expect(guest.output).not.toMatch(/Oops|BUG|panic|WARNING|Unable to handle|stuck|INFO: |Call Trace/);
    } finally {
      guest.dispose();
    }
  });
});
