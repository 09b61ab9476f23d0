/** The boot map in headless Chromium: fills in, tells about a step, goes to its moment, saves a trace. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NamedFile } from "../../host/boot/load.ts";
import { PACKAGE_FILES } from "../../host/node/files.ts";
import { expectOutput, WebBench } from "../tools/browser.ts";
import { buildForeignKernel } from "../tools/foreign-kernel.ts";
import { requireTool } from "../tools/require-tool.ts";

const SIZE = { viewport: { width: 1280, height: 800 } };

requireTool("chromium", "riscv64-linux-gnu-gcc")("the boot map", () => {
  let bench: WebBench;
  let page: Page;
  beforeAll(async () => {
    bench = await WebBench.open();
    page = await bench.page("?smp=2&panel=map", SIZE);
    await expectOutput(page, /login: $/);
  });
  afterAll(async () => {
    await bench?.close();
  });

  /** Chooses a step in the list beside the chart. */
  async function choose(name: string): Promise<void> {
    if (await page.locator("#map-rows").isHidden()) await page.click("#map-list summary");
    await page.locator("#map-rows").getByRole("button", { name, exact: true }).first().click();
  }

  it("shows the documented path from reset to getty", async () => {
    const seen = (): Promise<string[]> => page.evaluate(() => [...hartbeat.steps]);
    const path = `start_kernel setup_arch mm_init sched_init rest_init kernel_init kthreadd secondary_start
      do_basic_setup load_elf_binary init getty`.split(/\s+/);
    await expect.poll(seen).toEqual(expect.arrayContaining(path));
    const steps = await seen();
    const order = ["start_kernel", "rest_init", "kernel_init", "run_init_process", "init", "getty"];
    const places = order.map((name) => steps.indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it("goes on with login and shell", async () => {
    await page.evaluate(() => hartbeat.send("root\n"));
    await page.waitForFunction(() => hartbeat.steps.includes("login") && hartbeat.steps.includes("sh"));
  });

  it("tells time, hart, pid, source and what was printed", async () => {
    await choose("smp_init");
    const details = page.locator("#map-details");
    await details.getByRole("button", { name: /^init\/main\.c:\d+|^kernel\/\w+\.c:\d+/ }).waitFor();
    const text = await details.textContent();
    expect(text).toMatch(/in kernel_init › kernel_init_freeable/);
    expect(text).toMatch(/took[\d,]+ cycles/);
    expect(text).toMatch(/pid1/);
    expect(text).toMatch(/Brought up 1 node, 2 CPUs/);
  });

  it("is walked, zoomed and left by keyboard", async () => {
    await page.locator("#map-canvas").focus();
    await page.keyboard.press("Escape");
    expect(await page.textContent("#map-details")).toMatch(/Click a bar/);
    await page.keyboard.press("ArrowDown");
    expect(await page.textContent("#map-details h3")).toMatch(/_start/);
    for (const key of ["+", "ArrowRight", "ArrowRight", "-", "Enter", "0"]) await page.keyboard.press(key);
    expect(bench.complaints).toEqual([]);
  });

  it("finds the bar under the pointer", async () => {
    await page.locator("#map-canvas").focus();
    for (const key of ["Escape", "0"]) await page.keyboard.press(key);
    const box = await page.locator("#map-chart").boundingBox();
    const found = async (): Promise<string[]> => {
      await page.mouse.click((box?.x ?? 0) + 60, (box?.y ?? 0) + 66);
      return page.locator("#map-details h3").allTextContents();
    };
    // It is there once the chart is drawn.
    await expect.poll(found).toEqual([expect.stringMatching(/^\w+/)]);
  });

  it("saves a trace that Perfetto reads", async () => {
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save trace" }).click();
    const { traceEvents } = JSON.parse(readFileSync(await (await waiting).path(), "utf8"));
    const span = traceEvents.find(({ name }: { name: string }) => name === "start_kernel");
    expect(span).toMatchObject({ ph: "X", args: { hart: 0, mode: "S" } });
    expect(span.dur).toBeGreaterThan(100);
  });

  it("fills in for a kernel that is not ours, and says what it cannot know", async () => {
    const { stripped, systemMap } = buildForeignKernel();
    const drop = async (files: readonly NamedFile[]): Promise<void> => {
      const before = await other.evaluate(() => hartbeat.outputBytes);
      await other.locator("#files-list input[type=file]").setInputFiles(
        files.map(({ name, bytes }) => ({
          name,
          mimeType: "application/octet-stream",
          buffer: Buffer.from(bytes),
        })),
      );
      await other.waitForFunction(
        (bytes) => hartbeat.outputBytes > bytes && hartbeat.status?.power === "off",
        before,
      );
    };
    const other = await bench.page("?panel=map", SIZE);
    await expectOutput(other, /login: $/);
    const unknown = other.locator("#map-unknown");
    expect(await unknown.textContent()).toBe("");
    await drop([stripped]);
    await unknown.filter({ hasText: /no symbols of .*drop its vmlinux or its System.map/ }).waitFor();
    expect(await other.evaluate(() => [...hartbeat.steps])).toEqual(["_start"]);
    await drop([stripped, systemMap]);
    await unknown
      .filter({ hasText: /This kernel has \d+ of the \d+ functions .*does not tell the pids/ })
      .waitFor();
    const path = `_start _start start_kernel setup_arch mm_init sched_init rest_init kthreadd kernel_init
      run_init_process start_thread init`.split(/\s+/);
    const steps = (): Promise<string[]> =>
      other.evaluate(() => hartbeat.steps.filter((name) => name !== "kernel_thread"));
    await expect.poll(steps).toEqual(path);
    await other.context().close();
  });

  it("shows how a compressed kernel unpacks itself", async () => {
    const other = await bench.page("?panel=map", SIZE);
    await expectOutput(other, /login: $/);
    const { vmlinuz, decompressor, kernel, initrd } = PACKAGE_FILES;
    await other
      .locator("#files-list input[type=file]")
      .setInputFiles([decompressor, kernel, initrd, vmlinuz]);
    await expectOutput(other, /login: [\s\S]*Uncompressing Linux[\s\S]*login: $/);
    await other.click("#machine");
    const roles = {
      kernel: "vmlinuz",
      initrd: "initramfs.cpio",
      symbols: "vmlinux",
      decompressor: "decompressor.elf",
    };
    for (const [role, name] of Object.entries(roles))
      await other.locator(`#machine-${role}-name`).getByText(name).waitFor();
    await other.click("#machine-cancel");
    const steps = await other.evaluate(() => [...hartbeat.steps]);
    expect(steps.slice(0, 7)).toEqual([
      "_start",
      "start",
      "restart",
      "decompress_kernel",
      "gunzip",
      "_start",
      "setup_vm",
    ]);
    await other.context().close();
  });

  it("goes to the moment of a step, and back from there", async () => {
    await choose("rest_init");
    await page.getByRole("button", { name: "Go to this moment" }).click();
    await page.locator("#debug-state").filter({ hasText: "at rest_init" }).waitFor();
    expect(await page.textContent("#debug-frames")).toMatch(/^rest_initarch_call_rest_init/);
    await page
      .locator("#debug-source .current")
      .filter({ hasText: /\{|rcu_sch/ })
      .waitFor();
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await page.locator("#debug-state").filter({ hasText: "stepped back" }).waitFor();
    expect(await page.textContent("#debug-frames")).toMatch(/^arch_call_rest_init/);
    await page.getByRole("button", { name: "Run", exact: true }).first().click();
    await expectOutput(page, /login: [\s\S]*login: $/);
    expect(bench.complaints).toEqual([]);
  });
});
