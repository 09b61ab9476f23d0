/** What is known of a run of the tests, file by file as they end, so that it can be told even of a run that breaks off. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Where vitest's process writes and `npm test` reads. */
export const TALLY_VARIABLE = "HARTBEAT_TALLY";

type Line = { readonly files: readonly string[] } | FileResult;

export function note(path: string, line: Line): void {
  appendFileSync(path, `${JSON.stringify(line)}\n`);
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Files that were to run and have not ended. */
  readonly unfinished: readonly string[];
}

/** The sums; undefined when the run did not come to its first file. */
export function readTally(path: string): Tally | undefined {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  const planned = lines.flatMap((line) => ("files" in line ? line.files : []));
  const ended = new Map(lines.flatMap((line) => ("file" in line ? [[line.file, line] as const] : [])));
  const sum = (field: "passed" | "failed" | "skipped"): number =>
    [...ended.values()].reduce((total, result) => total + result[field], 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    unfinished: planned.filter((file) => !ended.has(file)),
  };
}
