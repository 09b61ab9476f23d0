/** A real GDB on the machine in headless Chromium, by way of `hartbeat gdb-bridge`. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PACKAGE_FILES } from "../../host/node/files.ts";
import { expectOutput, WebBench } from "../tools/browser.ts";
import { GdbProcess } from "../tools/gdb-process.ts";
import { HartbeatProcess } from "../tools/hartbeat-process.ts";
import { requireTool } from "../tools/require-tool.ts";

requireTool("chromium", "gdb-multiarch")("gdb on the machine in the page", () => {
  let bench: WebBench;
  let bridge: HartbeatProcess;
  let gdb: GdbProcess;
  let page: Page;
  let address = "";
  beforeAll(async () => {
    bench = await WebBench.open();
    const { origin } = new URL(bench.url);
    bridge = new HartbeatProcess(["gdb-bridge", "--port", "0", "--gdb", "tcp::0", "--origin", origin]);
    await bridge.expect(/Ctrl-C ends the bridge/);
    const [, port, found] = /127\.0\.0\.1:(\d+), gdb by 'target remote (\S+)'/.exec(bridge.stdout) ?? [];
    address = found ?? "";
    gdb = new GdbProcess(PACKAGE_FILES.kernel);
    page = await bench.page(`?smp=2&panel=debugger&paused=1&gdb=${port}`, {
      viewport: { width: 1280, height: 800 },
    });
  });
  afterAll(async () => {
    gdb?.end();
    bridge?.kill();
    await bench?.close();
  });

  const state = (text: string | RegExp): Promise<unknown> =>
    page.locator("#debug-state").filter({ hasText: text }).waitFor();
  const link = (text: string): Promise<unknown> =>
    page.locator("#debug-gdb").filter({ hasText: text }).waitFor();
  const hash = (): Promise<string> => page.evaluate(() => hartbeat.stateHash());

  it("tells where gdb may attach, and that it did", async () => {
    await link(`target remote ${address}`);
    expect(await gdb.ask(`target remote ${address}`)).toMatch(/Remote debugging using/);
    await link("GDB is attached");
    expect(await gdb.ask("p/x $pc")).toMatch(/0x1000\n/);
    expect(await gdb.ask("info threads")).toMatch(/1 +Thread 1 [\s\S]*2 +Thread 2 /);
  });

  it("shows a stop of gdb's on the page", async () => {
    await gdb.ask("break rest_init");
    expect(await gdb.ask("continue")).toMatch(/hit Breakpoint 1, .*rest_init \(\)/);
    await state("breakpoint at rest_init");
    await page
      .locator("#debug-frames")
      .filter({ hasText: /rest_init.*start_kernel/ })
      .waitFor();
  });

  it("shows its steps, back too", async () => {
    const before = await hash();
    await gdb.ask("stepi");
    await state(/GDB stepped to rest_init\+0x\w+;/);
    const [pc = "no pc"] = /0x[0-9a-f]+/.exec(await gdb.ask("p/x $pc")) ?? [];
    await page
      .locator("#debug-registers dd")
      .first()
      .filter({ hasText: pc.slice(-8) })
      .waitFor();
    expect(await hash()).not.toBe(before);
    await gdb.ask("reverse-stepi");
    await state(/GDB stepped to rest_init;|breakpoint at rest_init;/);
    expect(await hash()).toBe(before);
  });

  it("leaves running to gdb while it is attached", async () => {
    await page.getByRole("button", { name: "Over", exact: true, disabled: true }).waitFor();
    await page.click("#pause");
    await page.locator("#debug-complaint").filter({ hasText: "GDB runs this machine now" }).waitFor();
  });

  it("tells gdb of stops at breakpoints of the page", async () => {
    await page.evaluate(() => hartbeat.ask("setBreakpoint", "kernel_init"));
    expect(await gdb.ask("continue")).toMatch(/received signal SIGTRAP[\s\S]*kernel_init/);
    await state("breakpoint at kernel_init");
    expect(await gdb.ask("bt")).toMatch(/#0 .*kernel_init \([\s\S]*ret_from_fork/);
  });

  it("tells gdb when the page pauses the machine", async () => {
    const stopped = gdb.ask("continue");
    await expectOutput(page, /login: $/);
    await page.locator("#pause").filter({ hasText: "Pause" }).click();
    expect(await stopped).toMatch(/received signal SIGINT/);
    await state("paused");
  });

  it("lets gdb detach, attach again, and go when the machine is powered on anew", async () => {
    await gdb.ask("detach");
    await link("GDB may attach");
    await page.waitForFunction(() => /running|idle/.test(hartbeat.status?.power ?? ""));
    await page.evaluate(() => hartbeat.send("root\n"));
    await expectOutput(page, /# $/);
    await gdb.ask(`target remote ${address}`);
    await link("GDB is attached");
    await page.click("#reset");
    await bridge.expect(/the page let gdb go: the page's machine was powered on anew/);
    expect(await gdb.ask("stepi")).toMatch(/Remote connection closed|connection reset|not being run/i);
    await link("GDB may attach");
    await page.waitForFunction(() => hartbeat.status?.power === "paused" && hartbeat.status.cycles === 0);
  });

  it("says when the bridge has ended, and when there is none", async () => {
    bridge.child.kill("SIGTERM");
    expect((await bridge.end()).status).toBe(0);
    await link("The bridge to GDB has ended.");
    expect(bench.complaints).toEqual([]);
    await page.getByRole("button", { name: "Connect GDB" }).click();
    await link("npx hartbeat gdb-bridge --origin http://127.0.0.1:");
  });
});
