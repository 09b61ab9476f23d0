/** `npm run pipeline-pictures`: writes docs/pipelines/*.svg, the textbook's hazards and a loop on CVA6, as our model runs them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Arrow, diagramSvg } from "../../host/pipeline/svg.ts";
import type { Hazard } from "./hazards.ts";
import { HAZARDS } from "./hazards.ts";
import { LOOP, runLoop } from "./loop.ts";
import { runHazard } from "./run-hazard.ts";

export const PICTURES = fileURLToPath(new URL("../../docs/pipelines/", import.meta.url));

/** From where a result is taken to where it is needed. */
function arrowsOf({ needs = [], diagrams }: Hazard, pipeline: string): Arrow[] {
  const lines = (diagrams[pipeline] ?? "").trim().split("\n");
  return needs.map(([producer, consumer]) => {
    const isLoad = lines[producer]?.trim().startsWith("ld ") === true;
    const forwards = pipeline === "classic5";
    return {
      from: { row: producer, stage: forwards ? (isLoad ? "ME" : "EX") : "WB" },
      to: { row: consumer, stage: forwards ? "EX" : "ID" },
    };
  });
}

/** All pictures by their file names. */
export async function pictures(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const hazard of HAZARDS) {
    for (const [pipeline, diagram] of Object.entries(hazard.diagrams)) {
      // One picture is enough where forwarding makes no difference.
      if (pipeline !== "classic5" && diagram === hazard.diagrams.classic5) continue;
      const rows = await runHazard(hazard, pipeline);
      const plain = rows.map((row) => ({ ...row, text: row.text.replace(/0x[0-9a-f]+$/, "target") }));
      const title = pipeline === "classic5" ? hazard.title : `${hazard.title} (without forwarding)`;
      const arrows = arrowsOf(hazard, pipeline);
      found.set(`${hazard.name}-${pipeline}.svg`, diagramSvg(plain, { title, arrows }));
    }
  }
  found.set("loop-cva6.svg", diagramSvg(await runLoop(), { title: LOOP }));
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(PICTURES, { recursive: true });
  for (const [name, svg] of await pictures()) writeFileSync(`${PICTURES}${name}`, svg);
}
