/** A disk on the page's web server: the guest reads it piece by piece. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addressOf, expectOutput, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

const IMAGE = Buffer.alloc(4 * 2 ** 20);
IMAGE.write("the words of the first sector\n");

requireTool("chromium")("a disk on a web server", () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  afterAll(async () => {
    await bench?.close();
  });

  /** Serves the image beside the page, and gives the ranges that are asked for. */
  async function serve(page: Page, ranges = true): Promise<string[]> {
    const asked: string[] = [];
    await page.context().route("**/disk.img", async (route) => {
      const range = (await route.request().headerValue("range")) ?? "";
      asked.push(range);
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
      const body = IMAGE.subarray(Number(first ?? 0), Number(last ?? IMAGE.length) + 1);
      if (!ranges) return route.fulfill({ status: 200, body: IMAGE });
      const headers = {
        "content-range": `bytes ${first}-${Number(first) + body.length - 1}/${IMAGE.length}`,
      };
      return route.fulfill({ status: 206, headers, body });
    });
    return asked;
  }

  async function boot(page: Page, address: string): Promise<void> {
    await page.click("#machine");
    await page.fill("#machine-disk-url", address);
    await page.locator("#machine-form").getByRole("button", { name: "Boot" }).click();
  }

  it("is read where the guest reads, and no further", async () => {
    const page = await bench.page("?panel=console");
    const asked = await serve(page);
    await expectOutput(page, /login: $/);
    await boot(page, "disk.img");
    await expectOutput(page, /login: [\s\S]*login: $/);
    expect((await addressOf(page)).searchParams.get("disk")).toBe("disk.img");
    await page.evaluate(() => hartbeat.send("root\n"));
    await expectOutput(page, /# $/);
    await page.evaluate(() => hartbeat.send("head -n 1 /dev/vda\n"));
    await expectOutput(page, /\nthe words of the first sector\r\n/);
    const first = Math.max(...asked.map((range) => Number(/-(\d+)$/.exec(range)?.[1])));
    expect(first).toBeLessThan(IMAGE.length / 2);
    await page.evaluate(() => hartbeat.send("head -c 4000000 /dev/vda | wc -c\n"));
    await expectOutput(page, /\n *4000000\r\n/);
    expect(asked.some((range) => Number(/=(\d+)-/.exec(range)?.[1]) > 3_000_000)).toBe(true);
    expect(asked).not.toContain("");
    // What is written stays on the page.
    await page.evaluate(() => hartbeat.send("echo written > /dev/vda; head -n 1 /dev/vda\n"));
    await expectOutput(page, /\nwritten\r\n/);
    expect(IMAGE.toString("latin1", 0, 9)).toBe("the words");
    await page.context().close();
  });

  it("is refused in plain words when the server has it not, or not in pieces", async () => {
    const page = await bench.page("?panel=console");
    await expectOutput(page, /login: $/);
    await boot(page, "nothing.img");
    await page
      .locator("#banner")
      .filter({ hasText: /nothing\.img': the server has no such file/ })
      .waitFor();
    await serve(page, false);
    await boot(page, "disk.img");
    await page
      .locator("#banner")
      .filter({ hasText: /disk\.img': .*no range requests/ })
      .waitFor();
    await boot(page, "");
    await expectOutput(page, /login: [\s\S]*login: $/);
    await page.context().close();
  });
});
