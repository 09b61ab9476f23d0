/**
 * `npm run screenshots`: pictures of the page at three widths, light and dark, into docs/screenshots. With words it takes the
 * pictures whose names hold the first, also those that docs has not, into the folder of the second:
 * `npm run screenshots -- debugger /tmp/look`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { closeBrowser, expectOutput, WebBench } from "../tools/browser.ts";
import { withPalette } from "../tools/png-palette.ts";

const WIDTHS: Readonly<Record<string, BrowserContextOptions>> = {
  phone: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true },
  tablet: { viewport: { width: 820, height: 1000 }, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 860 } },
};
const SCHEMES = ["light", "dark"] as const;

/** The pictures in docs: every panel, width and scheme, but not each with each. */
const KEPT = new Set(
  `map-desktop-light map-desktop-dark map-tablet-light map-phone-dark console-phone-light
  debugger-desktop-light debugger-desktop-dark debugger-tablet-dark walk-desktop-light walk-phone-dark
  pipeline-desktop-light pipeline-desktop-dark`.split(/\s+/),
);

/** What is done on a page before its picture is taken, by the panel that it shows. */
const SCENES: Readonly<Record<string, { query: string; act: (page: Page) => Promise<void> }>> = {
  console: {
    query: "?smp=4&panel=console",
    async act(page) {
      await logIn(page);
      await type(page, "ps -ef", /ps -ef[\s\S]*# $/);
      await type(page, "free", /Mem:[\s\S]*# $/);
    },
  },
  map: {
    query: "?smp=4&panel=map",
    async act(page) {
      await logIn(page);
      if (await page.locator("#map-list").isVisible()) await choose(page, "smp_init");
    },
  },
  debugger: {
    query: "?smp=2&panel=debugger&paused=1",
    async act(page) {
      await stopAt(page, "handle_mm_fault");
      await page.locator("#debug-source .current").waitFor();
    },
  },
  walk: {
    query: "?smp=2&panel=debugger&paused=1",
    async act(page) {
      await stopAt(page, "handle_mm_fault");
      for (const title of ["Registers", "Control and status registers", "Page-table walk"])
        await page
          .locator("#debugger summary")
          .filter({ hasText: new RegExp(`^${title}$`) })
          .click();
      const place = page.locator("#debug-walk input");
      await place.fill("sp");
      await place.press("Enter");
      await page.locator("#debug-walk .levels").waitFor();
      await place.blur();
      await page.locator("#debug-walk").evaluate((walk) => walk.scrollIntoView({ block: "end" }));
    },
  },
  pipeline: {
    query: "?panel=pipeline&timing=cva6&paused=1",
    async act(page) {
      await page.evaluate(() => hartbeat.ask("watchPipeline", true));
      await page.evaluate(() => hartbeat.ask("runTo", "rest_init"));
      await page.locator("#pipe-rows .row").nth(40).waitFor();
    },
  },
};

async function logIn(page: Page): Promise<void> {
  await expectOutput(page, /login: $/);
  await type(page, "root", /# $/);
}

async function type(page: Page, line: string, answer: RegExp): Promise<void> {
  await page.evaluate((text) => hartbeat.send(`${text}\n`), line);
  await expectOutput(page, answer);
}

async function stopAt(page: Page, where: string): Promise<void> {
  await page.evaluate((place) => hartbeat.ask("runTo", place), where);
  await page.locator("#debug-state").filter({ hasText: "came to" }).waitFor();
}

/** Chooses a step of the boot map by the list, and closes that again. */
async function choose(page: Page, name: string): Promise<void> {
  await page.click("#map-list summary");
  await page.locator("#map-rows").getByRole("button", { name, exact: true }).first().click();
  await page.click("#map-list summary");
}

const [, , word, folder = join(PACKAGE_ROOT, "docs/screenshots")] = process.argv;
const wanted = (name: string): boolean => (word === undefined ? KEPT.has(name) : name.includes(word));
mkdirSync(folder, { recursive: true });
const bench = await WebBench.open();
for (const [scene, { query, act }] of Object.entries(SCENES)) {
  for (const [width, options] of Object.entries(WIDTHS)) {
    for (const colorScheme of SCHEMES) {
      const name = `${scene}-${width}-${colorScheme}`;
      if (!wanted(name)) continue;
      const page = await bench.page(query, { ...options, colorScheme });
      await act(page);
      // The state line and the map are drawn a moment after what they tell of.
      await page.waitForTimeout(700);
      const picture = withPalette(await page.screenshot());
      writeFileSync(join(folder, `${name}.png`), picture);
      console.log(`${name}: ${Math.ceil(picture.length / 1000)} kB`);
      await page.context().close();
    }
  }
}
await bench.close();
await closeBrowser();
