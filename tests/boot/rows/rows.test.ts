/** Every row of the documented boot path, one test each, on several numbers of harts. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireTool } from "../../tools/require-tool.ts";
import { BASIC_SETUP_ROWS } from "./basic-setup-rows.ts";
import { EARLY_ROWS } from "./early-rows.ts";
import { EXEC_ROWS } from "./exec-rows.ts";
import { IDLE_ROWS } from "./idle-rows.ts";
import { KERNEL_INIT_ROWS } from "./kernel-init-rows.ts";
import { ObservedBoot } from "./observed-boot.ts";
import { ROWS_OF_PAGE } from "./page.ts";
import type { Row } from "./row.ts";
import { SCHEDULER_ROWS } from "./scheduler-rows.ts";
import { START_KERNEL_ROWS } from "./start-kernel-rows.ts";
import { THREAD_ROWS } from "./thread-rows.ts";
import { USER_SPACE_ROWS } from "./user-space-rows.ts";

const ROWS = [
  ...EARLY_ROWS,
  ...START_KERNEL_ROWS,
  ...SCHEDULER_ROWS,
  ...IDLE_ROWS,
  ...THREAD_ROWS,
  ...KERNEL_INIT_ROWS,
  ...BASIC_SETUP_ROWS,
  ...EXEC_ROWS,
  ...USER_SPACE_ROWS,
];

test("the tests are the rows of docs/boot-path.md, in its order", () => {
  expect(ROWS.map(({ name }) => name)).toEqual(ROWS_OF_PAGE);
});

function one({ name, check }: Row, boot: () => ObservedBoot): void {
  test(name, () => check(boot()));
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
