/** Profiles of our kernel's boot: beside the boot trace, which measures the same from outside, and as files of other tools. */
import { beforeAll, describe, expect, test } from "vitest";
import { MachineTarget } from "../../host/debug/machine-target.ts";
import { Machine } from "../../host/node/index.ts";
import { annotate, profileReport } from "../../host/profile/annotate.ts";
import type { CallNode } from "../../host/profile/call-tree.ts";
import { Profiler } from "../../host/profile/profiler.ts";
import { type EventedProfile, type SpeedscopeFile, speedscope } from "../../host/profile/speedscope.ts";
import { BootTrace, type TraceRecord } from "../../host/trace/boot-trace.ts";
import { perfettoLines, type TraceEvent } from "../../host/trace/perfetto.ts";
import { Timeline } from "../../host/trace/timeline.ts";

const HARTS = 2;

let machine: Machine;
let profiler: Profiler;
let timeline: Timeline;
let boot: readonly TraceRecord[];

beforeAll(async () => {
  machine = await Machine.create({ harts: HARTS, timing: "cva6" });
  profiler = new Profiler(machine);
  timeline = new Timeline(machine);
  const trace = new BootTrace(new MachineTarget(machine));
  await machine.console.expect("login: ");
  boot = trace.records;
});

function* nodes(node: CallNode): Generator<CallNode> {
  yield node;
  for (const child of node.children.values()) yield* nodes(child);
}

