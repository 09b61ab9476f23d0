/** The table of usertests/pointers.c has every system call that takes an address from its caller. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";

const KERNEL = join(PACKAGE_ROOT, "kernel-image");

/** Calls that take an address and are not in the table, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  set_tid_address: "the address is used when the thread ends, and may be any",
  set_robust_list: "the address is used when the thread ends, and may be any",
  reboot: "the address is that of a word for a command which this kernel does not have",
  epoll_pwait: "waits for an event before it uses the address",
  epoll_pwait2: "waits for an event before it uses the address",
  syslog: "after it was cleared there is nothing to tell",
  wait4: "a child that is collected stays collected",
  accept: "waits for a peer before it uses the address",
  accept4: "waits for a peer before it uses the address",
  recvfrom: "takes what it cannot deliver",
  getpeername: "as getsockname",
  getgroups: "there are no groups to tell",
  preadv2: "as preadv",
  pwritev2: "as pwritev",
  copy_file_range: "needs two files",
  rt_tgsigqueueinfo: "as rt_sigqueueinfo",
  finit_module: "reads the module before it uses the address",
  riscv_hwprobe: "tells of nothing when the count is 0",
};

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return name.endsWith(".c") ? [readFileSync(path, "utf8")] : [];
  });
}

test("every call with an address is tried with bad ones", () => {
  const calls = ["arch", "fs", "kernel", "mm", "net", "security"]
    .flatMap((folder) => sources(join(KERNEL, folder)))
    .flatMap((text) => [...text.matchAll(/^SYSCALL_DEFINE\d\((\w+),([^{]*?)\)\n\{/gm)])
    .filter(([, , parameters]) => /__user/.test(parameters as string))
    .map(([, name]) => name as string);
  const tried = new Set(
    [...readFileSync(join(KERNEL, "user/usertests/pointers.c"), "utf8").matchAll(/\{ "(\w+)", \d+, \{/g)].map(
      ([, name]) => name as string,
    ),
  );
  expect(calls.length).toBeGreaterThan(100);
  expect(calls.filter((name) => !tried.has(name) && !(name in ELSEWHERE))).toEqual([]);
  expect(Object.keys(ELSEWHERE).filter((name) => tried.has(name) || !calls.includes(name))).toEqual([]);
});
