/** One instruction in a cycle, whatever it is: the time that functional runs keep. */
import type { PipelineFile } from "./pipeline.ts";

export const IDEAL: PipelineFile = {
  name: "ideal",
  doc: "one cycle for each instruction",
  parameters: {},
  stages: [{ name: "EX", letter: "X", doc: "everything", from: "committed", plus: 0 }],
};
