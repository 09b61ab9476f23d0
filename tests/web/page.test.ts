/** The page in headless Chromium: boots to a login, takes keys, powers off, and looks right at three widths. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { expectOutput, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

requireTool("chromium")("the page", () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  afterAll(async () => {
    await bench?.close();
  });

  it("boots, logs in, runs ps and powers off", async () => {
    const page = await bench.page("?smp=2&panel=console");
    await expectOutput(page, /login: $/);
    await page.keyboard.type("root\n");
    await expectOutput(page, /# $/);
    await page.keyboard.type("ps -ef\n");
    await expectOutput(page, /\s1\s+0\s.*init[\s\S]*\s2\s+0\s.*\[kthreadd\][\s\S]*# $/);
    await page.waitForFunction(() => hartbeat.status?.power === "idle");
    expect(await page.textContent("#harts")).toBe("2");
    await page.keyboard.type("poweroff\n");
    await page.waitForFunction(() => hartbeat.status?.power === "off");
    expect(await page.textContent("#power")).toBe("off");
    expect(bench.complaints).toEqual([]);
    await page.context().close();
  });

  it("starts again at the press of Reset", async () => {
    const page = await bench.page();
    await expectOutput(page, /login: $/);
    await page.click("#reset");
    await expectOutput(page, /login: [\s\S]*login: $/);
    await page.context().close();
  });

  it.each(["ideal", "cva6"])(
    "gives the same bytes, cycles and state hash as Node in the time of %s",
    async (timing) => {
      const page = await bench.page(`?free=1&smp=2&timing=${timing}`);
      await page.waitForFunction(() => hartbeat.status !== undefined);
      const there = await page.evaluate(async () => {
        await hartbeat.expect("login: ");
        hartbeat.send("root\n");
        await hartbeat.expect("# ");
        await hartbeat.run(10_000_000);
        const [cycles, hash] = [await hartbeat.cycles(), await hartbeat.stateHash()];
        return { output: hartbeat.output, cycles, hash, timing: hartbeat.status?.timing };
      });
      await page.context().close();

      const machine = await Machine.create({ harts: 2, timing });
      await machine.console.expect("login: ");
      machine.console.send("root\n");
      await machine.console.expect("# ");
      machine.run({ cycles: 10_000_000 });
      const [cycles, hash] = [machine.cycles, machine.stateHash()];
      const here = { output: machine.console.output, cycles, hash, timing };
      machine.dispose();
      expect(there).toEqual(here);
    },
  );

  it("says in plain words what is wrong with its address", async () => {
    const page = await bench.page("?smp=99");
    await page.waitForSelector("#banner:not([hidden])");
    expect(await page.textContent("#banner")).toMatch(/-smp 99: give a number of harts from 1 to 8/);
    expect(await page.textContent("#power")).toBe("failed");
    await page.context().close();
  });

  it("finds text on the console, and lets the keyboard leave it", async () => {
    const page = await bench.page("?panel=console");
    await expectOutput(page, /login: $/);
    await page.keyboard.press("Control+Shift+F");
    await page.keyboard.type("devtmpfs");
    await page.keyboard.press("Enter");
    expect(await page.inputValue("#search-text")).toBe("devtmpfs");
    await page.keyboard.press("Escape");
    expect(await page.isHidden("#search")).toBe(true);
    await page.keyboard.press("Control+Shift+Escape");
    expect(await page.evaluate("document.activeElement.id")).toBe("pause");
    await page.context().close();
  });

  it("has keys for touch screens", async () => {
    const page = await bench.page("?panel=console", {
      viewport: { width: 390, height: 780 },
      hasTouch: true,
      isMobile: true,
    });
    await expectOutput(page, /login: $/);
    await page.evaluate(() => hartbeat.send("root\n"));
    await expectOutput(page, /# $/);
    await page.evaluate(() => hartbeat.send("cat\n"));
    await page.waitForFunction(() => hartbeat.steps.includes("cat"));
    await page.getByRole("button", { name: "Control C" }).tap();
    await expectOutput(page, /\^C[\s\S]*# $/);
    await page.getByRole("button", { name: "Up", exact: true }).first().tap();
    await expectOutput(page, /# [\s\S]*# [\s\S]*# cat/);
    await page.context().close();
  });

  it.each([
    ["a desktop", 1280, 760, "dark"],
    ["a tablet", 820, 1000, "light"],
    ["a phone", 390, 780, "dark"],
  ] as const)("fills the window of %s", async (name, width, height, colorScheme) => {
    const page = await bench.page("?panel=console", { viewport: { width, height }, colorScheme });
    await expectOutput(page, /login: $/);
    await page.keyboard.type("root\n");
    await expectOutput(page, /# $/);
    await page.keyboard.type("ps -ef\n");
    await expectOutput(page, /ps -ef\r\n[\s\S]*# $/);
    const box = await page.locator("#console").boundingBox();
    expect(box).toMatchObject({ x: 0, width });
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBe(height);
    expect(box?.y).toBeLessThan(150);
    await page.click("#machine");
    expect(await page.evaluate(`document.querySelector("#machine-dialog").scrollWidth`)).toBe(
      await page.evaluate(`document.querySelector("#machine-dialog").clientWidth`),
    );
    await page.click("#machine-cancel");
    const root = "document.documentElement";
    for (const panel of ["console", "map", "debugger"]) {
      await page.click(`#tab-${panel}`);
      expect(await page.evaluate(`[${root}.scrollWidth, ${root}.scrollHeight]`)).toEqual([width, height]);
    }
    const folder = process.env.HARTBEAT_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), "hartbeat-page-"));
    await page.screenshot({ path: join(folder, `${name.replaceAll(" ", "-")}.png`) });
    await page.context().close();
  });
});
