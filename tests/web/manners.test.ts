/** How the page behaves: broken files, links, frames, accessibility. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressOf, expectOutput, WebBench } from "../tools/browser.ts";
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

  it("says what became of files that are empty, cannot be read, or are of no known kind", async () => {
    const page = await bench.page("?panel=console");
    await expectOutput(page, /login: $/);
    const banner = (text: string) => page.locator("#banner").filter({ hasText: text }).waitFor();
    await drop(page, "nothing", []);
    await banner("'nothing' is empty: choose another file.");
    await page.evaluate(
      "File.prototype.arrayBuffer = () => Promise.reject(new DOMException('', 'NotFoundError'))",
    );
    await drop(page, "folder", [1]);
    await banner("'folder' cannot be read");
    await page.evaluate("delete File.prototype.arrayBuffer");
    expect(await page.evaluate(() => hartbeat.output)).not.toMatch(/login: [\s\S]*login: /);
    await drop(
      page,
      "notes.txt",
      [..."words\n".repeat(200)].map((letter) => letter.charCodeAt(0)),
    );
    await banner("'notes.txt' is the machine's disk /dev/vda now");
    await expectOutput(page, /login: [\s\S]*login: $/);
    await page.click("#machine");
    await page.locator("#machine-disk-name").filter({ hasText: "notes.txt" }).waitFor();
    await page.locator("#machine-kernel").setInputFiles({
      name: "void",
      mimeType: "application/octet-stream",
      buffer: Buffer.alloc(0),
    });
    await page.locator("#machine-complaint").filter({ hasText: "'void' is empty" }).waitFor();
    await page.context().close();
    expect(bench.complaints).toEqual([]);
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
    const query = (await addressOf(page)).search;
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
      const powers = [];
      let text = "";
      machine.addEventListener("status", ({ detail }) => powers.push(detail.power));
      machine.addEventListener("output", ({ detail }) => (text += detail));
      const came = (power) => new Promise((resolve) => {
        const look = () => machine.status?.power === power && resolve();
        machine.addEventListener("status", look);
        look();
      });
      await machine.expect("login: ");
      await machine.send("root\\n");
      const output = await machine.expect("# ");
      await machine.pause();
      await came("paused");
      const { harts } = machine.status;
      await machine.resume();
      await machine.send("echo and $((2 + 3)) on\\n");
      await machine.expect("and 5 on");
      await machine.reset();
      await new Promise((resolve) => {
        const look = () => /login: [^]*login: $/.test(machine.output) && resolve();
        machine.addEventListener("output", look);
        look();
      });
      return { output, text, powers, harts, ends: machine.output.endsWith(text.slice(-500)) };
    })()`)) as {
      output: string;
      text: string;
      powers: string[];
      harts: number;
      ends: boolean;
    };
    expect(seen.output).toMatch(/root@hartbeat/);
    expect(seen).toMatchObject({ harts: 2, ends: true });
    expect(seen.text).toMatch(/root@hartbeat/);
    expect(seen.powers).toEqual(expect.arrayContaining(["paused"]));
    await page.context().close();
  });

  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    let page: Page;
    beforeAll(async () => {
      page = await bench.page("?smp=2&timing=classic5&panel=console", { colorScheme, bypassCSP: true });
      await expectOutput(page, /login: $/);
      await page.evaluate(axe);
    });
    afterAll(async () => {
      await page?.context().close();
    });

    /** What a panel needs to show all that it can. */
    const prepare: Readonly<Record<string, () => Promise<unknown>>> = {
      console: () => page.click("#files summary"),
      map: () => page.click("#map-list summary"),
      debugger: async () => {
        await page.evaluate(() => hartbeat.pause());
        await page.locator("#debug-code .current").first().waitFor();
      },
      pipeline: async () => {
        await page.evaluate(() => hartbeat.resume());
        await page.evaluate(() => hartbeat.send("root\n"));
        await expectOutput(page, /login: root/);
        await page.evaluate(() => hartbeat.pause());
        await page.waitForFunction(() => hartbeat.status?.power === "paused");
        // Either hart may have done the work.
        const row = page.locator("#pipe-rows .row").first();
        const other = page.getByRole("button", { name: /^Show hart/ }).first();
        const drawn = async (): Promise<boolean> => {
          if (await other.isVisible()) await other.click();
          return row.isVisible();
        };
        await expect.poll(drawn).toBe(true);
      },
    };

    it.each(Object.keys(prepare))("has no serious barrier on the %s panel", async (panel) => {
      await page.evaluate(`document.querySelector("#files").open = false`);
      await page.click(`#tab-${panel}`);
      await prepare[panel]?.();
      // One row of the long list is as another.
      const { violations } = (await page.evaluate(
        "axe.run({ exclude: ['.xterm', '#map-rows tr:nth-child(n+20)'] })",
      )) as {
        violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
      };
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(
        serious.map(({ id, nodes }) => [id, nodes.slice(0, 4).map((n) => n.html + n.failureSummary)]),
      ).toEqual([]);
    });
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
