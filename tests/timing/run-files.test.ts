/** The command line's snapshots and recordings of timed runs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runHartbeat } from "../tools/hartbeat-process.ts";

const folder = mkdtempSync(join(tmpdir(), "hartbeat-timed-"));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Guest cycles that --stats tells of. */
const cyclesOf = (stderr: string): string | undefined => /([\d,]+) cycles/.exec(stderr)?.[1];

it("--record and --replay repeat a timed run, --save and --load go on with it", async () => {
  const recorded = await runHartbeat(
    ...[
      "boot",
      "--timing",
      "--until",
      "1000000",
      "--stats",
      "--record",
      file("run"),
      "--save",
      file("state"),
    ],
  );
  expect(recorded.status).toBe(0);
  const replayed = await runHartbeat("boot", "--replay", file("run"), "--stats");
  expect(replayed.stderr).toContain("in the state that was recorded");
  expect(replayed.stderr).toContain("pipeline cva6");
  expect(cyclesOf(replayed.stderr)).toBe(cyclesOf(recorded.stderr));

  const whole = await runHartbeat("boot", "--timing", "--until", "2000000", "--stats");
  const loaded = await runHartbeat("boot", "--load", file("state"), "--until", "2000000", "--stats");
  expect(loaded.stderr.slice(loaded.stderr.indexOf("pipeline"))).toBe(
    whole.stderr.slice(whole.stderr.indexOf("pipeline")),
  );
  const functional = await runHartbeat(
    ...["boot", "--load", file("state"), "--timing", "ideal", "--until", "2000000", "--stats"],
  );
  expect(functional).toMatchObject({ status: 0 });
  expect(functional.stderr).not.toContain("pipeline");

  const refused = await runHartbeat("boot", "--replay", file("run"), "--timing");
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.stderr).toMatch(/--replay repeats the time of the recording; leave out --timing/);
  const other = await runHartbeat("boot", "--replay", file("run"), "-smp", "2");
  expect(other).toMatchObject({ status: 1, stdout: "" });
  expect(other.stderr).toMatch(/^hartbeat: The saved machine has 1 harts, this one 2; [^\n]*\n$/);
});

it("says before a run what could not be written after it", async () => {
  for (const [option, what] of [
    ["--save", "snapshot"],
    ["--record", "recording"],
  ] as const) {
    for (const [path, why] of [
      [join(folder, "no/such"), "no such file"],
      [folder, "it is a directory"],
    ] as const) {
      const refused = await runHartbeat("boot", option, path);
      const message = `hartbeat: Cannot write the ${what} '${path}': ${why}; name another file.\n`;
      expect(refused).toMatchObject({ status: 1, stdout: "", stderr: message });
    }
  }
});
