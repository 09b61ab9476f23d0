/** What KUnit tells on the console, in KTAP version 1: one suite behind the other, their cases indented. */

export interface KunitResults {
  /** How many suites were announced. */
  readonly plan: number;
  /** Whether each succeeded. */
  readonly suites: ReadonlyMap<string, boolean>;
  /** What each said before it failed; nothing for success, and for a case that was skipped why. */
  readonly cases: ReadonlyMap<string, readonly string[]>;
}

/** Reads the lines of a console, with their time stamps. */
export function kunitResults(output: string): KunitResults {
  const lines = output
    .replace(/\r/g, "")
    .split("\n")
    .flatMap((line) => /^\[ *\d+\.\d+\] (.*)$/.exec(line)?.[1] ?? []);
  const from = lines.indexOf("KTAP version 1");
  const suites = new Map<string, boolean>();
  const cases = new Map<string, readonly string[]>();
  let said: string[] = [];
  for (const line of from < 0 ? [] : lines.slice(from)) {
    const [, indent, not, name, skipped] = /^( {4})?(not )?ok \d+ (\w+)(?: # SKIP (.*))?$/.exec(line) ?? [];
    if (name === undefined) {
      if (line.startsWith("    # ")) said.push(line.slice(6));
    } else if (indent === undefined) {
      suites.set(name, not === undefined);
    } else {
      cases.set(name, not || skipped ? [...said, skipped ?? "not ok"] : []);
      said = [];
    }
  }
  return { plan: Number(/^1\.\.(\d+)$/.exec(lines[from + 1] ?? "")?.[1]), suites, cases };
}
