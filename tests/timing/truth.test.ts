/** Our cycle counts beside those of CVA6's RTL, on the programs of this folder. */
import { expect, test } from "vitest";
import { requireTool } from "../tools/require-tool.ts";
import { compare, summarize } from "./compare.ts";
import { buildPrograms } from "./programs.ts";

const LATENCIES = [1, 20];

requireTool("python3")("the programs", () => {
  requireTool("riscv64-linux-gnu-gcc")("built for CVA6", () => {
    test.each(LATENCIES)(
      "take the RTL's cycles with a memory latency of %d",
      async (latency) => {
        buildPrograms();
        const rows = await compare(latency);
        const whole = summarize(rows.filter(({ kind }) => kind === "program"));
        const micro = summarize(rows.filter(({ kind }) => kind !== "program"));
        expect(whole.warm).toBeLessThan(0.5);
        expect(whole.worst).toBeLessThan(2);
        expect(micro.warm).toBeLessThan(1);
        expect(whole.cold).toBeLessThan(1.5);
        expect(micro.cold).toBeLessThan(1.5);
        for (const { name, truth, ours } of rows) {
          expect(ours.instructions, name).toBe(truth.instructions);
          const [stats] = ours.timing.stats();
          const sum = Object.values(stats?.stack ?? {}).reduce((total, part) => total + part, 0);
          expect(sum, `CPI stack of ${name}`).toBe(stats?.cycles);
        }
        for (const { name, ours, truth } of rows.filter(({ kind }) => kind === "program")) {
          // Counters within 5%, and a handful for what happens once.
          for (const counter of ["icacheMisses", "dcacheMisses", "mispredictions"] as const) {
            const off = Math.abs(ours[counter] - truth[counter]);
            expect(off, `${name} ${counter}`).toBeLessThanOrEqual(5 + truth[counter] * 0.05);
          }
        }
      },
      300_000,
    );
  });
});
