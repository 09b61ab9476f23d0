/** Every row of the documented boot path, one test each, on several numbers of harts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CreateOptions, FileDisk } from "../../../host/node/index.ts";
import { DISK_TOOLS, makeDisk } from "../../tools/ext2-disk.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { LATER_ROWS } from "./later-rows.ts";
import { MISSING } from "./missing.ts";
import { ObservedBoot, type Probe } from "./observed-boot.ts";
import { START_KERNEL_ROWS } from "./start-kernel-rows.ts";

const ROWS = [...START_KERNEL_ROWS, ...LATER_ROWS];

const probes = new Map<string, Probe[]>();
for (const { at, probe } of ROWS.flatMap((row) => row.probes))
  probes.set(at, [...(probes.get(at) ?? []), probe]);

test("the list of missing rows names rows, each once", () => {
  const names = ROWS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(MISSING.filter((name) => !names.includes(name))).toEqual([]);
  console.log(
    `boot path: ${names.length - MISSING.length} of ${names.length} rows true; missing: ${MISSING.join("; ")}`,
  );
});

/** Boots on each number of harts and looks at the rows of such boots. */
function boots(
  how: string,
  fromDisk: boolean,
  options: () => Pick<CreateOptions, "append" | "drives">,
): void {
  describe.each([1, 4, 8])(`${how} on %i harts`, (harts) => {
    let boot: ObservedBoot;

    beforeAll(async () => {
      boot = await ObservedBoot.watch(harts, probes, options());
    });

    afterAll(() => boot.dispose());

    test.each(ROWS.filter((row) => row.fromDisk === fromDisk))("$name", ({ name, check }) => {
      if (MISSING.includes(name))
        expect(() => check(boot), `${name} is true now: take it off the list`).toThrow();
      else check(boot);
    });
  });
}

boots("from the RAM disk", false, () => ({}));

requireTool(...DISK_TOOLS)("with a disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-rows-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  boots("from ext2", true, () => {
    const file = makeDisk(join(folder, "root.img"), "4M");
    return { append: "root=/dev/vda rw", drives: [new FileDisk({ file, readonly: false })] };
  });
});
