/** `describe` for tests that need a program: skipped by name where it is missing, a failure under CI=true. */
import { describe, it } from "vitest";
import { findTool, installLine, type ToolName } from "./tools.ts";

/** `requireTool('gdb-multiarch')('title', () => { ... })`; several names may be given. */
export function requireTool(...names: ToolName[]): (title: string, tests: () => void) => void {
  const missing = names.filter((name) => findTool(name) === undefined);
  if (missing.length === 0) return describe;
  const advice = `needs ${missing.join(", ")}: ${installLine(missing)}`;
  if (process.env.CI !== "true") return (title, tests) => describe.skip(`${title} (${advice})`, tests);
  return (title) =>
    describe(title, () => {
      it("has its tools", () => {
        throw new Error(advice);
      });
    });
}
