/** The debugger panel in headless Chromium: breakpoints, steps, and the views of a hart. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import type { SourceView } from "../../web/protocol.ts";
import { expectOutput, hearWorkerLate, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

/** Longer than the machine runs to the places where these tests stop it. */
const LATE_MS = 300;

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
    await state(`breakpoint at ${where};`);
  }

  const state = (text: string): Promise<unknown> =>
    page.locator("#debug-state").filter({ hasText: text }).waitFor();

  it("stands before the first instruction", async () => {
    await page.locator("#debug-code .current").first().waitFor();
    expect(await page.textContent("#debug-code .current")).toMatch(/▶1000/);
  });

  const registers = (): Promise<string[]> => page.locator("#debug-registers .changed").allTextContents();
  /** Waits for the line at which the hart stands, which may come a little later than its state. */
  const current = (hasText: RegExp): Promise<unknown> =>
    page.locator("#debug-source .cm-line.current").filter({ hasText }).waitFor();
  /** Waits until source and code show where the hart stands, and gives the line. */
  async function shown(hart = 0): Promise<string> {
    const { source, harts } = await page.evaluate((number) => hartbeat.ask("view", number), hart);
    const pc = harts[hart]?.pc.toString(16) ?? "no hart";
    await page.locator("#debug-code .current[aria-selected=true]").filter({ hasText: pc }).waitFor();
    const { file, line } = source as SourceView;
    await page.locator("#debug-source .label").filter({ hasText: file }).waitFor();
    const text = readFileSync(join(PACKAGE_ROOT, "kernel-image", file), "utf8").split("\n")[
      line - 1
    ] as string;
    await current(new RegExp(`^${text.replace(/[^\w\s]/g, "\\$&")}$`));
    return text;
  }

  it("stops at rest_init, steps by instruction and back, and goes on", async () => {
    await page.selectOption("#debug-tools select >> nth=0", "instruction");
    await stopAt("rest_init");
    expect(await page.textContent("#debug-frames")).toMatch(/rest_init.*start_kernel/);
    await shown();
    await page.locator("#debug-source .marks .break").filter({ hasText: "●▶" }).waitFor();
    await page.locator("#debug-code .current").filter({ hasText: /^●▶/ }).waitFor();
    const before = await page.evaluate(() => hartbeat.stateHash());
    await press("Step");
    await state("stepped one instruction");
    expect(await registers()).toMatchObject([/^sp●/]);
    await page.keyboard.press("Shift+F9");
    await state("stepped back one instruction");
    expect(await page.evaluate(() => hartbeat.stateHash())).toBe(before);
    await page.locator("#debug-breakpoints").getByRole("button", { name: "Remove" }).click();
    await page.evaluate(() => hartbeat.resume());
    await expectOutput(page, /login: $/);
    expect(bench.complaints).toEqual([]);
  });

  it("steps by source line: over, into, out, back", async () => {
    await stopAt("rest_init");
    await press("Over");
    await state("stepped one line");
    if (/rcu_scheduler_starting/.test(await shown())) await press("Over");
    await current(/kernel_thread\(kernel_init/);
    await press("Step");
    await page
      .locator("#debug-frames")
      .filter({ hasText: /^kernel_thread/ })
      .waitFor();
    await press("Out");
    await state("returned to the caller");
    expect(await page.textContent("#debug-frames")).toMatch(/^rest_init\+/);
    await press("Back");
    await state("stepped back one line");
    await current(/kernel_thread\(kernel_init/);
    await press("Run back");
    await state("breakpoint at rest_init;");
  });

  it("shows where the hart that stopped stands, when another was looked at until then", async () => {
    await hearWorkerLate(page, LATE_MS);
    await page.reload();
    await page.locator("#debug-code .current").first().waitFor();
    await page.getByLabel("Hart", { exact: true }).first().selectOption({ index: 1 });
    await stopAt("start_kernel");
    await shown();
    expect(await page.textContent("#debug-source .label")).toBe("init/main.c");
    expect(await page.textContent("#debug-frames")).toMatch(/^start_kernel/);
  });

  it("shows harts and processes while the machine runs, and where they came to rest", async () => {
    await page.evaluate(() => hartbeat.resume());
    await expectOutput(page, /login: $/);
    await page.evaluate(() => hartbeat.send("root\n"));
    await expectOutput(page, /# $/);
    const harts = page.getByLabel("Hart", { exact: true }).first();
    await page.evaluate(() => hartbeat.send("while :; do :; done\n"));
    await harts.filter({ hasText: /hart \d: U, pid \d+/ }).waitFor();
    await page
      .locator("#debug-tasks tr")
      .filter({ hasText: /sh.*▶ on hart \d/ })
      .waitFor();
    await page.evaluate(() => hartbeat.send("\x03"));
    await harts.filter({ hasText: /hart 0: waits.*hart 1: waits/ }).waitFor();
  });

  it("runs to the caret, and takes breakpoints from source and code by mouse and keyboard", async () => {
    await stopAt("start_kernel");
    const breakpoints = page.locator("#debug-breakpoints");
    await page.locator("#debug-source .cm-line", { hasText: "boot_cpu_init();" }).click();
    await page.keyboard.press("F4");
    await state("came to init/main.c");
    await current(/boot_cpu_init/);
    await page.locator("#debug-source .cm-content").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await breakpoints.filter({ hasText: /start_kernel\+0x\w+init\/main\.c:\d+/ }).waitFor();
    await page.locator("#debug-source .marks .break").nth(1).waitFor();
    expect(await page.locator("#debug-source .marks .break").count()).toBe(2);
    await press("Run");
    await state("breakpoint at start_kernel+");
    expect(await shown()).toMatch(/page_address_init/);
    await page.locator("#debug-code").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("#debug-breakpoints li").nth(2).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("#debug-breakpoints li").nth(2).waitFor({ state: "detached" });
    await page.keyboard.press("Shift+Enter");
    await state("came to 0x");

    // Breakpoints stay over a reset.
    await page.click("#reset");
    await page.evaluate(() => hartbeat.resume());
    await state("breakpoint at start_kernel;");
    expect(await page.locator("#debug-breakpoints li").count()).toBe(2);
  });

  it("shows CSRs, page tables, memory and processes", async () => {
    await stopAt("kernel_execve");
    for (const title of [
      "Last traps",
      "Control and status registers",
      "Page-table walk",
      "Memory",
      "Floating",
    ]) {
      await page.locator("#debugger summary", { hasText: title }).click();
    }
    await page.locator("#debug-walk .result").first().waitFor();
    expect(await page.textContent("#debug-walk")).toMatch(/Sv\d\d, ASID.*VPN\[2\].*✓ physical 0x8/);
    expect(await page.locator("#debug-walk .level").count()).toBeGreaterThanOrEqual(3);
    expect(await page.textContent("#debug-csrs")).toMatch(/satp.*MODE=Sv/);
    const titleOf = (part: string) =>
      page.locator("#debug-csrs").getByText(part).first().getAttribute("title");
    expect(await titleOf("satp")).toBe("address translation");
    expect(await titleOf("MODE=Sv")).toMatch(/how many bits a virtual address has/);
    expect(await page.locator("#debug-traps li").allTextContents()).toEqual([
      expect.stringMatching(/^S-mode: the last trap was: .*, handled by /),
      expect.stringMatching(/^M-mode: the last trap was: .*, handled by /),
    ]);
    expect(await page.textContent("#debug-floats")).toMatch(/ft0.*ft11/);
    await page.fill("#debug-memory input", "linux_banner");
    await page.press("#debug-memory input", "Enter");
    await page.locator("#debug-memory pre").filter({ hasText: "Linux" }).waitFor();
    await page.locator("#debug-registers").getByRole("button").nth(2).click();
    expect(await page.inputValue("#debug-memory input")).toMatch(/^0xffff/);
    await page
      .locator("#debug-tasks")
      .filter({ hasText: /0\[?swapper.*2\[kthreadd\]/ })
      .waitFor();
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
      const there = await hartbeat.cycles();
      await hartbeat.resume();
      while ((await hartbeat.cycles()) === there);
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
