/** Every row of the documented boot path, one test each, on several numbers of harts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

describe.each([1, 4, 8])("on %i harts", (harts) => {
  let boot: ObservedBoot;

  beforeAll(async () => {
    boot = await ObservedBoot.watch(harts, probes);
  });

  afterAll(() => boot.dispose());

  test.each(ROWS)("$name", ({ name, check }) => {
    if (MISSING.includes(name))
      expect(() => check(boot), `${name} is true now: take it off the list`).toThrow();
    else check(boot);
  });
});
