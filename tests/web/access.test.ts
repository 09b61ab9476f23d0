/** The page under a strict policy, by keyboard alone, for a screen reader, and in windows that change. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectOutput, hearWorkerLate, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

const STRICT = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "worker-src 'self'",
  "img-src 'self'",
].join("; ");

const LATE_MS = 300;
/** The browser's words about the script that the test puts in. */
const INLINE = /inline script/i;

/** What a user may come to by Tab, as tests name it. */
const NAME = `(element) => element.id || element.getAttribute("aria-label") || element.textContent.trim()`;

requireTool("chromium")("the page for everybody", () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  afterAll(async () => {
    await bench?.close();
  });

  it("works where the server allows no inline script and no eval, in all its panels", async () => {
    const page = await bench.page("?free=1&paused=1");
    const blocked: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) blocked.push(message.text());
    });
    // Scripts and the worker get the same header as the page.
    await page.context().route("**/*", async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        headers: { ...response.headers(), "content-security-policy": STRICT },
      });
    });
    await page.goto(`${bench.url}?panel=debugger`);
    await expectOutput(page, /login: $/);
    await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "globalThis.inline = true";
      document.head.append(script);
    `);
    expect(await page.evaluate("globalThis.inline")).toBeUndefined();
    await expect.poll(() => blocked).toContainEqual(expect.stringMatching(INLINE));
    await page.evaluate(() => hartbeat.pause());
    await page.locator("#debug-code .current").first().waitFor();
    await page.locator("#debug-source .cm-line").first().waitFor();
    for (const [panel, part] of [
      ["map", "#map-canvas"],
      ["pipeline", "#pipe-empty"],
      ["console", ".xterm-screen"],
    ] as const) {
      await page.click(`#tab-${panel}`);
      await page.locator(part).waitFor();
    }
    expect(blocked.filter((message) => !INLINE.test(message))).toEqual([]);
    await page.context().unrouteAll({ behavior: "ignoreErrors" });
    await page.context().close();
  });

  it("has every control within reach of the Tab key, and leaves the terminal by its key", async () => {
    const page = await bench.page("?panel=console&smp=2");
    await expectOutput(page, /login: $/);
    // In the terminal Tab is the guest's.
    expect(await page.evaluate("document.activeElement.closest('#terminal') !== null")).toBe(true);
    await page.keyboard.press("Control+Shift+Escape");
    for (const panel of ["console", "map", "debugger", "pipeline"]) {
      await page.keyboard.press("Control+Shift+Escape");
      await page.evaluate(`document.querySelector('[role="tab"][aria-selected="true"]').focus()`);
      if (panel !== "console") {
        await page.keyboard.press("ArrowRight");
        await page.locator(`body[data-panel="${panel}"]`).waitFor();
      }
      if (panel === "debugger") {
        await page.evaluate(() => hartbeat.pause());
        await page.locator("#debug-code .current").first().waitFor();
      }
      expect(await missed(page), `on the ${panel} panel`).toEqual([]);
    }
    await page.context().close();
  });

  /** Controls in sight to which Tab does not come, starting at the top of the page. */
  async function missed(page: Page): Promise<string[]> {
    const wanted = (await page.evaluate(`
      [...document.querySelectorAll("button, select, input, summary, a[href]")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.tabIndex >= 0)
        .filter((each) => !each.closest(".xterm, details:not([open]) > :not(summary)"))
        .map(${NAME})`)) as string[];
    const seen = new Set<string>();
    await page.evaluate("document.activeElement?.blur(); getSelection().removeAllRanges(); window.focus()");
    await page.evaluate(`(() => {
      const start = document.querySelector("h1");
      start.tabIndex = -1;
      start.focus();
    })()`);
    const all = (): boolean => wanted.every((name) => seen.has(name));
    for (let presses = 0; presses < 3 * wanted.length + 40 && !all(); presses++) {
      const inTerminal = await page.evaluate("document.activeElement.closest('.xterm') !== null");
      // From the terminal the documented key leads out; what follows it in the page is reached from there.
      if (inTerminal) await page.evaluate(`document.querySelector("#find").focus()`);
      else await page.keyboard.press("Tab");
      seen.add((await page.evaluate(`(${NAME})(document.activeElement)`)) as string);
    }
    return wanted.filter((name) => !seen.has(name));
  }

  it("tells a screen reader what the terminal shows", async () => {
    const page = await bench.page("?panel=console");
    await expectOutput(page, /login: $/);
    expect(await page.locator("#terminal .xterm-accessibility").count()).toBe(0);
    await page.getByLabel("Screen reader").check();
    const spoken = page.locator("#terminal .xterm-accessibility");
    await spoken.filter({ hasText: "hartbeat login:" }).waitFor({ state: "attached" });
    await page.evaluate(() => hartbeat.send("root\n"));
    await spoken.filter({ hasText: "root@hartbeat" }).waitFor({ state: "attached" });
    await page.reload();
    expect(await page.getByLabel("Screen reader").isChecked()).toBe(true);
    await page.context().close();
  });

  it("tells the guest how large its terminal is, at login and when it asks again", async () => {
    const page = await bench.page("?panel=console", { viewport: { width: 1000, height: 700 } });
    // Later than the guest waits for an answer, as on a slow computer.
    await hearWorkerLate(page, LATE_MS);
    await page.reload();
    const size = async (command: string): Promise<number[]> => {
      const from = await page.evaluate(() => hartbeat.output.length);
      await page.evaluate((line) => hartbeat.send(`${line}\n`), command);
      await page.waitForFunction(
        (start) => /\n\d+ \d+\r\n[\s\S]*# $/.test(hartbeat.output.slice(start)),
        from,
      );
      const text = await page.evaluate((start) => hartbeat.output.slice(start), from);
      return (/\n(\d+) (\d+)\r\n/.exec(text) ?? []).slice(1).map(Number);
    };
    const shown = (): Promise<number[]> => page.evaluate(() => [...hartbeat.terminalSize]);
    await expectOutput(page, /login: $/);
    await page.evaluate(() => hartbeat.send("root\n"));
    await expectOutput(page, /# $/);
    const before = await shown();
    expect(await size("stty size")).toEqual(before);
    await page.setViewportSize({ width: 640, height: 500 });
    await page.waitForFunction(([rows]) => hartbeat.terminalSize[0] !== rows, before);
    // A window may come to its new size in steps.
    const agree = async (): Promise<boolean> =>
      String(await size("resize; echo; stty size")) === String(await shown());
    await expect.poll(agree).toBe(true);
    expect(await shown()).not.toEqual(before);
    await page.context().close();
  });

  it("tells by tap and by keyboard what registers are for", async () => {
    const page = await bench.page("?panel=debugger&paused=1", {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
    });
    const csrs = page.locator("#debug-csrs > div");
    await page.locator("#debugger summary", { hasText: "Control and status" }).tap();
    await csrs.filter({ hasText: "satp" }).locator("dt").tap();
    const explained = page.locator("#explained");
    await explained.filter({ hasText: /^satp: address translation$/ }).waitFor();
    await page.locator("#debug-state").tap();
    await explained.waitFor({ state: "hidden" });
    await page.locator("#debugger summary", { hasText: "Control and status" }).focus();
    await page.keyboard.press("Tab");
    const first = await csrs.first().locator("dt").textContent();
    await explained.filter({ hasText: new RegExp(`^${first}: \\S`) }).waitFor();
    await page.context().close();
  });

  it("keeps Control for the next key on a touch screen, as on a keyboard", async () => {
    const page = await bench.page("?panel=console", {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
    });
    await expectOutput(page, /login: $/);
    const keys = page.getByRole("toolbar", { name: "Keys" }).getByRole("button");
    const names = await keys.evaluateAll((all) =>
      all.map((key) => key.getAttribute("aria-label") ?? key.textContent),
    );
    expect(names).toEqual("Escape,Tab,Ctrl,Left,Down,Up,Right,Control C,Control D".split(","));
    for (const box of await keys.evaluateAll((all) => all.map((key) => key.getBoundingClientRect().right)))
      expect(box).toBeLessThanOrEqual(390);
    await page.evaluate(() => hartbeat.send("root\n"));
    await expectOutput(page, /# $/);
    await page.tap("#terminal");
    await page.keyboard.type("hostnam");
    await keys.filter({ hasText: "Tab" }).tap();
    await expectOutput(page, /# hostname $/);
    await keys.filter({ hasText: "Ctrl" }).tap();
    expect(await keys.filter({ hasText: "Ctrl" }).getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.type("c");
    await expectOutput(page, /\^C[\s\S]*# $/);
    expect(await keys.filter({ hasText: "Ctrl" }).getAttribute("aria-pressed")).toBe("false");
    await page.context().close();
  });
});
