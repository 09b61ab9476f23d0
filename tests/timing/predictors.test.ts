/** What fetch words have to do with predictions: mispredictions counted by hand. */
import { expect, test } from "vitest";
import type { Assembler } from "../core/assembler.ts";
import { machineWith, powerOff } from "../core/harness.ts";

const ROUNDS = 20;
/** c.nop. */
const NOP = 1;
const [COUNT, KEPT, ONE] = [9, 18, 10];

/**
 * Calls in rounds a function that calls one which ends in a branch that is never taken and, in the same fetch word or the next one, its
 * return.
 */
function nestedCalls(a: Assembler, inOneWord: boolean): void {
  const aligned = (): void => {
    if (a.here % 4 !== 0) a.half(NOP);
  };
  a.li(COUNT, ROUNDS).li(ONE, 1).to("main", "jal");
  aligned();
  a.label("inner");
  if (!inOneWord) a.half(NOP);
  a.op("c.beqz", { rs1: ONE, imm: 4 }).op("c.jr", { rs1: 1 }).half(NOP);
  aligned();
  a.label("outer").op("addi", { rd: KEPT, rs1: 1 }).to("inner", "jal", { rd: 1 });
  a.op("addi", { rd: 1, rs1: KEPT }).op("jalr", { rs1: 1 });
  aligned();
  a.label("main").label("round").to("outer", "jal", { rd: 1 });
  a.op("addi", { rd: COUNT, rs1: COUNT, imm: -1 }).to("round", "bne", { rs1: COUNT });
  powerOff(a);
}

async function mispredictions(inOneWord: boolean, plain: boolean): Promise<number> {
  const machine = await machineWith((a) => nestedCalls(a, inOneWord));
  machine.core.plainTiming = plain;
  machine.setTiming("cva6");
  machine.run({ cycles: 100_000 });
  expect(machine.halted).toBeDefined();
  return machine.stats()[0]?.events.mispredict ?? Number.NaN;
}

test.each([true, false])(
  "a return in the word of a branch before it stays on the return stack (plain: %s)",
  async (plain) => {
    // The outer return then finds the inner one's address, in each round; the loop's exit is mispredicted in both.
    expect((await mispredictions(true, plain)) - (await mispredictions(false, plain))).toBe(ROUNDS);
  },
);
