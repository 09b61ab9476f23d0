/**
 * How the tests run. Processes take one file after the other and keep what they have loaded and compiled; there is one
 * more of them than processors, since many a test waits for QEMU or a browser, as far as there is memory for them.
 */
import { availableParallelism, totalmem } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/tools/longest-first.ts";
import { PATIENCE_MS, TEST_LIMIT_MS } from "./tests/tools/patience.ts";

const MOST_WORKERS = 8;
/** What a process has at most together with what it starts: machines, QEMU, a browser. */
const WORKER_BYTES = 1.5 * 2 ** 30;
/** A control group may allow less than there is; without one the number is 0 or larger than any memory. */
const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
const workers = Math.min(availableParallelism() + 1, MOST_WORKERS, Math.floor(memory / WORKER_BYTES));
/** Each new machine's memory makes V8 collect garbage. There is little of it, and helper threads would wait for processors. */
const COLLECTOR = ["--single-threaded-gc", "--min-semi-space-size=16"];

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/tools/same-cases.ts"],
    pool: "forks",
    isolate: false,
    execArgv: COLLECTOR,
    maxWorkers: Math.max(workers, 1),
    sequence: { sequencer: LongestFirst },
    testTimeout: TEST_LIMIT_MS,
    hookTimeout: TEST_LIMIT_MS,
    teardownTimeout: PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS } },
  },
});
