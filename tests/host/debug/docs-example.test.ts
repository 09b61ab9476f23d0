/** The script in docs/debugger.md runs, and prints what stands below it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";
import { Machine } from "../../../host/node/index.ts";

const document = readFileSync(join(PACKAGE_ROOT, "docs/debugger.md"), "utf8");
const [, script = "", printed = ""] = /```js\n(.*?)```\n\n```text\n(.*?)```/s.exec(document) ?? [];

/** Symbols may move by some bytes when the kernel is built anew. */
const withoutOffsets = (text: string): string => text.replace(/\+0x[0-9a-f]+/g, "+…");

it("the debugger's example prints its output", async () => {
  const lines: string[] = [];
  const body = script.replace('import { Machine } from "hartbeat";', "");
  expect(body).not.toBe(script);
  const run = new Function("Machine", "console", `return (async () => {${body}})();`);
  await run(Machine, { log: (text: string) => lines.push(text) });
  expect(withoutOffsets(`${lines.join("\n")}\n`)).toBe(withoutOffsets(printed));
});
