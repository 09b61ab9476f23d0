/** The pictures of docs/pipelines.md show what the model does now. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { diagramSvg } from "../../host/pipeline/svg.ts";
import { PICTURES, pictures } from "./pictures.ts";

test("the pictures in the documentation are those of `npm run pipeline-pictures`", async () => {
  const now = await pictures();
  expect(
    readdirSync(PICTURES)
      .filter((name) => name.endsWith(".svg"))
      .sort(),
  ).toEqual([...now.keys()].sort());
  for (const [name, svg] of now) expect(readFileSync(PICTURES + name, "utf8"), name).toBe(svg);
});

test("every picture is shown, and every one that is shown is there", async () => {
  const text = readFileSync(`${PICTURES}../pipelines.md`, "utf8");
  const shown = new Set([...text.matchAll(/\(pipelines\/([\w.-]+\.svg)\)/g)].map(([, name]) => name));
  expect([...shown].sort()).toEqual([...(await pictures()).keys()].sort());
});

test("a picture of nothing is a picture", () => {
  expect(diagramSvg([])).toMatch(/^<svg .*<\/svg>\n$/s);
});
