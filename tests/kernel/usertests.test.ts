/** The kernel's tests from inside: each test of usertests is a test here, read from the KTAP that it writes. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { DISK_TOOLS, fsck, makeDisk } from "../tools/ext2-disk.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { buildUsertests, names, results } from "./usertests.ts";

test("there are at least 150, and no two have one name", () => {
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});

requireTool(
  "riscv64-linux-gnu-gcc",
  "make",
  ...DISK_TOOLS,
)("usertests", () => {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-usertests-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describeInEachPlace("every test succeeds and (looked for here, not on QEMU) leaks nothing", (place) => {
    let guest: Guest;
    let told: Map<string, string | undefined>;
    const disk = join(folder, `${place.machine}${place.harts}.img`);

    beforeAll(async () => {
      const initrd = [readFileSync(INITRAMFS), archive([program("bin/usertests", buildUsertests())])];
      makeDisk(disk, "8M", { system: false }, ["-b", "1024"]);
      guest = await bootGuest(place, { initrd, disk });
      const shell = await Shell.login(guest);
      told = results(
        await shell.run(place.machine === "QEMU" ? "usertests -n -t 150; true" : "usertests; true"),
      );
    });

    afterAll(() => guest?.dispose());

    test("the disk is in order afterwards", () => {
      expect(fsck(disk, "-n")).toMatchObject({ status: 0 });
    });

    test.each(names)("%s", (name) => {
      expect([...told.keys()]).toContain(name);
      expect(told.get(name)).toBeUndefined();
    });
  });
});
