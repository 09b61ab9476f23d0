/** Every row of the documented boot path, one test each, on several numbers of harts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/require-tool.ts";
import { EARLY_ROWS } from "./early-rows.ts";
import { IDLE_ROWS } from "./idle-rows.ts";
import { KERNEL_INIT_ROWS } from "./kernel-init-rows.ts";
import { LATER_ROWS } from "./later-rows.ts";
import { MISSING } from "./missing.ts";
import { ObservedBoot } from "./observed-boot.ts";
import { ROWS_OF_PAGE } from "./page.ts";
import type { Row } from "./row.ts";
import { SCHEDULER_ROWS } from "./scheduler-rows.ts";
import { START_KERNEL_ROWS } from "./start-kernel-rows.ts";
import { THREAD_ROWS } from "./thread-rows.ts";

const ROWS = [
  ...EARLY_ROWS,
  ...START_KERNEL_ROWS,
  ...SCHEDULER_ROWS,
  ...IDLE_ROWS,
  ...THREAD_ROWS,
  ...KERNEL_INIT_ROWS,
  ...LATER_ROWS,
];

test("the tests are the rows of docs/boot-path.md, in its order", () => {
  expect(ROWS.map(({ name }) => name)).toEqual(ROWS_OF_PAGE);
});

test("the list of missing rows names rows, each once", () => {
  const names = ROWS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(MISSING.filter((name) => !names.includes(name))).toEqual([]);
  console.log(
    `boot path: ${names.length - MISSING.length} of ${names.length} rows true; missing: ${MISSING.join("; ")}`,
  );
});

function one({ name, check }: Row, boot: () => ObservedBoot): void {
  const checked = async (): Promise<void> => {
    if (!MISSING.includes(name)) return check(boot());
    await expect(check(boot()), `${name} is true now: take it off the list`).rejects.toThrow();
  };
  test(name, checked);
}

describe.each([1, 4, 8])("on %i harts", (harts) => {
  let boot: ObservedBoot;

  beforeAll(async () => {
    const moments = ROWS.flatMap((row) => row.moments);
    boot = await ObservedBoot.watch(
      harts,
      moments,
      ROWS.flatMap(({ enters }) => enters),
    );
  });

  afterAll(() => boot.dispose());

  for (const row of ROWS) {
    if (row.needs.length > 0) requireTool(...row.needs)("with tools", () => one(row, () => boot));
    else one(row, () => boot);
  }
});
