/** The system's time of day comes from the board's clock: a fixed moment unless the user names another. */
import { expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { Qemu } from "../tools/qemu.ts";
import { requireTool } from "../tools/require-tool.ts";
import { GuestShell } from "./guest-shell.ts";
import { IMAGE, INITRAMFS } from "./images.ts";

async function dateOf(options: { rtcBase?: number }): Promise<string> {
  const shell = await GuestShell.boot({ harts: 1, ...options });
  const date = await shell.run("date '+%Y-%m-%d %H:%M'");
  shell.dispose();
  return date;
}

test("every machine starts at the same moment", async () => {
  expect(await dateOf({})).toBe("2026-01-01 00:00\n");
});

test("the moment is the one that the machine was made with", async () => {
  expect(await dateOf({ rtcBase: Date.UTC(2031, 1, 3, 4, 5, 6) })).toBe("2031-02-03 04:05\n");
});

test("a replay has the clock of the run that it repeats, and no other machine takes its recording", async () => {
  const rtcBase = Date.UTC(2020, 1, 29, 23, 59, 59);
  const recorded = await Machine.create({ harts: 1, rtcBase });
  await recorded.console.expect(/login: /);
  const { output } = recorded.console;
  const log = recorded.recording();
  recorded.dispose();

  const other = await Machine.create({ harts: 1 });
  expect(() => other.replay(log)).toThrow(/a clock that began at 2020-02-29/);
  other.dispose();
  const again = await Machine.create({ harts: 1, rtcBase });
  again.replay(log);
  expect(again.run({ cycles: 10_000_000_000 })).toBe("replayed");
  expect(again.replayedTruly).toBe(true);
  expect(again.console.output).toBe(output);
  again.dispose();
});

requireTool("qemu-system-riscv64", "opensbi")("on QEMU", () => {
  test("-rtc base= is the time of day there, too", async () => {
    const words = ["-kernel", IMAGE, "-initrd", INITRAMFS, "-rtc", "base=2031-02-03T04:05:06"];
    const qemu = new Qemu(words);
    await qemu.expect(/login: /);
    qemu.send("root\n");
    await qemu.expect(/# /);
    qemu.send("date +%Y-%m-%d\n");
    await qemu.expect(/\n2031-02-03\r/);
    qemu.send("poweroff\n");
    expect(await qemu.end()).toBe(0);
  });
});
