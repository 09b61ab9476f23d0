/** `describe` for tests that need a program: skipped by name where it is missing, a failure under CI=true. */
import { describe, it } from "vitest";
import { findTool, installLine, type ToolName } from "./tools.ts";

type Describe = (title: string, tests: () => void) => void;

/** `describe`, unless there is a reason why these tests cannot run. */
export function unless(advice: string | undefined): Describe {
  if (advice === undefined) return describe;
  if (process.env.CI !== "true") return (title, tests) => describe.skip(`${title} (${advice})`, tests);
  return (title) =>
    describe(title, () => {
      it("has its tools", () => {
        throw new Error(advice);
      });
    });
}

/** `requireTool('gdb-multiarch')('title', () => { ... })`; several names may be given. */
export function requireTool(...names: ToolName[]): Describe {
  const missing = names.filter((name) => findTool(name) === undefined);
  return unless(missing.length > 0 ? `needs ${missing.join(", ")}: ${installLine(missing)}` : undefined);
}
