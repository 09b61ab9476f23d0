/**
 * `npm test`: gets the tools, rebuilds what is older than its source, and runs vitest. Its last line counts the tests,
 * also when the run was ended from outside or broke down; what did not end counts as failed, file by file.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rebuildIfStale } from "./tools/freshness.ts";
import { ensureTools } from "./tools/install.ts";
import { readTally, TALLY_VARIABLE } from "./tools/tally.ts";

/** For vitest to end its processes, when it is told to end. */
const LAST_MS = 10_000;

function finish(passed: number, failed: number): never {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}

const folder = mkdtempSync(join(tmpdir(), "hartbeat-test-"));
const tallyFile = join(folder, "tally");

/** Says what the run came to, and ends; `end` is what broke it off, or what went wrong outside the tests. */
function report(end: string | undefined): never {
  const tally = readTally(tallyFile);
  rmSync(folder, { recursive: true, force: true });
  if (!tally) {
    console.log(`No test ran: ${end ?? "vitest found none"}.`);
    finish(0, 1);
  }
  const { passed, failed, skipped, unfinished } = tally;
  for (const file of unfinished) console.log(`not finished: ${file}`);
  if (skipped > 0) console.log(`${skipped} skipped`);
  const broken = failed + unfinished.length;
  if (end !== undefined && (failed === 0 || unfinished.length > 0))
    console.log(`The run went wrong: ${end}.`);
  finish(passed, end !== undefined && broken === 0 ? 1 : broken);
}

let stop: ((signal: NodeJS.Signals) => void) | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => (stop ? stop(signal) : report(`ended by ${signal} while it was made ready`)));
}

ensureTools();
if (!rebuildIfStale()) report("the build failed");

const vitest = spawn(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--reporter=./tests/tools/progress.ts", ...process.argv.slice(2)],
  { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, [TALLY_VARIABLE]: tallyFile } },
);
let stoppedBy: NodeJS.Signals | undefined;
stop = (signal) => {
  stoppedBy ??= signal;
  vitest.kill("SIGTERM");
  setTimeout(() => vitest.kill("SIGKILL"), LAST_MS);
};
vitest.on("error", (error) => report(`vitest cannot be started: ${error.message}`));
vitest.on("close", (status, signal) => {
  if (stoppedBy) report(`ended by ${stoppedBy}`);
  if (signal) report(`vitest was ended by ${signal}`);
  report(status === 0 ? undefined : `vitest ended with status ${status}`);
});
