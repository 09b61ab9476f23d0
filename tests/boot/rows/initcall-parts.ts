/** Which initcalls there are by the sources, at which level, and which the kernel makes when; constructors. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";
import { type KernelMemory, pointer } from "./kernel-memory.ts";
import type { ObservedBoot } from "./observed-boot.ts";
import { changes, type Part } from "./row.ts";

const KERNEL = join(PACKAGE_ROOT, "kernel-image");
/** In the order of the boot, by the names of the macros; the first runs before the other CPUs come. */
const LEVELS = [
  ["early_initcall"],
  ["pure_initcall"],
  ["core_initcall"],
  ["postcore_initcall"],
  ["arch_initcall"],
  ["subsys_initcall"],
  ["fs_initcall"],
  ["rootfs_initcall"],
  ["device_initcall", "module_init"],
  ["late_initcall"],
];
/** The linker's symbols before each level, and behind the last. */
const BOUNDS = ["", "0", "1", "2", "3", "4", "5", "rootfs", "6", "7"]
  .map((level) => `__initcall${level || ""}_start`)
  .concat("__initcall_end");

/** The sources of the kernel itself: without the tests that are modules, the programs and the firmware. */
function sources(folder = KERNEL): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ["build", "user", "firmware", "samples", "prebuilt"].includes(entry.name) ? [] : sources(path);
    const text = entry.name.endsWith(".c") ? readFileSync(path, "utf8") : "";
    return text === "" || text.includes("MODULE_LICENSE") ? [] : [text];
  });
}

/** Level by name, as the sources have it. */
function declared(): Map<string, number> {
  const pattern = new RegExp(`^(${LEVELS.flat().join("|")})\\((\\w+)\\);`, "gm");
  const found = sources().flatMap((text) => [...text.matchAll(pattern)]);
  return new Map(
    found.map(([, macro = "", name = ""]) => [name, LEVELS.findIndex((names) => names.includes(macro))]),
  );
}

interface Entry {
  readonly address: bigint;
  readonly name: string;
  readonly level: number;
}

/** What the linker has collected. */
function linked(memory: KernelMemory): Entry[] {
  const bounds = BOUNDS.map((symbol) => memory.address(symbol));
  const size = memory.c("sizeof(struct initcall_entry)");
  const entries: Entry[] = [];
  for (let address = bounds[0] ?? 0n; address < (bounds.at(-1) ?? 0n); address += size) {
    const level = bounds.findLastIndex((bound) => bound <= address);
    entries.push({
      address,
      level,
      name: memory.text(`${pointer("struct initcall_entry", address)}->name`),
    });
  }
  return entries;
}

/** Each initcall of the sources, once, at its level, while no other level is under way, in the order of the linker. */
export async function initcallsByLevel(boot: ObservedBoot): Promise<void> {
  const watched = await boot.another();
  const { memory } = watched;
  const made: { address: bigint; level: number; pid: bigint }[] = [];
  let entries: Entry[] = [];
  const begun: bigint[] = [];
  let level = 0;
  watched.onEntry("do_pre_smp_initcalls", () => {
    entries = linked(memory);
    return false;
  });
  watched.onEntry("do_initcall_level", (hart) => {
    begun.push(watched.register(hart, "a0"));
    level = begun.length;
  });
  watched.onEntry("do_one_initcall", (hart) => {
    made.push({ address: watched.register(hart, "a0"), level, pid: memory.c("current->pid", hart) });
  });
  await watched.machine.console.expect(/Run \/\S+ as init/);
  watched.dispose();
  expect(Object.fromEntries(entries.map((entry) => [entry.name, entry.level]))).toEqual(
    Object.fromEntries(declared()),
  );
  expect(begun).toEqual(LEVELS.slice(1).map((_, index) => BigInt(index)));
  expect(made).toEqual(entries.map((entry) => ({ address: entry.address, level: entry.level, pid: 1n })));
  expect(new Set(made.map((call) => call.level)).size).toBeGreaterThan(6);
}

/** Those that the kernel has are called here: three, of its own tests. */
export const constructorsRun: readonly Part[] = [
  changes("do_ctors", "constructors_run", 0, 3),
  changes("do_ctors", (memory) => runsOf(memory), [0n, 0n, 0n], [1n, 2n, 3n]),
  {
    check: ({ memory }) =>
      expect((memory.address("__ctors_end") - memory.address("__ctors_start")) / 8n).toBe(3n),
  },
];

const runsOf = (memory: KernelMemory): bigint[] =>
  [0, 1, 2].map((which) => memory.c(`seen[${which}].order`, 0, "ctor_first"));
