/** How long tests wait, and what they say when they waited in vain. */

/** For what has to come; of what prints, for its next output. Only what hangs gets there, also on the busiest host. */
export const PATIENCE_MS = 400_000;
/** For a whole test: longer, so that whoever waited in vain can say for what. */
export const TEST_LIMIT_MS = 1_500_000;

const LAST_LINES = 60;

/** The end of what was written, for messages: it tells what was last, and a run that goes wrong stays readable. */
export function lastLines(text: string): string {
  const lines = text.split("\n");
  const left = lines.length - LAST_LINES;
  return left <= 0 ? text : `(${left} lines before)\n${lines.slice(left).join("\n")}`;
}
