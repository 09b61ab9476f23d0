/** `npm test`: gets the tools, rebuilds what is older than its source, runs vitest, and ends with one line of counts. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rebuildIfStale } from "./tools/freshness.ts";
import { ensureTools } from "./tools/install.ts";

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Files that failed outside any test, for example because they could not be imported. */
function brokenFiles(report: Report): number {
  return report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

ensureTools();
if (!rebuildIfStale()) {
  console.log("0 passed, 1 failed (the build)");
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), "hartbeat-test-"));
const reportFile = join(folder, "report.json");
const vitest = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${reportFile}`,
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
const report = readReport(reportFile);
rmSync(folder, { recursive: true, force: true });

const passed = report?.numPassedTests ?? 0;
const failed = report ? report.numFailedTests + brokenFiles(report) : 1;
const skipped = report ? report.numPendingTests + report.numTodoTests : 0;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed > 0 || vitest.status !== 0 ? 1 : 0);
