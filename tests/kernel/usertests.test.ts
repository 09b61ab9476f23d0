/** The kernel's tests from inside: each test of usertests is a test here, read from the KTAP that it writes. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { INITRAMFS } from "../boot/images.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";

const USER = join(PACKAGE_ROOT, "kernel-image/user");
const SOURCES = join(USER, "usertests");
const LIMIT_MS = 500_000;

const names = readdirSync(SOURCES)
  .filter((file) => file.endsWith(".c"))
  .sort()
  .flatMap((file) => [...readFileSync(join(SOURCES, file), "utf8").matchAll(/^TEST\((\w+), (\w+)\)$/gm)])
  .map(([, suite, name]) => `${suite}.${name}`);

function build(): Uint8Array {
  const target = "../build/user/strip/usertests";
  const make = spawnSync("make", ["-s", target], { cwd: USER, encoding: "utf8" });
  expect(make.status, make.stderr).toBe(0);
  return readFileSync(join(USER, target));
}

/** What KTAP says of each test: undefined for success, otherwise the sentence of the failure. */
function results(ktap: string): Map<string, string | undefined> {
  const lines = ktap.replace(/\r/g, "").split("\n");
  return new Map(
    lines.flatMap((line, index) => {
      const found = /(not )?ok \d+ (\w+\.\w+)$/.exec(line);
      const why = found?.[1] ? (lines[index + 1]?.replace(/^# /, "") ?? "no reason given") : undefined;
      return found ? [[found[2] as string, why] as const] : [];
    }),
  );
}

test("there are at least 150, and no two have one name", () => {
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});

requireTool("riscv64-linux-gnu-gcc", "make")("usertests", () => {
  describeInEachPlace("every test succeeds and (looked for here, not on QEMU) leaks nothing", (place) => {
    let guest: Guest;
    let told: Map<string, string | undefined>;

    beforeAll(async () => {
      const initrd = [readFileSync(INITRAMFS), archive([program("bin/usertests", build())])];
      guest = await bootGuest(place, { initrd });
      const shell = await Shell.login(guest);
      told = results(
        await shell.run(place.machine === "QEMU" ? "usertests -n -t 150; true" : "usertests; true"),
      );
    }, LIMIT_MS);

    afterAll(() => guest?.dispose());

    test.each(names)("%s", (name) => {
      expect([...told.keys()]).toContain(name);
      expect(told.get(name)).toBeUndefined();
    });
  });
});
