/** The debugger panel in headless Chromium: breakpoints, steps, and the views of a hart. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { expectOutput, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

requireTool("chromium")("the debugger", () => {
  let bench: WebBench;
  let page: Page;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  beforeEach(async () => {
    await page?.context().close();
    page = await bench.page("?smp=2&panel=debugger&paused=1", { viewport: { width: 1280, height: 800 } });
    await page.waitForFunction(() => hartbeat.status?.power === "paused");
  });
  afterAll(async () => {
    await bench?.close();
  });

  const press = (name: string): Promise<void> =>
    page.locator("#debugger").getByRole("button", { name, exact: true }).first().click();

  async function stopAt(where: string): Promise<void> {
    await page.fill("#debug-where", where);
    await press("Break");
    await page.locator("#debug-breakpoints").getByRole("button", { name: "Remove" }).waitFor();
    await press("Run");
    await page.locator("#debug-state").filter({ hasText: "breakpoint at" }).waitFor();
  }

  const state = (text: string): Promise<unknown> =>
    page.locator("#debug-state").filter({ hasText: text }).waitFor();

  it("stands before the first instruction", async () => {
    await page.locator("#debug-code .current").first().waitFor();
    expect(await page.textContent("#debug-code .current")).toMatch(/▶1000/);
  });

  it("stops at rest_init, steps, steps back and goes on", async () => {
    await stopAt("rest_init");
    expect(await page.textContent("#debug-frames")).toMatch(/rest_init.*start_kernel/);
    expect(await page.textContent("#debug-source .current")).toMatch(/●▶\d+\{/);
    const before = await page.evaluate(() => hartbeat.stateHash());
    await press("Step");
    await state("stepped one instruction");
    expect(await page.locator("#debug-registers .changed").allTextContents()).toMatchObject([/^sp●/]);
    await press("Step back");
    await state("stepped back");
    expect(await page.evaluate(() => hartbeat.stateHash())).toBe(before);
    await press("Over");
    await press("Out");
    await page.locator("#debug-breakpoints").getByRole("button", { name: "Remove" }).click();
    await page.evaluate(() => hartbeat.resume());
    await expectOutput(page, /login: $/);
    expect(bench.complaints).toEqual([]);
  });

  it("steps by source line and returns to the caller", async () => {
    await stopAt("vfs_caches_init");
    await press("Line");
    await state("stepped one line");
    await press("Out");
    await state("returned to the caller");
    expect(await page.textContent("#debug-frames")).toMatch(/^start_kernel\+/);
  });

  it("shows CSRs, page tables, memory and processes", async () => {
    await stopAt("kernel_execve");
    for (const title of ["Control and status registers", "Page-table walk", "Memory"]) {
      await page.locator("#debugger summary", { hasText: title }).click();
    }
    await page.locator("#debug-walk .result").first().waitFor();
    expect(await page.textContent("#debug-walk")).toMatch(/Sv\d\d, ASID.*✓ physical 0x8/);
    expect(await page.textContent("#debug-csrs")).toMatch(/satp.*MODE=Sv/);
    await page.fill("#debug-memory input", "linux_banner");
    await page.press("#debug-memory input", "Enter");
    await page.locator("#debug-memory pre").filter({ hasText: "Linux" }).waitFor();
    expect(await page.textContent("#debug-tasks")).toMatch(/0swapper.*1init|1kernel_init|2\[kthreadd\]/);
  });

  it("says what is wrong with a place that is not there", async () => {
    await page.fill("#debug-where", "no_such_function");
    await press("Break");
    await page.locator("#debug-complaint").filter({ hasText: /./ }).waitFor();
    expect(await page.textContent("#debug-complaint")).toMatch(/There is no symbol 'no_such_function'/);
  });

  it("restores a snapshot, and refuses a broken one", async () => {
    await stopAt("rest_init");
    const result = await page.evaluate(async () => {
      const hash = await hartbeat.stateHash();
      const snapshot = await hartbeat.snapshot();
      await hartbeat.resume();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await hartbeat.pause();
      await hartbeat.restore(snapshot);
      const again = await hartbeat.stateHash();
      snapshot[snapshot.length >> 1] = (snapshot[snapshot.length >> 1] ?? 0) ^ 255;
      const complaint = await hartbeat.restore(snapshot).catch((error: Error) => error.message);
      return { hash, again, complaint };
    });
    expect(result.again).toBe(result.hash);
    expect(result.complaint).toMatch(/snapshot/i);
  });
});
