/** A row of the documented boot path and how its truth is seen; small words to write rows with. */
import { expect } from "vitest";
import type { ToolName } from "../../tools/tools.ts";
import { type KernelMemory, pointer } from "./kernel-memory.ts";
import type { Look, Moment, ObservedBoot } from "./observed-boot.ts";

type Check = (boot: ObservedBoot) => unknown;

export interface Part {
  readonly check: Check;
  /** Functions whose entries have to be traced. */
  readonly enters?: readonly string[];
  readonly moments?: readonly Moment[];
}

export interface Row {
  /** Number and step, as docs/boot-path.md has them. */
  readonly name: string;
  readonly check: (boot: ObservedBoot) => Promise<void>;
  readonly enters: readonly string[];
  readonly moments: readonly Moment[];
  /** Programs of the host that the check runs. */
  readonly needs: readonly ToolName[];
}

export function row(name: string, ...given: (Part | Check)[]): Row {
  const parts = given.map((part): Part => (typeof part === "function" ? { check: part } : part));
  return {
    name,
    enters: parts.flatMap(({ enters }) => enters ?? []),
    moments: parts.flatMap(({ moments }) => moments ?? []),
    needs: [],
    check: async (boot) => {
      for (const { check } of parts) await check(boot);
    },
  };
}

/** Any value but 0. */
export const SOMETHING = Symbol("anything but 0");

/** What is to be seen: a C expression, or a look of one's own. */
type Sight = string | Look;
type Value = undefined | bigint | number | boolean | string | typeof SOMETHING | readonly unknown[];
export type Expected = Value | ((boot: ObservedBoot) => Value);

const lookOf = (what: Sight, near?: string): Look =>
  typeof what === "string" ? (memory, hart) => memory.c(what, hart, near) : what;

function compare(boot: ObservedBoot, seen: unknown, expected: Expected, where: string): void {
  const value = typeof expected === "function" ? expected(boot) : expected;
  if (value === SOMETHING) expect(seen, where).not.toBe(0n);
  else
    expect(seen, where).toEqual(
      typeof value === "number" && typeof seen === "bigint" ? BigInt(value) : value,
    );
}

function seenAt(at: string, when: Moment["when"], what: Sight, expected: Expected): Part {
  const moment: Moment = { at, when, look: lookOf(what, at === "reset" ? undefined : at) };
  const where = `${typeof what === "string" ? what : "what is seen"} at the ${when} of ${at}`;
  return { moments: [moment], check: (boot) => compare(boot, boot.saw(moment), expected, where) };
}

/** What there is when a function is entered for the first time. */
export const before = (at: string, what: Sight, value: Expected): Part => seenAt(at, "entry", what, value);

/** What there is when that call returns. */
export const after = (at: string, what: Sight, value: Expected): Part => seenAt(at, "return", what, value);

/** The function's own effect: what there is when it is entered, and when it returns. */
export function changes(at: string, what: Sight, from: Expected, to: Expected): Part {
  const parts = [before(at, what, from), after(at, what, to)];
  return {
    moments: parts.flatMap(({ moments }) => moments ?? []),
    check: (boot) => parts.forEach(({ check }) => void check(boot)),
  };
}

/** The function leaves something else there than there was. */
export function differs(at: string, what: Sight): Part {
  const [entry, end] = (["entry", "return"] as const).map(
    (when): Moment => ({ at, when, look: lookOf(what, at) }),
  );
  return {
    moments: [entry, end] as Moment[],
    check: (boot) => expect(boot.saw(end as Moment)).not.toEqual(boot.saw(entry as Moment)),
  };
}

/** By how much the function makes a number larger. */
export function grows(at: string, what: string, by: (boot: ObservedBoot) => bigint): Part {
  const [entry, end] = (["entry", "return"] as const).map(
    (when): Moment => ({ at, when, look: lookOf(what, at) }),
  );
  return {
    moments: [entry, end] as Moment[],
    check: (boot) => {
      const [from, to] = [entry, end].map((moment) => boot.saw(moment as Moment) as bigint) as [
        bigint,
        bigint,
      ];
      expect(to - from, what).toBe(by(boot));
    },
  };
}

/** What there is when all is up. */
export const holds = (what: Sight, value: Expected): Part => ({
  check: (boot) =>
    compare(boot, lookOf(what)(boot.memory, 0, 0n), value, typeof what === "string" ? what : "what is seen"),
});

/** Writes ones over a variable when a function is entered that has to set all of it. */
export const spoils = (at: string, variable: string, bytes: number): Part => ({
  moments: [
    {
      at,
      when: "entry",
      look: (memory, hart) => {
        const ones = new Uint8Array(bytes).fill(0xff);
        return memory.machine.debugger.writeMemory(hart, memory.c(`&${variable}`, hart, at), ones);
      },
    },
  ],
  check: () => undefined,
});

/** Task 0 enters these on the boot hart, in S-mode, in this order. */
export const task0 = (...names: string[]): Part => ({
  enters: names,
  check: (boot) => {
    const { hart } = boot.first("start_kernel");
    for (const name of names) expect(boot.first(name), name).toMatchObject({ hart, pid: 0, privilege: "S" });
    boot.inOrder(...names);
  },
});

/** Pid 1 enters these, still in the kernel, in this order. */
export const task1 = (...names: string[]): Part => ({
  enters: names,
  check: (boot) => {
    for (const name of names) expect(boot.first(name), name).toMatchObject({ pid: 1, privilege: "S" });
    boot.inOrder(...names);
  },
});

/** Kernel threads of these names, each pid 2's child. */
export const threads = (...names: string[]): Check => {
  return (boot) => {
    const tasks = boot.memory.tasks();
    for (const name of names)
      expect(tasks, name).toContainEqual(expect.objectContaining({ comm: name, parent: 2 }));
  };
};

/** The same of each CPU, allowed to run there and nowhere else. */
export const threadsOfEachCpu = (prefix: string, suffix = ""): Check => {
  return (boot) => {
    const tasks = boot.memory.tasks();
    for (let cpu = 0; cpu < boot.harts; cpu++) {
      const comm = `${prefix}/${cpu}${suffix}`;
      const thread = tasks.find((task) => task.comm === comm);
      expect(thread, comm).toMatchObject({ parent: 2 });
      const mask = `${pointer("struct task_struct", thread?.address ?? 0n)}->cpus_mask.bits[0]`;
      expect(boot.memory.c(mask), mask).toBe(1n << BigInt(cpu));
    }
  };
};

export const console = (pattern: RegExp): Check => {
  return (boot) => expect(boot.output).toMatch(pattern);
};

/** Whether it holds for each CPU. */
export const forCpus = (what: (memory: KernelMemory, cpu: number) => boolean) => (memory: KernelMemory) =>
  Array.from({ length: memory.machine.core.hartCount }, (_, cpu) => what(memory, cpu)).every(Boolean);
