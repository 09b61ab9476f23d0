/** Links, snapshots and recorded runs in headless Chromium: whoever opens one comes to the same moment. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { Machine } from "../../host/node/index.ts";
import { readLog } from "../../host/replay/log-file.ts";
import { addressOf, expectOutput, WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

requireTool("chromium")("the state of a run", () => {
  let bench: WebBench;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-state-"));
  beforeAll(async () => {
    bench = await WebBench.open();
    page = await bench.page("?smp=2&panel=console");
    await expectOutput(page, /login: $/);
    await page.keyboard.type("root\n");
    await expectOutput(page, /# $/);
    await page.keyboard.type("echo one two\n");
    await expectOutput(page, /\none two\r\n.*# $/);
    await pause(page);
  });
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true });
  });

  async function pause(where: Page): Promise<void> {
    await where.evaluate(() => hartbeat.pause());
    await where.waitForFunction(() => hartbeat.status?.power === "paused");
  }

  const hash = (where: Page): Promise<string> => where.evaluate(() => hartbeat.stateHash());

  /** Chooses an item of the menu of files. */
  async function choose(where: Page, item: string): Promise<void> {
    await where.click("#files summary");
    await where.getByRole("button", { name: item }).click();
  }

  async function save(item: string): Promise<string> {
    const waiting = page.waitForEvent("download");
    await choose(page, item);
    const download = await waiting;
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  async function openFile(where: Page, path: string): Promise<void> {
    const waiting = where.waitForEvent("filechooser");
    await choose(where, "Open…");
    await (await waiting).setFiles(path);
  }

  it("comes to the same moment by a link, able to go back and on", async () => {
    await page.click("#copy-link");
    await page.locator("#copied").filter({ hasText: /link/i }).waitFor();
    const link = (await addressOf(page)).href;
    expect(link.length).toBeLessThan(3000);
    expect(link).toMatch(/\?smp=2&panel=console#run=/);
    const other = await bench.page(link.slice(bench.url.length));
    await other.waitForFunction(() => hartbeat.status?.power === "paused");
    expect(await hash(other)).toBe(await hash(page));
    expect(await other.evaluate(() => hartbeat.output)).toBe(await page.evaluate(() => hartbeat.output));
    // The programs of the run are on the map, too.
    await other.waitForFunction(() => hartbeat.steps.includes("sh"));

    await other.click("#tab-debugger");
    await other.selectOption("#debug-tools select >> nth=0", "instruction");
    const before = await other.evaluate(() => hartbeat.cycles());
    await other.getByRole("button", { name: "Back", exact: true }).click();
    await other.locator("#debug-state").filter({ hasText: "stepped back" }).waitFor();
    expect(await other.evaluate(() => hartbeat.cycles())).toBeLessThanOrEqual(before);
    await other.evaluate(() => hartbeat.resume());
    // The last instruction of this hart may have been before something was typed, which comes first again.
    await expect.poll(() => other.evaluate(() => hartbeat.cycles())).toBeGreaterThan(before);
    await other.evaluate(() => hartbeat.send("echo three\n"));
    await expectOutput(other, /\nthree\r\n.*# $/);
    // What the guest asked its terminal in the past was not answered again.
    expect(await other.evaluate(() => hartbeat.output)).not.toMatch(/# \[\d+;\d+R/);
    await other.context().close();
  });

  it("goes through a recorded run, on the page and on the command line", async () => {
    const path = await save("Save run");
    const other = await bench.page("?panel=debugger");
    await expectOutput(other, /login: $/);
    await openFile(other, path);
    await other.locator("#debug-state").filter({ hasText: "at the end of the recorded run" }).waitFor();
    expect(await hash(other)).toBe(await hash(page));
    expect(await other.evaluate(() => hartbeat.status?.harts)).toBe(2);
    await other.context().close();

    const saved = join(folder, "end.snapshot");
    const words = ["boot", "--replay", path, "--save", saved];
    execFileSync(process.execPath, [join(PACKAGE_ROOT, "dist/hartbeat.js"), ...words], { stdio: "pipe" });
    const machine = await Machine.create({ harts: 2 });
    await machine.restore(new Uint8Array(readFileSync(saved)));
    expect(machine.stateHash()).toBe(await hash(page));
    machine.dispose();
  });

  it("goes to a moment before the typing, and on through it", async () => {
    const last = await page.evaluate(() => hartbeat.cycles());
    const inputs = async () => readLog(await page.evaluate(() => hartbeat.ask("recording"))).inputs;
    const before = await inputs();
    await page.click("#tab-map");
    await page.click("#map-list summary");
    await page.locator("#map-rows").getByRole("button", { name: "rest_init", exact: true }).click();
    await page.getByRole("button", { name: "Go to this moment" }).click();
    await page.locator("#debug-state").filter({ hasText: "at rest_init" }).waitFor();
    expect(await page.evaluate(() => hartbeat.cycles())).toBeLessThan(last);
    await page.evaluate(() => hartbeat.resume());
    await expectOutput(page, /one two\r\n[\s\S]*login: root[\s\S]*\none two\r\n.*# $/);
    await pause(page);
    // The terminal did not answer once more what the guest asked in the past.
    expect(await inputs()).toEqual(before);
  });

  it("restores a snapshot with the map that there was, and on another page with what comes after", async () => {
    await page.evaluate(() => hartbeat.resume());
    await page.evaluate(() => hartbeat.send("echo four\n"));
    await expectOutput(page, /\nfour\r\n.*# $/);
    await pause(page);
    const there = await hash(page);
    const steps = await page.evaluate(() => [...hartbeat.steps]);
    const path = await save("Save state");
    await page.evaluate(() => hartbeat.resume());
    await page.evaluate(() => hartbeat.send("sleep 0\n"));
    await page.waitForFunction(() => hartbeat.steps.includes("sleep"));
    await pause(page);
    await openFile(page, path);
    await page.waitForFunction((count) => hartbeat.steps.length === count, steps.length);
    expect(await hash(page)).toBe(there);
    expect(await page.evaluate(() => [...hartbeat.steps])).toEqual(steps);

    const other = await bench.page("?smp=2&panel=map");
    await expectOutput(other, /login: $/);
    await pause(other);
    await openFile(other, path);
    await expect.poll(() => other.evaluate(() => [...hartbeat.steps])).toEqual(["init", "sh"]);
    expect(await hash(other)).toBe(there);
    await other.evaluate(() => hartbeat.resume());
    await other.evaluate(() => hartbeat.send("sleep 0\n"));
    await other.waitForFunction(() => hartbeat.steps.at(-1) === "sleep");
    await other.context().close();
  });

  it("stands at a cycle or a place that somebody wrote into the address", async () => {
    const other = await bench.page("?smp=2&panel=debugger#cycle=1000000");
    await other.waitForFunction(() => hartbeat.status?.power === "paused");
    const machine = await Machine.create({ harts: 2 });
    machine.run({ cycles: 1_000_000 });
    expect(await hash(other)).toBe(machine.stateHash());
    machine.dispose();
    await other.evaluate(`location.hash = "#at=rest_init"`);
    await other.locator("#debug-state").filter({ hasText: "came to rest_init" }).waitFor();
    await other.evaluate(`location.hash = "#run=nonsense"`);
    await other.locator("#banner").filter({ hasText: "The link is damaged" }).waitFor();
    await other.context().close();
    expect(bench.complaints).toEqual([]);
  });
});
