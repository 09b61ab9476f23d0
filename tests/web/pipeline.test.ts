/** The pipeline panel in headless Chromium: the last instructions, stalls by cause, another pipeline, Konata's file. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addressOf, expectOutput, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

requireTool("chromium")("the pipeline panel", () => {
  let bench: WebBench;
  let page: Page;
  beforeAll(async () => {
    bench = await WebBench.open();
    page = await bench.page("?panel=pipeline&smp=2&timing=cva6&paused=1", {
      viewport: { width: 1280, height: 800 },
    });
    await page.waitForFunction(() => hartbeat.status?.power === "paused");
  });
  afterAll(async () => {
    await bench?.close();
  });

  const rows = () => page.locator("#pipe-rows .row");
  const last = (where: RegExp): Promise<unknown> =>
    page.locator("#pipe-details").filter({ hasText: where }).waitFor();
  const download = async (name: string): Promise<string> => {
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name }).click();
    return readFileSync(await (await waiting).path(), "utf8");
  };

  it("says that nothing has run yet", async () => {
    await page
      .locator("#pipe-empty")
      .filter({ hasText: /Step or run the machine/ })
      .waitFor();
    expect(await page.textContent("#pipe-summary")).toMatch(/No cycles were timed yet/);
  });

  it("shows the last instructions with their stages, and what they waited for", async () => {
    await page.evaluate(() => hartbeat.ask("runTo", "rest_init"));
    await last(/^arch_call_rest_init.*: jal rest_init; PC.*IF.*ID.*IS.*EX.*CO/);
    await rows().nth(63).waitFor();
    expect(await page.locator("#pipe-rows .stall").count()).toBeGreaterThan(3);
    expect(await page.locator("#pipe-rows .why").allTextContents()).toContainEqual(
      expect.stringMatching(/^(loadUse|icache|mispredict|dcache|fetch) \d+$/),
    );
    expect(await page.textContent("#pipe-causes")).toMatch(/base[\d,]+.*loadUse[\d,]+/);
    expect(await page.textContent("#pipe-stages")).toMatch(/IS issue, operands are read/);
  });

  it("names the hart that ran, when the chosen one did not", async () => {
    const tools = page.getByRole("toolbar", { name: "Pipeline" });
    await tools.getByLabel("Hart", { exact: true }).selectOption("hart 1");
    await page.getByText("Hart 1 has executed nothing lately").waitFor();
    expect(await rows().count()).toBe(0);
    await page.getByRole("button", { name: "Show hart 0" }).click();
    await rows().nth(63).waitFor();
    expect(await tools.getByLabel("Hart", { exact: true }).inputValue()).toBe("hart 0");
    expect(await page.textContent("#pipe-empty")).toBe("");
  });

  it("is walked by keyboard, and leads to the debugger", async () => {
    await page.locator("#pipe-rows").focus();
    await page.keyboard.press("Home");
    const first = await rows().nth(0).locator(".where").textContent();
    expect((await page.textContent("#pipe-details"))?.startsWith(`${first}: `)).toBe(true);
    await page.locator("#pipe-details button").click();
    await page.locator("#debug-source .cm-line.looked-at").waitFor();
    await page.click("#tab-pipeline");
  });

  it("goes on by an instruction", async () => {
    const before = await page.evaluate(() => hartbeat.cycles());
    await page.getByRole("toolbar", { name: "Pipeline" }).getByRole("button", { name: "Step" }).click();
    await last(/^rest_init: addi/);
    expect(await page.evaluate(() => hartbeat.cycles())).toBeGreaterThan(before);
  });

  it("goes back in the time of the pipeline: by an instruction, and to a breakpoint", async () => {
    const tools = page.getByRole("toolbar", { name: "Pipeline" });
    const now = () =>
      page.evaluate(async () => ({ cycles: await hartbeat.cycles(), hash: await hartbeat.stateHash() }));
    /** Asks for a run, and waits for where it stops. */
    const after = async (name: "resume" | "runBack") => {
      const { cycles } = await now();
      await page.evaluate((what) => (what === "resume" ? hartbeat.ask(what) : hartbeat.ask(what, 0)), name);
      await page.waitForFunction(
        (from) => hartbeat.status?.power === "paused" && hartbeat.status.cycles !== from,
        cycles,
      );
      return now();
    };
    const here = await now();
    const [summary, causes] = [
      await page.textContent("#pipe-summary"),
      await page.textContent("#pipe-causes"),
    ];
    await tools.getByRole("button", { name: "Step" }).click();
    await last(/^rest_init\+0x/);
    expect((await now()).cycles).toBeGreaterThan(here.cycles);
    await tools.getByRole("button", { name: "Back" }).click();
    await last(/^rest_init: addi/);
    expect(await now()).toEqual(here);
    expect(await page.textContent("#pipe-summary")).toBe(summary);
    expect(await page.textContent("#pipe-causes")).toBe(causes);
    const { address } = await page.evaluate(() => hartbeat.ask("setBreakpoint", "kernel_thread"));
    const first = await after("resume");
    const second = await after("resume");
    expect(await after("runBack")).toEqual(first);
    expect(await after("resume")).toEqual(second);
    await page.evaluate((at) => hartbeat.ask("clearBreakpoint", at), address);
  });

  it("saves them for Konata and as text", async () => {
    const kanata = await download("Save Kanata");
    expect(kanata).toMatch(/^Kanata\t0004\nC=\t\d+\n/);
    expect(kanata).toMatch(/^S\t\d+\t0\tIS$/m);
    expect(await download("Save text")).toMatch(/addi sp, sp, -16 .*CO/);
  });

  it("lets another pipeline keep the time, or none, and remembers it in the address", async () => {
    const timing = async () => (await addressOf(page)).searchParams.get("timing");
    await page.selectOption("#pipe-timing", "classic5");
    await page.waitForFunction(() => hartbeat.status?.timing === "classic5");
    await expect.poll(timing).toBe("classic5");
    await page.locator("#pipe-stages").filter({ hasText: "WB the register is written" }).waitFor();
    await page.selectOption("#pipe-timing", "ideal");
    await page.waitForFunction(() => hartbeat.status?.timing === "ideal");
    await expect.poll(timing).toBeNull();
    await page.click("#pause");
    await expectOutput(page, /login: $/);
    expect(bench.complaints).toEqual([]);
  });
});
