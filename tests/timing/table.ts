/** `npm run timing-table`: prints docs/timing-accuracy.md, a line for each measured program. */
import { A_FEW, COUNTERS, type Comparison, compare, MISSING, over, summarize, WORST } from "./compare.ts";
import { buildPrograms, DIFFERENT } from "./programs.ts";

const LATENCIES = [1, 20];

function line({ name, kind, truth, ours, warm, cold }: Comparison): string {
  const counters = COUNTERS.map(([counter]) => {
    const [theirs, mine] = [truth[counter], ours[counter]];
    return theirs === mine ? String(theirs) : `${theirs} / ${mine}`;
  });
  const cells = [
    name,
    kind,
    truth.cycles,
    ours.cycles,
    `${warm.toFixed(2)}%`,
    `${cold.toFixed(2)}%`,
    ...counters,
  ];
  return `| ${cells.join(" | ")} |`;
}

function summary(title: string, rows: readonly Comparison[]): string {
  const { warm, cold, worst } = summarize(rows);
  return `| ${title} | ${rows.length} | ${warm.toFixed(3)}% | ${worst.toFixed(2)}% | ${cold.toFixed(3)}% |`;
}

buildPrograms();
console.log(`# Cycle counts beside CVA6's RTL

Printed by \`npm run --silent timing-table > docs/timing-accuracy.md\`. The RTL is openhwgroup/cva6, commit bcb0f7de, configuration
cv64a6_imafdc_sv39; L is the cycles that memory takes to answer. Warm is the last repetition of a program, cold the first. Counters
that differ stand as RTL / ours. "Operand stalls" is CVA6's event 22, cycles in which the next instruction waits for an operand. The
bounds are ${WORST.program}% of a program's cycles, ${WORST.cold}% when cold, ${WORST.counter}% of a counter and ${A_FEW} events; programs over them are listed with
the mechanism that the model lacks. Left out: ${Object.entries(DIFFERENT)
  .map(([name, why]) => `${name} (${why})`)
  .join(", ")}.
`);
for (const latency of LATENCIES) {
  const rows = await compare(latency);
  console.log(`## L = ${latency}

| programs | number | mean error, warm | worst | mean error, cold |
| --- | --- | --- | --- | --- |
${summary(
  "whole",
  rows.filter(({ kind }) => kind === "program"),
)}
${summary(
  "micro",
  rows.filter(({ kind }) => kind !== "program"),
)}

| program | kind | RTL | ours | error | cold | ${COUNTERS.map(([, title]) => title).join(" | ")} |
| --- | --- | --- | --- | --- | --- | ${COUNTERS.map(() => "---").join(" | ")} |
${rows.map(line).join("\n")}

### Over the bounds

${rows
  .flatMap((row) => {
    const what = over(row);
    return what.length > 0
      ? [`- ${row.name}: ${what.join(", ")}. Missing: ${MISSING[row.name] ?? "not known"}.`]
      : [];
  })
  .join("\n")}${latency === LATENCIES.at(-1) ? "" : "\n"}`);
}