describe("the profile", () => {
  test("explains every cycle of every hart", () => {
    const clocks = profiler.stacks().harts.map((hart) => profiler.stacks().clock(hart) ?? 0);
    const sum = clocks.reduce((total, clock) => total + clock, 0);
    expect(profiler.tree().total).toBe(sum);
    const functions = profiler.functions();
    expect(functions.reduce((total, { cycles }) => total + cycles, 0)).toBe(sum);
    for (const { cycles, count, stalls } of functions) {
      expect(cycles).toBe(stalls.reduce((total, stall) => total + stall, count));
    }
  });

  test("gives functions the cycles that the boot trace gives them", () => {
    const byName = new Map<string, CallNode[]>();
    for (const node of nodes(profiler.tree())) {
      const { name, image } = node.code;
      if (image === "kernel") byName.set(name, [...(byName.get(name) ?? []), node]);
    }
    // Entered once, and not scheduled away.
    const once = boot.filter(
      ({ name, end, image }) =>
        image === "kernel" && end && boot.filter((other) => other.name === name).length === 1,
    );
    let compared = 0;
    for (const { name, cycle, end } of once) {
      const [node, ...others] = byName.get(name) ?? [];
      const outside = (end?.cycle ?? 0) - cycle;
      if (!node || others.length > 0) continue;
      if ([...nodes(node)].some(({ code }) => code.name === "__switch_to")) continue;
      compared += 1;
      expect(Math.abs(node.total - outside), `${name}: ${node.total} of ${outside}`).toBeLessThan(30);
    }
    expect(compared).toBeGreaterThan(20);
  });

  test("puts a system call under the program that made it", () => {
    const paths = [...nodes(profiler.tree())]
      .filter(({ code }) => code.name === "sys_execve")
      .map((node) => {
        const names: string[] = [];
        for (let at: CallNode | undefined = node; at; at = at.parent) names.unshift(at.code.name);
        return names.join(" / ");
      });
    expect(
      paths.some((path) => /^all \/ init \(\d+\) \/ .*\[ecall from U\] \/ .* \/ sys_execve$/.test(path)),
    ).toBe(true);
  });

  test("annotates code in order, with its targets and stalls", () => {
    const memcpy = profiler.functions().find(({ name }) => name === "memcpy");
    const lines = memcpy ? annotate(memcpy) : [];
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.map(({ address }) => address)).toEqual(
      lines.map(({ address }) => address).sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(lines.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(memcpy?.cycles);
    expect(lines.some(({ text }) => text.startsWith("ld "))).toBe(true);
    const report = [...profileReport(profiler.functions())];
    expect(report[0]).toMatch(/^[\d,]+ cycles, [\d,]+ instructions, CPI \d+\.\d\d$/);
    expect(report.some((line) => line.startsWith("memcpy [kernel]: "))).toBe(true);
  });
});

/** What speedscope's file-format-spec.ts asks of a file. */
function checkSpeedscope(file: SpeedscopeFile): void {
  expect(file.$schema).toBe("https://www.speedscope.app/file-format-schema.json");
  const frames = file.shared.frames.length;
  for (const frame of file.shared.frames) expect(typeof frame.name).toBe("string");
  const isFrame = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < frames;
  for (const profile of file.profiles) {
    expect(profile.unit).toBe("none");
    expect(profile.endValue).toBeGreaterThanOrEqual(profile.startValue);
    if (profile.type === "sampled") {
      expect(profile.weights.length).toBe(profile.samples.length);
      expect(profile.samples.flat().every(isFrame)).toBe(true);
    } else checkEvents(profile, isFrame);
  }
}

/** "Every opened stack frame must have a corresponding close frame event, and the ordering must be balanced." */
function checkEvents(
  { events, startValue, endValue }: EventedProfile,
  isFrame: (index: number) => boolean,
): void {
  const open: number[] = [];
  let last = startValue;
  let wrong = 0;
  for (const { type, frame, at } of events) {
    if (at < last || at > endValue || !isFrame(frame)) wrong += 1;
    last = at;
    if (type === "O") open.push(frame);
    else if (open.pop() !== frame) wrong += 1;
  }
  expect(wrong).toBe(0);
  expect(open).toEqual([]);
}

describe("speedscope's file", () => {
  test("is one by its specification, and has every cycle", () => {
    const file: SpeedscopeFile = JSON.parse(JSON.stringify(speedscope(profiler, "boot")));
    checkSpeedscope(file);
    expect(file.profiles.map(({ name }) => name)).toEqual(["hart 0", "hart 1", "all harts, added up"]);
    const lengths = file.profiles.map(({ startValue, endValue }) => endValue - startValue);
    expect(lengths[0]).toBe(profiler.stacks().clock(0));
    expect(lengths[2]).toBe((lengths[0] ?? 0) + (lengths[1] ?? 0));
  });
});

describe("Perfetto's file", () => {
  let events: TraceEvent[] = [];
  beforeAll(() => {
    events = JSON.parse([...perfettoLines(timeline, machine.symbols)].join("")).traceEvents;
  });

  test("has the fields of the Trace Event Format", () => {
    const wrong = events.filter(
      ({ ph, name, pid, tid, ts, dur, s, args }) =>
        !["X", "i", "C", "M"].includes(ph) ||
        typeof name !== "string" ||
        !Number.isInteger(pid) ||
        !Number.isInteger(tid) ||
        !(ts >= 0) ||
        (ph === "X" && !((dur ?? -1) >= 0)) ||
        (ph === "i" && s !== "t") ||
        (ph === "C" && typeof args?.value !== "number") ||
        (ph === "M" && args === undefined),
    );
    expect(wrong).toEqual([]);
  });

  test("has slices that lie in each other or apart, as the format demands", () => {
    const threads = new Map<string, TraceEvent[]>();
    for (const event of events) {
      if (event.ph !== "X") continue;
      const key = `${event.pid} ${event.tid}`;
      threads.set(key, [...(threads.get(key) ?? []), event]);
    }
    expect(threads.size).toBeGreaterThan(10);
    const round = (us: number): number => Math.round(us * 1000);
    for (const slices of threads.values()) {
      const spans = slices.map(({ ts, dur = 0 }) => ({ begin: round(ts), end: round(ts + dur) }));
      spans.sort((a, b) => a.begin - b.begin || b.end - a.end);
      const open: number[] = [];
      for (const { begin, end } of spans) {
        while (open.length > 0 && (open.at(-1) ?? 0) <= begin) open.pop();
        expect(end).toBeLessThanOrEqual(open.at(-1) ?? Number.POSITIVE_INFINITY);
        open.push(end);
      }
    }
  });

  test("tells of programs, system calls, interrupts and sleep", () => {
    const names = (pid: number, ph: string) =>
      new Set(events.filter((event) => event.pid === pid && event.ph === ph).map(({ name }) => name));
    expect([...names(1, "X")]).toEqual(expect.arrayContaining(["waiting", "init (1)", "kthreadd (2)"]));
    expect([...names(2, "X")]).toEqual(expect.arrayContaining(["sys_execve", "sys_clone", "sys_read"]));
    expect([...names(1, "i")].some((name) => name.endsWith("interrupt"))).toBe(true);
  });

  test("has the instructions of every hart in its counters", () => {
    for (let hart = 0; hart < HARTS; hart++) {
      const counters = events.filter(({ ph, tid }) => ph === "C" && tid === hart + 1);
      const sum = counters.reduce((total, { args }) => total + Number(args?.value), 0) * timeline.bucket;
      expect(Math.round(sum)).toBe(machine.stats()[hart]?.stack.base);
    }
  });
});
