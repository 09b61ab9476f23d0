/** The kernel's tests from inside: each test of usertests is a test here, read from the KTAP that it writes. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { buildUsertests, names, results } from "./usertests.ts";

const LIMIT_MS = 500_000;

test("there are at least 150, and no two have one name", () => {
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});

requireTool("riscv64-linux-gnu-gcc", "make")("usertests", () => {
  describeInEachPlace("every test succeeds and (looked for here, not on QEMU) leaks nothing", (place) => {
    let guest: Guest;
    let told: Map<string, string | undefined>;

    beforeAll(async () => {
      const initrd = [readFileSync(INITRAMFS), archive([program("bin/usertests", buildUsertests())])];
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
