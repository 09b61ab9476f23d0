/** The page under load and at rest: a flood of output, an idle guest, a tab that nobody sees. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { MOST_UNDRAWN, PIECE } from "../../web/worker/console-flow.ts";
import { expectOutput, WebBench } from "../tools/browser.ts";
import { floodProgram } from "../tools/flood.ts";
import { requireTool } from "../tools/require-tool.ts";

const LINE_BYTES = 64;
const FLOOD_LINES = 781_250;
/** An idle machine is brought forward as often, in cycles. */
const FORWARD_CYCLES = 5_000_000_000;
/** No task of the page's may take more of the whole flood's time: a page that draws it at once needs most of it. */
const MOST_OF_FLOOD = 1 / 2;

requireTool("chromium")("the page under load", () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  afterAll(async () => {
    await bench?.close();
  });

  it("lets the machine rest while the guest waits, and stand while nobody sees it", async () => {
    const page = await bench.page();
    await expectOutput(page, /login: $/);
    await page.waitForFunction(() => hartbeat.status?.power === "idle");
    const look = () =>
      page.evaluate(() => ({ turns: hartbeat.status?.turns ?? 0, cycles: hartbeat.status?.cycles ?? 0 }));
    const before = await look();
    await page.waitForFunction((past) => (hartbeat.status?.cycles ?? 0) > past, before.cycles);
    const after = await look();
    expect(after.turns - before.turns).toBeLessThanOrEqual(
      1 + Math.ceil((after.cycles - before.cycles) / FORWARD_CYCLES),
    );

    await see(false);
    const standing = await page.evaluate(async () => {
      hartbeat.send("root\n");
      await new Promise((resolve) => setTimeout(resolve, 500));
      return hartbeat.output;
    });
    expect(standing).toMatch(/login: $/);
    await see(true);
    await expectOutput(page, /login: root[\s\S]*# $/);
    await page.context().close();

    async function see(seen: boolean): Promise<void> {
      await page.evaluate(`
        Object.defineProperty(document, "hidden", { value: ${!seen}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      `);
    }
  });

  it("stays responsive while the guest prints 50 MB, and loses none of it", async () => {
    const page = await bench.page("?panel=console");
    await expectOutput(page, /login: $/);
    // The observer sees a task that is long on purpose, so it will see others.
    await page.evaluate(`new Promise((seen) => {
      globalThis.tasks = [];
      new PerformanceObserver((list) => {
        tasks.push(...list.getEntries().map(({ duration }) => duration));
        seen();
      }).observe({ entryTypes: ["longtask"] });
      setTimeout(() => { for (const start = performance.now(); performance.now() - start < 120; ); });
    })`);
    await page.evaluate("tasks.length = 0");
    const start = performance.now();
    const before = await page.evaluate(
      (bytes) => {
        hartbeat.use({ kernel: { name: "flood", bytes: new Uint8Array(bytes) } });
        return hartbeat.outputBytes;
      },
      [...floodProgram(FLOOD_LINES)],
    );
    await page.waitForFunction((sent) => hartbeat.outputBytes > sent, before + 1_000_000);
    // In the middle of it the page does what it is told.
    await page.click("#pause");
    await page.waitForFunction(() => hartbeat.status?.power === "paused");
    await page.click("#tab-map");
    await page.click("#tab-console");
    await page.click("#pause");
    await page.waitForFunction(() => hartbeat.status?.power === "off");
    const whole = performance.now() - start;
    const tasks = (await page.evaluate("tasks")) as number[];
    const longest = Math.max(0, ...tasks);
    console.log(
      `50 MB in ${(whole / 1000).toFixed(1)} s; ${tasks.length} tasks over 50 ms, the longest ${longest} ms`,
    );
    expect(longest).toBeLessThan(whole * MOST_OF_FLOOD);
    const { printed, mostUndrawn, output } = await page.evaluate(
      (sent) => ({
        printed: hartbeat.outputBytes - sent,
        mostUndrawn: hartbeat.mostUndrawn,
        output: hartbeat.output.slice(-1_000_000),
      }),
      before,
    );
    const greeting = printed - FLOOD_LINES * LINE_BYTES;
    expect(greeting).toBeGreaterThan(0);
    expect(greeting).toBeLessThan(500);
    expect(output).toBe(`${"x".repeat(63)}\n`.repeat(output.length / LINE_BYTES));
    expect(mostUndrawn).toBeLessThanOrEqual(MOST_UNDRAWN + PIECE);
    await page.context().close();
  });
});
