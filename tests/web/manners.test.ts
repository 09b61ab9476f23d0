/** How the page behaves: broken files, links, frames, accessibility. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectOutput, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

requireTool("chromium")("the page's manners", () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  afterAll(async () => {
    await bench?.close();
  });

  it("explains what is wrong with a dropped file, and boots again without it", async () => {
    const page = await bench.page();
    await expectOutput(page, /login: $/);
    await drop(page, "broken", [0x7f, 0x45, 0x4c, 0x46, 1, 2, 3]);
    await page.waitForSelector("#banner:not([hidden])");
    expect(await page.textContent("#banner")).toMatch(/kernel 'broken' cannot be used/);
    await page.click("#machine");
    await page.locator("#machine-kernel-name").getByRole("button", { name: "Remove" }).click();
    await page.locator("#machine-form").getByRole("button", { name: "Boot" }).click();
    await expectOutput(page, /login: [\s\S]*login: $/);
    expect(await page.isHidden("#banner")).toBe(true);
    await page.context().close();
  });

  it("gives the same machine to whoever opens its link", async () => {
    const page = await bench.page("?panel=console");
    await page.click("#machine");
    await page.fill("#machine-smp", "3");
    await page.fill("#machine-memory", "64M");
    await page.fill("#machine-append", "loglevel=4");
    await page.check("#machine-paused");
    await page.locator("#machine-form").getByRole("button", { name: "Boot" }).click();
    await page.waitForFunction(() => hartbeat.status?.power === "paused" && hartbeat.status.harts === 3);
    await page.click("#tab-debugger");
    const query = new URL(page.url()).search;
    const hash = await page.evaluate(() => hartbeat.stateHash());
    await page.context().close();
    const other = await bench.page(query);
    await other.waitForFunction(() => hartbeat.status?.power === "paused");
    expect(await other.evaluate(() => hartbeat.stateHash())).toBe(hash);
    expect(await other.getAttribute("body", "data-panel")).toBe("debugger");
    await other.context().close();
  });

  it("runs inside another page", async () => {
    const page = await bench.page();
    const notes = `${bench.url}notes.html`;
    await page.route(notes, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><title>notes</title><script type="module" src="hartbeat-machine.js"></script>
          <hartbeat-machine smp="2"></hartbeat-machine>`,
      }),
    );
    await page.goto(notes);
    const seen = (await page.evaluate(`(async () => {
      await customElements.whenDefined("hartbeat-machine");
      const machine = document.querySelector("hartbeat-machine");
      await machine.expect("login: ");
      await machine.send("root\\n");
      return { output: await machine.expect("# "), harts: machine.status.harts };
    })()`)) as { output: string; harts: number };
    expect(seen.output).toMatch(/root@hartbeat/);
    expect(seen.harts).toBe(2);
    await page.context().close();
  });

  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    it.each(["console", "map", "debugger", "pipeline"])(
      "has no serious barrier on the %s panel",
      async (panel) => {
        const page = await bench.page(`?smp=2&timing=classic5&panel=${panel}`, {
          colorScheme,
          bypassCSP: true,
        });
        await expectOutput(page, /login: $/);
        if (panel === "pipeline") await page.evaluate(() => hartbeat.send("root\n"));
        if (panel === "debugger" || panel === "pipeline") await page.evaluate(() => hartbeat.pause());
        if (panel === "map") await page.click("#map-list summary");
        if (panel === "console") await page.click("#files summary");
        await page.waitForTimeout(1000);
        await page.evaluate(axe);
        const { violations } = (await page.evaluate("axe.run({ exclude: ['.xterm'] })")) as {
          violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
        };
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(
          serious.map(({ id, nodes }) => [id, nodes.slice(0, 4).map((n) => n.html + n.failureSummary)]),
        ).toEqual([]);
        await page.context().close();
      },
    );
  });
});

/** Drops a file on the page. */
async function drop(page: Page, name: string, bytes: number[]): Promise<void> {
  await page.evaluate(`
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], ${JSON.stringify(name)}));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  `);
}
