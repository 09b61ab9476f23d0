/** The contents of a hart's TLBs as lines for people. */
import type { ModelledEntry, TlbEntry } from "../core/tlb.ts";

/** So many lines are shown of a list. */
const MOST = 200;

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const SIZES = ["4 KiB", "2 MiB", "1 GiB"];

function list(title: string, lines: readonly string[]): string {
  const rest = lines.length > MOST ? `  ... and ${lines.length - MOST} more\n` : "";
  return `${title}: ${lines.length || "no"} entries\n${lines.slice(0, MOST).join("")}${rest}`;
}

/** Runs of pages that follow each other on both sides are one line. */
export function tlbText(entries: readonly TlbEntry[]): string {
  const runs: { first: TlbEntry; flags: string; pages: number }[] = [];
  for (const entry of entries) {
    const flags = `${entry.read ? "r" : "-"}${entry.write ? "w" : "-"}${entry.fetch ? "x" : "-"}`;
    const last = runs.at(-1);
    const follows =
      last?.flags === flags &&
      last.first.context === entry.context &&
      last.first.page + BigInt(last.pages * 4096) === entry.page &&
      last.first.physical + last.pages * 4096 === entry.physical;
    if (last && follows) last.pages += 1;
    else runs.push({ first: entry, flags, pages: 1 });
  }
  const lines = runs.map(({ first, flags, pages }) =>
    [
      `  ${first.context.padEnd(10)} ${hex(first.page).padStart(18)} -> ${hex(first.physical)} ${flags}`,
      pages > 1 ? `, ${pages} pages\n` : "\n",
    ].join(""),
  );
  return list("pages that loads (r), stores (w) and fetches (x) find at once", lines);
}

export function modelledText(name: string, entries: readonly ModelledEntry[]): string {
  const lines = entries.map(
    ({ page, physical, level }) => `  ${hex(page).padStart(18)} -> ${hex(physical)} ${SIZES[level] ?? ""}\n`,
  );
  return list(`${name} of the pipeline`, lines);
}
