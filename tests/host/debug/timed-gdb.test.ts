/** A real GDB going back in a machine whose guest time a pipeline keeps. */
import { expect, it } from "vitest";
import { pipelineByName } from "../../../host/timing/pipelines.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { kernelSessions } from "./kernel-guest.ts";

requireTool("gdb-multiarch")("gdb on a timed machine", () => {
  const { fromReset } = kernelSessions();

  it("undoes instructions and their cycles, and does them again at the same ones", async () => {
    const look = ["p/x $pc", "p/x $sp", "monitor cycles"];
    const output = await fromReset(
      { harts: 2, timing: pipelineByName("cva6") },
      ...["break start_kernel", "continue", "delete", ...look, "stepi 20", ...look],
      ...["reverse-stepi 20", ...look, "stepi 20", ...look],
    );
    const seen = [...output.matchAll(/^(?:\$\d+ = (0x\w+)|(\d+))$/gm)].map(([text]) =>
      text.replace(/^\$\d+ = /, ""),
    );
    const [start, there, back, again] = [0, 3, 6, 9].map((at) => seen.slice(at, at + 3));
    expect(start).toHaveLength(3);
    expect(back).toEqual(start);
    expect(again).toEqual(there);
    expect(there?.[0]).not.toBe(start?.[0]);
    // The pipeline takes more than a cycle for some of them.
    expect(Number(there?.[2]) - Number(start?.[2])).toBeGreaterThan(20);
  });
});
