/** The page in headless Chromium: navigation to `login:` beside Node's boot, and what an idle page costs. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { PACKAGE_ROOT } from "../host/node/files.ts";
import { closeBrowser, expectOutput, WebBench } from "../tests/tools/browser.ts";
import { untilPrompt } from "./boot.ts";
import { descendantTime } from "./process-time.ts";
import { median } from "./statistics.ts";

/** A page that was just opened has work to do that has nothing to do with its guest. */
const SETTLE_MS = 10_000;
const IDLE_MS = 20_000;
const IDLE_PAGES = ["?panel=console", "?smp=4&panel=map", "?panel=debugger"];

/** Seconds of wall time from navigation to the prompt, with an empty cache. */
async function navigationToPrompt(bench: WebBench): Promise<number> {
  const page = await bench.page("?panel=console");
  const handle = await page.waitForFunction(() => /login: $/.test(hartbeat.output) && performance.now());
  const milliseconds = Number(await handle.jsonValue());
  await page.context().close();
  return milliseconds / 1000;
}

/** Share of a core that all processes of the browser together use, with this page open. */
async function idleShare(page: Page): Promise<number> {
  await page.waitForTimeout(SETTLE_MS);
  const [start, before] = [performance.now(), descendantTime(process.pid)];
  await page.waitForTimeout(IDLE_MS);
  const share = (descendantTime(process.pid) - before) / (performance.now() - start);
  await page.context().close();
  return share;
}

/** Prints seconds, their ratio, and shares of a core. */
export async function benchPage(pairs: number): Promise<void> {
  const bench = await WebBench.open();
  try {
    const here: number[] = [];
    const node: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      here.push(await navigationToPrompt(bench));
      node.push(await untilPrompt(process.execPath, [join(PACKAGE_ROOT, "dist/hartbeat.js"), "boot"]));
    }
    const ratios = here.map((seconds, index) => (node[index] ?? Number.NaN) / seconds);
    console.log(`\nThe page: navigation to login:, ${pairs} pairs, wall time`);
    console.log(
      `page ${median(here).toFixed(2)} s, Node ${median(node).toFixed(2)} s, ratio ${median(ratios).toFixed(2)}`,
    );
    console.log(
      `\nThe page, guest at its prompt: CPU of all browser processes over ${IDLE_MS / 1000} s, % of a core`,
    );
    const blank = await bench.page();
    await blank.goto("about:blank");
    const empty = await idleShare(blank);
    console.log(`${"about:blank".padEnd(20)} ${(100 * empty).toFixed(2)}`);
    for (const query of IDLE_PAGES) {
      const page = await bench.page(query);
      await expectOutput(page, /login: $/);
      const share = await idleShare(page);
      const more = (100 * (share - empty)).toFixed(2);
      console.log(`${query.padEnd(20)} ${(100 * share).toFixed(2)}, that is ${more} more`);
    }
  } finally {
    await bench.close();
    await closeBrowser();
  }
}
