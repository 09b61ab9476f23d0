/** A row of the documented boot path and how its truth is seen; small words to write rows with. */
import { expect } from "vitest";
import type { ObservedBoot, Probe } from "./observed-boot.ts";

export interface Row {
  /** Section of the page and the step, as in "2 sched_init". */
  readonly name: string;
  readonly check: (boot: ObservedBoot) => void;
  /** Booted with root= on a disk of ext2; others boot from the RAM disk. */
  readonly fromDisk: boolean;
  /** Looks into memory that have to happen during the boot, at the entry of a function. */
  readonly probes: readonly { readonly at: string; readonly probe: Probe }[];
}

type Check = (boot: ObservedBoot) => void;
type Part = Check | { readonly at: string; readonly probe: Probe; readonly check: Check };

export function row(name: string, ...parts: Part[]): Row {
  const probes = parts.flatMap((part) => (typeof part === "function" ? [] : [part]));
  const checks = parts.map((part) => (typeof part === "function" ? part : part.check));
  return { name, fromDisk: false, probes, check: (boot) => checks.forEach((check) => void check(boot)) };
}

export const rowFromDisk = (name: string, ...parts: Part[]): Row => ({
  ...row(name, ...parts),
  fromDisk: true,
});

/** Task 0 enters these on the boot hart, in S-mode, in this order. */
export function task0(...names: string[]): Part {
  return (boot) => {
    const { hart } = boot.first("start_kernel");
    for (const name of names) expect(boot.first(name), name).toMatchObject({ hart, pid: 0, privilege: "S" });
    boot.inOrder(...names);
  };
}

/** Pid 1 enters these, still in the kernel, in this order. */
export function task1(...names: string[]): Part {
  return (boot) => {
    for (const name of names) expect(boot.first(name), name).toMatchObject({ pid: 1, privilege: "S" });
    boot.inOrder(...names);
  };
}

/** What memory holds after the boot. */
export function holds(what: (boot: ObservedBoot) => unknown, value: unknown): Part {
  return (boot) => expect(what(boot)).toEqual(value);
}

/** What memory holds when a function is entered for the first time. */
export function sees(at: string, probe: Probe, value: unknown): Part {
  return { at, probe, check: (boot) => expect(boot.saw(probe), `at ${at}`).toEqual(value) };
}

/** Kernel threads of these names, each pid 2's child. */
export function threads(...names: string[]): Part {
  return (boot) => {
    const tasks = boot.memory.tasks();
    for (const name of names) {
      expect(tasks, name).toContainEqual(expect.objectContaining({ comm: name, parent: 2 }));
    }
  };
}

/** The same of each CPU. */
export function threadsOfEachCpu(prefix: string, suffix = ""): Part {
  return (boot) => {
    const tasks = boot.memory.tasks().map(({ comm }) => comm);
    for (let cpu = 0; cpu < boot.harts; cpu++) expect(tasks).toContain(`${prefix}/${cpu}${suffix}`);
  };
}

export function console(pattern: RegExp): Part {
  return (boot) => expect(boot.output).toMatch(pattern);
}

export function says(value: (harts: number) => RegExp): Part {
  return (boot) => expect(boot.output).toMatch(value(boot.harts));
}
