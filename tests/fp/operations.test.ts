/** Every floating-point operation against QEMU: values and flags, in all rounding modes, 100,000 cases each. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireTool } from "../tools/require-tool.ts";
import { compare } from "./compare.ts";
import { Random } from "./operands.ts";
import { OPERATIONS } from "./operations.ts";
import { Oracle } from "./oracle.ts";
import { Subject } from "./subject.ts";

const CASES = 100_000;

requireTool("qemu-riscv64", "riscv64-linux-gnu-gcc")("floating-point operations agree with QEMU", () => {
  let subject: Subject;
  let oracle: Oracle;
  beforeAll(async () => {
    subject = await Subject.create();
    oracle = new Oracle(OPERATIONS);
  });
  afterAll(() => oracle?.close());

  for (const [index, operation] of OPERATIONS.entries()) {
    test(operation.name, () => {
      const outcome = compare(subject, oracle, { operation, index }, new Random(index + 1), CASES);
      expect(outcome.differences).toEqual([]);
      expect(outcome.cases).toBeGreaterThanOrEqual(CASES);
    });
  }
});
