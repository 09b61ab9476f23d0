/** The debug triggers beside QEMU's: what is kept of a write, and what fires where. */
import { afterAll, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { GuestPrograms } from "../tools/guest-program.ts";
import { Qemu } from "../tools/qemu.ts";
import { requireTool } from "../tools/require-tool.ts";

const programs = new GuestPrograms();
afterAll(() => programs.remove());

requireTool("riscv64-linux-gnu-gcc", "qemu-system-riscv64")("debug triggers", () => {
  test("do as QEMU's do", async () => {
    const kernel = programs.build("trigger");
    const machine = await Machine.create({ kernel, firmware: "none" });
    expect(machine.run({ cycles: 10_000_000 })).toBe("halted");
    const qemu = new Qemu(["-bios", "none", "-kernel", kernel]);
    await qemu.end();
    const lines = machine.console.output.trim().split("\n");
    expect(lines.length).toBeGreaterThan(80);
    expect(lines.filter((line) => line.split(" ")[1] === "0000000000000003").length).toBeGreaterThan(20);
    expect(lines).toEqual(qemu.output.trim().split(/\r?\n/));
  });
});
