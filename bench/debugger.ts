/**
 * What the debugger costs: single steps through GDB beside QEMU's stub, steps back, and the speed of a guest with breakpoints
 * and watchpoints that it never meets.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_FILES } from "../host/node/files.ts";
import { Machine } from "../host/node/index.ts";
import { findTool, installLine } from "../tests/tools/tools.ts";
import { benchDebuggedSpeed } from "./debugged-speed.ts";
import { median } from "./statistics.ts";
import { type Stub, startHere, startQemu } from "./stubs.ts";

const STEPS = 10_000;
/** Places of a run from which steps go back, and how many from each. */
const PLACES = 40;
const STEPS_BACK = 5;
const WORK = "while true; do ls -l /bin | sort | wc; cat /bin/ls | wc; done\n";
const STRETCH = 20_000_000;

/** Seconds that GDB takes for `stepi 10000` from reset, through the firmware's first instructions. */
async function stepSeconds(gdb: string, start: () => Promise<Stub>, folder: string): Promise<number> {
  const stub = await start();
  const script = join(folder, "steps.gdb");
  const mark = "shell date +%s%N";
  const lines = ["set pagination off", "set confirm off", `target remote ${stub.address}`];
  writeFileSync(
    script,
    [...lines, mark, `stepi ${STEPS}`, mark, "info registers pc", "disconnect", ""].join("\n"),
  );
  try {
    const words = ["-nx", "-batch", "-x", script, PACKAGE_FILES.kernel];
    const output = execFileSync(gdb, words, { encoding: "utf8", stdio: "pipe", timeout: 300_000 });
    const [begin, end] = [...output.matchAll(/^\d{19}$/gm)].map(([text]) => BigInt(text));
    if (begin === undefined || end === undefined || !/^pc +0x/m.test(output)) {
      throw new Error(`gdb did not step:\n${output}`);
    }
    return Number(end - begin) / 1e9;
  } finally {
    await stub.stop();
  }
}

async function benchSteps(pairs: number): Promise<void> {
  const gdb = findTool("gdb-multiarch");
  if (!gdb) throw new Error(`the benchmarks need GDB: ${installLine(["gdb-multiarch"])}`);
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-bench-"));
  try {
    const here: number[] = [];
    const there: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      here.push(await stepSeconds(gdb, startHere, folder));
      there.push(await stepSeconds(gdb, () => startQemu(folder), folder));
    }
    const row = (name: string, seconds: readonly number[]): void =>
      console.log(
        `${name.padEnd(10)} ${median(seconds).toFixed(2).padStart(6)} s ${(STEPS / median(seconds)).toFixed(0).padStart(7)} steps/s`,
      );
    console.log(`\nstepi ${STEPS} through GDB, ${pairs} pairs, wall time`);
    row("hartbeat", here);
    row("QEMU", there);
    const ratios = here.map((seconds, index) => (there[index] ?? Number.NaN) / seconds);
    console.log(`ratio ${median(ratios).toFixed(2)} (more than 1: faster than QEMU)`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first step back from a place looks for it from a checkpoint; those that follow are near it. */
async function benchStepsBack(): Promise<void> {
  const machine = await Machine.create({ harts: 4 });
  machine.debugger.keepHistory();
  await machine.console.expect("login: ");
  machine.console.send("root\n");
  await machine.console.expect("# ");
  machine.console.send(WORK);
  const first: number[] = [];
  const next: number[] = [];
  for (let place = 0; place < PLACES; place++) {
    machine.run({ cycles: STRETCH });
    const hart = machine.core.currentHart;
    for (let step = 0; step < STEPS_BACK; step++) {
      const start = performance.now();
      machine.debugger.stepBack(hart);
      (step === 0 ? first : next).push(performance.now() - start);
    }
  }
  const row = (name: string, times: readonly number[]): void =>
    console.log(
      `${name.padEnd(22)} median ${median(times).toFixed(1).padStart(6)} ms, worst ${Math.max(...times)
        .toFixed(1)
        .padStart(6)} ms`,
    );
  const { cycles } = machine;
  console.log(
    `\nStep back on 4 harts under work, at ${PLACES} places up to cycle ${(cycles / 1e6).toFixed(0)} million`,
  );
  row("first at a place", first);
  row(`the next ${STEPS_BACK - 1}`, next);
  machine.dispose();
}

/** Prints all of it. */
export async function benchDebugger(pairs: number): Promise<void> {
  await benchSteps(pairs);
  await benchStepsBack();
  await benchDebuggedSpeed(pairs);
}
