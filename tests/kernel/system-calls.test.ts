/** The kernel's table of system calls and the README's list of what is missing, compared with Linux's own numbers. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { archive, bootGuest, program, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { readSource } from "../tools/sources.ts";
import { findTool } from "../tools/tools.ts";
import { buildUsertests } from "./usertests.ts";

const TABLE = "kernel-image/kernel/syscall_table.c";
const README = "kernel-image/README.md";

/** Pairs of a name and a number that a pattern finds in a text. */
function pairs(text: string, pattern: RegExp): Map<number, string> {
  const found = [...text.matchAll(pattern)].map(
    ({ groups }) => [Number(groups?.number), groups?.name ?? ""] as const,
  );
  expect(new Set(found.map(([number]) => number)).size, "each number once").toBe(found.length);
  return new Map(found);
}

const present = (): Map<number, string> => pairs(readSource(TABLE), /call\((?<number>\d+), (?<name>\w+)\)/g);

function missing(): Map<number, string> {
  const section = /## System calls\n([\s\S]*?)\n## /.exec(readSource(README))?.[1] ?? "";
  const rows = section.split("\n").filter((line) => /^\| [^-]/.test(line));
  const cells = rows.slice(1).map((row) => row.split("|")[2] ?? "");
  return pairs(cells.join(","), /(?<name>\w+) (?<number>\d+)/g);
}

/** The numbers in Linux's header for riscv64, as the compiler sees them. */
function linux(): Map<number, string> {
  const gcc = findTool("riscv64-linux-gnu-gcc") as string;
  const names = spawnSync(gcc, ["-E", "-dM", "-x", "c", "-"], {
    input: "#include <asm/unistd.h>\n",
    encoding: "utf8",
  });
  const known = [...names.stdout.matchAll(/^#define __NR_([a-z]\w*) /gm)].map(([, name]) => name as string);
  const wanted = known.filter((name) => name !== "syscalls" && name !== "arch_specific_syscall");
  const source = `#include <asm/unistd.h>\n${wanted.map((name) => `@${name} __NR_${name}`).join("\n")}\n`;
  const values = spawnSync(gcc, ["-E", "-P", "-x", "c", "-"], { input: source, encoding: "utf8" }).stdout;
  const lines = [...values.matchAll(/^@(\w+) \(?(\d+)(?: \+ (\d+)\))?$/gm)];
  return new Map(lines.map(([, name, a, b]) => [Number(a) + Number(b ?? 0), name as string]));
}

describe("system calls", () => {
  test("none is both in the kernel and missing", () => {
    const both = [...missing()].filter(([number]) => present().has(number));
    expect(both, `take these off the list in ${README}`).toEqual([]);
  });

  requireTool("riscv64-linux-gnu-gcc", "riscv64-libc")("beside Linux's", () => {
    test("every one of Linux's is there or listed as missing, under its name", () => {
      const official = linux();
      expect(official.size).toBeGreaterThan(300);
      const ours = new Map([...missing(), ...present()]);
      const wrong = [...official].filter(([number, name]) => ours.get(number) !== name);
      expect(wrong, `put these on the list in ${README} or into ${TABLE}`).toEqual([]);
    });
  });

  requireTool("riscv64-linux-gnu-gcc", "make")("one that is missing", () => {
    test("is told once for its number, in the log and not on the console", async () => {
      const initrd = [readFileSync(INITRAMFS), archive([program("bin/usertests", buildUsertests())])];
      const guest = await bootGuest({ machine: "hartbeat", harts: 1 }, { initrd });
      try {
        const shell = await Shell.login(guest);
        const told = await shell.run("usertests -n processes; usertests -n processes");
        expect(told.match(/^ok \d+ processes\.unknown_calls_are_ENOSYS$/gm)).toHaveLength(2);
        expect(guest.output).not.toMatch(/is not implemented/);
        const lines = (await shell.run("dmesg -r"))
          .split("\n")
          .filter((line) => /not implemented/.test(line));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/^<7>\[ *\d+\.\d+\] usertests\[\d+\]: system call 430 is not implemented$/);
      } finally {
        guest.dispose();
      }
    });
  });
});
