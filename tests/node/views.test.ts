/** `hartbeat boot` with the options that show a run: files of a window, the diagram on the terminal, statistics. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKanata } from "../pipeline/kanata-reader.ts";
import { runHartbeat } from "../tools/hartbeat-process.ts";

let folder: string;
const file = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(file(name), "utf8");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hartbeat-views-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("the views of a run", () => {
  it("are files of its window, written by its end", async () => {
    const views = [
      ...["--trace-pipeline", file("k.log")],
      ...["--annotate", file("a.txt")],
      ...["--speedscope", file("s.json")],
      ...["--perfetto", file("p.json")],
      ...["--stats-json", file("c.json")],
    ];
    const window = ["--from", "mm_init", "--to", "+2000", "--until", "sched_init"];
    const run = await runHartbeat(
      "boot",
      "--timing",
      ...views,
      "--diagram",
      "--stats",
      "--trace-boot",
      ...window,
    );
    expect(run.status).toBe(0);
    const ops = readKanata(read("k.log"));
    expect(ops.length).toBeGreaterThan(500);
    expect(ops[0]?.label).toContain("<mm_init> addi sp, sp, -16");
    const cycles = ops.map((op) => op.retired?.cycle ?? 0);
    expect(Math.max(...cycles) - Math.min(...cycles)).toBeLessThan(2000);
    expect(read("a.txt")).toMatch(/^[\d,]+ cycles, [\d,]+ instructions, CPI/);
    expect(JSON.parse(read("s.json")).profiles).toHaveLength(2);
    expect(JSON.parse(read("p.json")).traceEvents.length).toBeGreaterThan(3);
    const { pipeline, harts } = JSON.parse(read("c.json"));
    expect(pipeline).toBe("cva6");
    const parts = Object.values<number>(harts[0].stack);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBe(harts[0].cycles);
    expect(run.stderr).toMatch(/addi sp, sp, -16 +PC IF .*CO/);
    // A step of the boot with its cycles and their number for each instruction.
    expect(run.stderr).toMatch(/ 0 +0 +S +[\d,]+ +\d+\.\d\d +kmem_cache_init\n/);
    expect(run.stderr).toMatch(/base +[\d,]+ +\d+\.\d%/);
  });

  it("need no pipeline: functional runs have a cycle for each instruction", async () => {
    const run = await runHartbeat("boot", "--speedscope", file("f.json"), "--until", "sched_init");
    expect(run.status).toBe(0);
    const { profiles } = JSON.parse(read("f.json"));
    expect(profiles[0].endValue).toBeGreaterThan(100_000);
  });

  it.each([
    [["--from", "start_kernel"], /--from and --to say what part of a run is shown; add --trace-pipeline/],
    [["--diagram", "--from", "no_such_function"], /There is no symbol 'no_such_function'/],
    [["--until", "no_such_function"], /There is no symbol 'no_such_function'/],
    [["--perfetto", "/nowhere/p.json"], /Cannot write '\/nowhere\/p.json': no such file; name another file/],
    [["--stats-json", "/nowhere/c.json", "--until", "10"], /Cannot write the statistics '\/nowhere\/c.json'/],
  ])("say what is wrong with %j", async (options, message) => {
    const run = await runHartbeat("boot", ...options);
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(message);
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
  });

  it.each([
    ["start_kernel", "1k"],
    ["5M", "+2k"],
  ])("leave no file when --from %s was not reached", async (from, until) => {
    writeFileSync(file("older.json"), "older");
    const words = ["--trace-pipeline", file("unseen.log"), "--perfetto", file("older.json")];
    const run = await runHartbeat("boot", ...words, "--from", from, "--until", until);
    expect(run).toMatchObject({ status: 0 });
    expect(run.stderr).toMatch(
      new RegExp(
        `the place of --from was not reached, and \\S+unseen.log not written: the run ended at cycle [12],000; name a place before ${from}`,
      ),
    );
    expect(existsSync(file("unseen.log"))).toBe(false);
    expect(read("older.json")).toBe("older");
  });

  it("tell of a place that was not reached without a file, too", async () => {
    const run = await runHartbeat("boot", "--diagram", "--from", "start_kernel", "--until", "100");
    expect(run).toMatchObject({ status: 0 });
    expect(run.stderr).toContain("the place of --from was not reached: the run ended at cycle 100");
  });
});
