/** Where the cycles of a hart went: a bar, and the same as a table. */

import { CAUSE_DOCS, shares } from "../../host/timing/report.ts";
import type { HartStats } from "../../host/timing/timing.ts";
import { CAUSES, type Cause } from "../../spec/timing-layout.ts";
import { element, grouped, make } from "../dom.ts";

/** A smaller share of the bar cannot carry its name. */
const NAMED_SHARE = 0.07;
const HUES = 8;

export function drawStack(stats: HartStats | undefined): void {
  const bar = element("pipe-stack");
  const rows = element("pipe-causes");
  const summary = element("pipe-summary");
  if (!stats || stats.cycles === 0) {
    bar.replaceChildren();
    rows.replaceChildren();
    summary.textContent = "No cycles were timed yet. Choose a pipeline, and run the machine.";
    return;
  }
  const { instructions, stack } = stats;
  const causes = CAUSES.filter((cause) => stack[cause] > 0 && cause !== "idle");
  causes.sort((a, b) => stack[b] - stack[a]);
  const total = causes.reduce((sum, cause) => sum + stack[cause], 0);
  const cpi = (total / Math.max(1, instructions)).toFixed(2);
  const waited = stack.idle > 0 ? ` The hart waited for ${grouped(stack.idle)} more.` : "";
  summary.textContent = `${grouped(instructions)} instructions in ${grouped(total)} cycles, ${cpi} for each.${waited}`;
  const tenths = shares(causes.map((cause) => stack[cause]));
  bar.replaceChildren(...causes.map((cause) => part(cause, stack[cause] / total)));
  rows.replaceChildren(
    ...causes.map((cause, index) =>
      make(
        "tr",
        { title: CAUSE_DOCS[cause] },
        make("td", {}, cause),
        make("td", { className: "number", textContent: grouped(stack[cause]) }),
        make("td", { className: "number", textContent: `${((tenths[index] ?? 0) / 10).toFixed(1)} %` }),
        make("td", { className: "hint", textContent: CAUSE_DOCS[cause] }),
      ),
    ),
  );
}

function part(cause: Cause, share: number): HTMLElement {
  const made = make("span", {
    className: `hue-${CAUSES.indexOf(cause) % HUES}`,
    textContent: share >= NAMED_SHARE ? cause : "",
    title: `${cause}: ${(100 * share).toFixed(1)} %, ${CAUSE_DOCS[cause]}`,
  });
  made.style.flexGrow = String(share);
  return made;
}
