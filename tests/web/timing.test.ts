/** A timed run in Chromium: the cycles of Node, also when the time changes on the way, and a recording that Node repeats. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { WebBench } from "../tools/browser.ts";
import { requireTool } from "../tools/require-tool.ts";

requireTool("chromium")("a timed run in the page", () => {
  let bench: WebBench;
  beforeAll(async () => {
    bench = await WebBench.open();
  });
  afterAll(async () => {
    await bench?.close();
  });

  it("boots in the cycles of Node, and its snapshot goes on there", async () => {
    const page = await bench.page("?free=1");
    await page.waitForFunction(() => hartbeat.status !== undefined);
    const there = await page.evaluate(async () => {
      await hartbeat.ask("setTiming", "cva6");
      await hartbeat.expect("login: ");
      const login = { cycles: await hartbeat.cycles(), hash: await hartbeat.stateHash() };
      const snapshot = await hartbeat.snapshot();
      await hartbeat.ask("setTiming", "ideal");
      await hartbeat.run(1_000_000);
      await hartbeat.ask("setTiming", "cva6");
      await hartbeat.run(1_000_000);
      const end = { cycles: await hartbeat.cycles(), hash: await hartbeat.stateHash() };
      const letters = Array.from(snapshot, (byte) => String.fromCharCode(byte));
      return { login, end, snapshot: btoa(letters.join("")) };
    });
    await page.context().close();

    const machine = await Machine.create({ timing: "cva6" });
    await machine.console.expect("login: ");
    expect(there.login).toEqual({ cycles: machine.cycles, hash: machine.stateHash() });

    const other = await Machine.create();
    await other.restore(Buffer.from(there.snapshot, "base64"));
    for (const each of [machine, other]) {
      each.setTiming("ideal");
      each.run({ cycles: 1_000_000 });
      each.setTiming("cva6");
      each.run({ cycles: 1_000_000 });
      expect({ cycles: each.cycles, hash: each.stateHash() }).toEqual(there.end);
      each.dispose();
    }
  });
});
