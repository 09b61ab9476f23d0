/** `npm run boot-table`: prints docs/boot-cycles.md, the boot of our kernel in the time of CVA6, node by node of the boot map. */
import { fileURLToPath } from "node:url";
import { MachineTarget } from "../../host/debug/machine-target.ts";
import { Machine } from "../../host/node/index.ts";
import { type BootStepStats, BootSteps } from "../../host/timing/boot-steps.ts";
import { timingReport } from "../../host/timing/report.ts";
import type { HartStats } from "../../host/timing/timing.ts";
import { BootTrace } from "../../host/trace/boot-trace.ts";
import type { Cause, TimingEvent } from "../../spec/timing-layout.ts";

const PIPELINE = "cva6";
export const HARTS = [1, 4];

/** A node of the boot map as the table has it. */
export interface BootNode {
  readonly name: string;
  readonly depth: number;
  readonly hart: number;
  readonly pid: number | undefined;
  /** Guest cycle of its entry. */
  readonly cycle: number;
  readonly inside: HartStats | undefined;
}

export interface TimedBoot {
  readonly harts: number;
  /** What was booted, as a digest. */
  readonly images: string;
  readonly nodes: readonly BootNode[];
  /** To the login prompt. */
  readonly cycles: number;
  readonly stats: readonly HartStats[];
}

function nodeOf({ record, inside }: BootStepStats): BootNode {
  const { name, argument, image, depth, hart, pid, cycle } = record;
  const place = image === "kernel" ? name : `${name} [${image}]`;
  return { name: argument === undefined ? place : `${place} (${argument})`, depth, hart, pid, cycle, inside };
}

/** Boots to the login prompt in the pipeline's time. */
export async function timeBoot(harts: number): Promise<TimedBoot> {
  const machine = await Machine.create({ harts, timing: PIPELINE });
  const steps = new BootSteps(() => machine.stats());
  const trace = new BootTrace(new MachineTarget(machine));
  trace.onRecord = (record, index) => steps.note(record, index);
  await machine.console.expect("login: ");
  const images = (await Machine.create()).identity.images.slice(0, 16);
  const boot = {
    harts,
    images,
    nodes: steps.steps.map(nodeOf),
    cycles: machine.cycles,
    stats: machine.stats(),
  };
  machine.dispose();
  return boot;
}

const grouped = (count: number): string => count.toLocaleString("en-US");

/** Misses of all kinds, and mispredictions. */
const COUNTS: readonly TimingEvent[] = ["icacheMiss", "dcacheMiss", "itlbMiss", "dtlbMiss", "mispredict"];
const MAIN_CAUSES = 3;

/** What a node waited for most, in percent of its cycles. */
function mainCauses({ stack, cycles }: HartStats): string {
  const percents = (Object.entries(stack) as [Cause, number][]).map(
    ([cause, part]) => [cause, Math.round((100 * part) / Math.max(cycles, 1))] as const,
  );
  const main = percents.filter(([cause, percent]) => cause !== "base" && percent > 0);
  main.sort((a, b) => b[1] - a[1]);
  return main
    .slice(0, MAIN_CAUSES)
    .map(([cause, percent]) => `${cause} ${percent}%`)
    .join(", ");
}

function line({ name, depth, hart, pid, cycle, inside }: BootNode): string {
  const cells = [
    `${"· ".repeat(depth)}${name}`,
    hart,
    pid ?? "",
    grouped(cycle),
    ...(inside
      ? [
          grouped(inside.cycles),
          grouped(inside.instructions),
          inside.cpi.toFixed(2),
          ...COUNTS.map((count) => grouped(inside.events[count])),
          mainCauses(inside),
        ]
      : ["", "", "", ...COUNTS.map(() => ""), ""]),
  ];
  return `| ${cells.join(" | ")} |`;
}

function section({ harts, nodes, cycles, stats }: TimedBoot): string {
  return `## -smp ${harts}

The login prompt is there after ${grouped(cycles)} cycles.

\`\`\`
${timingReport(stats).trimEnd()}
\`\`\`

| node | hart | pid | at cycle | cycles | instructions | CPI | I$ | D$ | ITLB | DTLB | mispredicted | waited for |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${nodes.map(line).join("\n")}
`;
}

/** The document. All boots are of the same images. */
export function printBoots(boots: readonly TimedBoot[]): string {
  return `# Booting, cycle by cycle

Printed by \`npm run --silent boot-table > docs/boot-cycles.md\` from firmware, kernel and RAM disk with the digest
\`${boots[0]?.images}\`: our kernel in the time of CVA6 (\`hartbeat boot --timing\`), to the login prompt. Nodes are those of
the boot map (\`host/trace/boot-path.ts\`) in the order in which they are entered, indented by who called whom; \`at cycle\` is the
entry. The other figures are what the hart counted from there until the function returned, with interrupts and with other tasks that it
ran meanwhile; a function that has not returned, or did so on another hart, has none.

${boots.map(section).join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const boots: TimedBoot[] = [];
  for (const harts of HARTS) boots.push(await timeBoot(harts));
  process.stdout.write(printBoots(boots));
}
