/** The kernel's tests of itself: each KUnit case is a test here, read from the KTAP that it tells on the console. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { INITRAMFS } from "../boot/images.ts";
import { bootGuest, describeInEachPlace, type Guest, type Place } from "../tools/guest.ts";
import { kunitResults } from "../tools/ktap.ts";

const FOLDERS = ["lib/tests", "kernel/tests", "mm/tests"];
const PLACES: readonly Place[] = [
  { machine: "hartbeat", harts: 1 },
  { machine: "hartbeat", harts: 4 },
  { machine: "hartbeat", harts: 8 },
  { machine: "QEMU", harts: 4 },
];

const sources = FOLDERS.flatMap((folder) => {
  const path = join(PACKAGE_ROOT, "kernel-image", folder);
  return readdirSync(path).map((file) => readFileSync(join(path, file), "utf8"));
});
const inKernel = sources.filter((source) => !source.includes("MODULE_LICENSE"));
const cases = inKernel.flatMap((source) =>
  [...source.matchAll(/KUNIT_CASE\((\w+)\)/g)].map(([, name]) => name as string),
);
const suites = inKernel.flatMap((source) =>
  [...source.matchAll(/^\t\.name = "(\w+)",$/gm)].map(([, name]) => name),
);

test("no two cases have one name", () => {
  expect(cases.length).toBeGreaterThan(60);
  expect(new Set(cases).size).toBe(cases.length);
});

describeInEachPlace(
  "kunit.enable=1",
  (place) => {
    let guest: Guest;
    let told: ReturnType<typeof kunitResults>;

    beforeAll(async () => {
      const append = "kunit.enable=1 kunit_shutdown=poweroff";
      guest = await bootGuest(place, { initrd: [readFileSync(INITRAMFS)], append });
      await guest.ended();
      told = kunitResults(guest.output);
    });

    afterAll(() => guest?.dispose());

    test("the plan names all suites, and each is there once", () => {
      expect(told.plan).toBe(suites.length);
      expect([...told.suites.keys()].sort()).toEqual([...suites].sort());
    });

    test.each(cases)("%s", (name) => {
      expect([...told.cases.keys()]).toContain(name);
      const said = told.cases.get(name) ?? [];
      // A case may be left out for one reason only.
      const cpus = Number(/^takes (\d+) CPUs$/.exec(said.at(-1) ?? "")?.[1] ?? 0);
      if (cpus <= place.harts) expect(said).toEqual([]);
    });

    test("they run before the init sections go, and the machine goes off behind them", () => {
      expect(guest.output).toMatch(/KTAP version 1[\s\S]*reboot: Power down/);
      expect(guest.output).not.toMatch(/Freeing unused kernel image|as init process/);
    });
  },
  PLACES,
);

describeInEachPlace(
  "kunit.filter_glob=",
  (place) => {
    test("leaves the suites that match, and the boot goes on", async () => {
      const append = "kunit.enable=1 kunit.filter_glob=?ist*";
      const guest = await bootGuest(place, { initrd: [readFileSync(INITRAMFS)], append });
      try {
        await guest.expect(/login: /);
        const told = kunitResults(guest.output);
        expect([...told.suites]).toEqual([["list", true]]);
        expect(guest.output).toMatch(
          /ok 1 list\r?\n[\s\S]*Freeing unused kernel image[\s\S]*as init process/,
        );
      } finally {
        guest.dispose();
      }
    });
  },
  [{ machine: "hartbeat", harts: 1 }],
);
