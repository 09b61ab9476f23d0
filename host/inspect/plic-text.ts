/** The state of the PLIC in words: which source waits for whom. */
import { MACHINE_MAP, type MapRow, PLIC_SOURCES } from "../../spec/machine-map.ts";
import { bytesIn, listIn, numbersIn, type SavedFields } from "../devices/saved-state.ts";

const WORDS = Math.ceil((PLIC_SOURCES + 1) / 32);
const has = (words: readonly number[], source: number): boolean =>
  (((words[source >>> 5] as number) >>> (source % 32)) & 1) === 1;

/** The device that drives a source. */
function deviceOf(source: number): string | undefined {
  const rows: readonly MapRow[] = Object.values(MACHINE_MAP);
  const row = rows.find(({ irq, count = 1 }) => irq !== undefined && source >= irq && source < irq + count);
  return row && (row.count === undefined ? row.name : `${row.name} ${source - (row.irq ?? 0)}`);
}

/** A line for each source that is in use, and one for each context. `state` is the device's. */
export function plicText(state: SavedFields): string {
  const priority = bytesIn(state, "priority");
  const level = bytesIn(state, "level");
  const claimed = bytesIn(state, "claimed");
  const pending = numbersIn(state, "pending", WORDS);
  const thresholds = listIn(state, "threshold");
  const contexts = listIn(state, "enable").map((_, index, all) => ({
    name: `hart ${index >> 1} ${index % 2 === 0 ? "M" : "S"}`,
    enable: numbersIn({ enable: all[index] }, "enable", WORDS),
    threshold: thresholds[index],
  }));
  const lines: string[] = [];
  for (let source = 1; source <= PLIC_SOURCES; source++) {
    const takers = contexts.filter(({ enable }) => has(enable, source)).map(({ name }) => name);
    if (takers.length === 0 && !level[source] && !has(pending, source) && !priority[source]) continue;
    const flags = [
      level[source] ? "raised" : "",
      has(pending, source) ? "pending" : "",
      claimed[source] ? "claimed" : "",
    ].filter((flag) => flag !== "");
    const who = takers.length > 0 ? `enabled for ${takers.join(", ")}` : "enabled for nobody";
    lines.push(
      `${`${source}`.padStart(3)} ${(deviceOf(source) ?? "-").padEnd(15)} priority ${priority[source]}, ${who}; ` +
        `${flags.join(", ") || "quiet"}\n`,
    );
  }
  const idle = lines.length === 0 ? "no source is enabled, pending or has a priority\n" : "";
  const marks = contexts.map(({ name, threshold }) => `${name} ${threshold}`).join(", ");
  return `${idle}${lines.join("")}thresholds: ${marks}\n`;
}
