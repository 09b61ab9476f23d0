/** One kernel image, three machines: ours with our firmware, ours with OpenSBI, QEMU with OpenSBI. */
import { expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { Qemu } from "../tools/qemu.ts";
import { requireTool } from "../tools/require-tool.ts";
import { session, withoutTimes } from "../tools/transcript.ts";
import { IMAGE, INITRAMFS, OPENSBI } from "./images.ts";

async function ours(harts: number, firmware?: string): Promise<string> {
  const machine = await Machine.create({
    harts,
    kernel: IMAGE,
    initrd: INITRAMFS,
    ...(firmware && { firmware }),
  });
  await session(machine.console);
  machine.run({ cycles: 5_000_000_000 });
  expect(machine.halted).toEqual({ kind: "poweroff", status: 0 });
  const { output } = machine.console;
  machine.dispose();
  return output;
}

async function qemus(harts: number): Promise<string> {
  const qemu = new Qemu(["-smp", String(harts), "-m", "128M", "-kernel", IMAGE, "-initrd", INITRAMFS]);
  await session(qemu);
  expect(await qemu.end()).toBe(0);
  return qemu.output;
}

requireTool("qemu-system-riscv64", "opensbi")("the kernel boots everywhere to the same transcript", () => {
  for (const harts of [1, 2, 4, 8]) {
    test(`-smp ${harts}`, async () => {
      const own = withoutTimes(await ours(harts));
      expect(own).toContain("login: ");
      expect(withoutTimes(await ours(harts, OPENSBI)), "with OpenSBI").toBe(own);
      expect(withoutTimes(await qemus(harts)), "on QEMU").toBe(own);
    });
  }
});
