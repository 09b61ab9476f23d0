/** Guests that measure themselves: the counters that they program show what machine.stats() says. */
import { expect, test } from "vitest";
import type { Machine } from "../../host/machine.ts";
import type { HartStats } from "../../host/timing/timing.ts";
import { EVENTS } from "../../spec/timing-layout.ts";
import type { Assembler } from "../core/assembler.ts";
import { csrNumber } from "../core/encode.ts";
import { machineWith, powerOff } from "../core/harness.ts";

/** Counted one by one in mhpmcounter3 and those behind it. */
const COUNTED = EVENTS.slice(1, 23).filter((name) => name !== "exceptionReturn");
const FIRST = 3;
/** Offset of the results in x10's page. */
const RESULTS = 1040;

/** Loads, stores, multiplications, divisions and branches on data of x10's page. */
function kernel(a: Assembler): void {
  a.li(9, 40).label("loop");
  a.op("ld", { rd: 6, rs1: 10 }).op("mul", { rd: 6, rs1: 6, rs2: 9 }).op("addi", { rd: 7, rs1: 6, imm: 3 });
  a.op("divu", { rd: 7, rs1: 6, rs2: 9 }).op("sd", { rs1: 10, rs2: 7, imm: 1024 });
  a.op("andi", { rd: 7, rs1: 9, imm: 3 }).to("odd", "bne", { rs1: 7, rs2: 0 });
  a.op("amoadd.d", { rd: 7, rs1: 10, rs2: 9 });
  a.label("odd").op("addi", { rd: 9, rs1: 9, imm: -1 }).to("loop", "bne", { rs1: 9, rs2: 0 });
}

interface Measured {
  readonly machine: Machine;
  readonly before: HartStats;
  readonly after: HartStats;
}

/** Runs a program up to labels `start` and `stop`, of which it has one each. */
async function between(plain: boolean, code: (a: Assembler) => void): Promise<Measured> {
  let places: readonly number[] = [];
  const machine = await machineWith((a) => {
    code(a);
    places = ["start", "stop"].map((label) => a.addressOf(label));
  });
  machine.core.plainTiming = plain;
  machine.setTiming("cva6");
  const [before, after] = places.map((place) => {
    for (let steps = 0; steps < 100_000; steps++) {
      if (Number(machine.core.hart(0).get("pc")) === place) break;
      machine.run({ cycles: 1 });
    }
    expect(Number(machine.core.hart(0).get("pc"))).toBe(place);
    return machine.stats()[0] as HartStats;
  });
  return { machine, before: before as HartStats, after: after as HartStats };
}

test.each([true, false])("a guest's counters are the machine's (plain: %s)", async (plain) => {
  const { machine, before, after } = await between(plain, (a) => {
    a.op("auipc", { rd: 10 });
    for (const [index, name] of COUNTED.entries()) {
      a.li(5, EVENTS.indexOf(name)).op("csrrw", { csr: csrNumber(`mhpmevent${FIRST + index}`), rs1: 5 });
      a.op("csrrw", { csr: csrNumber(`mhpmcounter${FIRST + index}`) });
    }
    // All stand still but between these two.
    a.li(5, -1).op("csrrw", { csr: csrNumber("mcountinhibit"), rs1: 5 });
    for (const [index] of COUNTED.entries()) a.op("csrrw", { csr: csrNumber(`mhpmcounter${FIRST + index}`) });
    a.op("csrrw", { csr: csrNumber("mcycle") }).op("csrrw", { csr: csrNumber("minstret") });
    a.op("csrrw", { csr: csrNumber("mcountinhibit") });
    a.label("start");
    kernel(a);
    a.op("csrrw", { csr: csrNumber("mcountinhibit"), rs1: 5 });
    a.label("stop");
    for (const [index] of COUNTED.entries()) {
      a.op("csrrs", { rd: 6, csr: csrNumber(`mhpmcounter${FIRST + index}`) });
      a.op("sd", { rs1: 10, rs2: 6, imm: RESULTS + 8 * index });
    }
    a.op("csrrs", { rd: 18, csr: csrNumber("mcycle") }).op("csrrs", { rd: 19, csr: csrNumber("minstret") });
    powerOff(a);
  });
  machine.run({ cycles: 100_000 });
  expect(machine.halted).toBeDefined();
  const base = Number(machine.core.hart(0).get("x", 10)) + RESULTS;
  const view = machine.core.view(base, 8 * COUNTED.length) as DataView | Uint8Array;
  const words = new DataView(view.buffer, view.byteOffset, view.byteLength);
  for (const [index, name] of COUNTED.entries()) {
    expect(Number(words.getBigUint64(8 * index, true)), name).toBe(after.events[name] - before.events[name]);
  }
  // The measured difference has the reading instruction in it.
  const register = (number: number): number => Number(machine.core.hart(0).get("x", number));
  expect(Math.abs(register(18) - (after.cycles - before.cycles))).toBeLessThanOrEqual(1);
  expect(Math.abs(register(19) - (after.instructions - before.instructions))).toBeLessThanOrEqual(1);
  expect(after.events.issueStall - before.events.issueStall).toBeGreaterThan(40);
});

test.each([
  ["mcounteren", 7, true],
  ["mcounteren", 0, false],
] as const)("U-mode reads its counters as %s = %d allows", async (name, value, allowed) => {
  const machine = await machineWith((a) => {
    const csr = (register: string): number => csrNumber(register);
    a.op("auipc", { rd: 10 }).op("addi", { rd: 11, rs1: 10, imm: 0x200 });
    a.op("csrrw", { csr: csr("mtvec"), rs1: 11 });
    a.li(5, -1)
      .op("csrrw", { csr: csr("pmpaddr0"), rs1: 5 })
      .li(5, 0x1f)
      .op("csrrw", { csr: csr("pmpcfg0"), rs1: 5 });
    a.li(5, 7).op("csrrw", { csr: csr("scounteren"), rs1: 5 });
    a.li(5, value).op("csrrw", { csr: csr(name), rs1: 5 });
    a.op("addi", { rd: 12, rs1: 10, imm: 0x100 })
      .op("csrrw", { csr: csr("mepc"), rs1: 12 })
      .op("mret");
    while (a.here < 0x8000_0100) a.op("addi");
    a.op("csrrs", { rd: 18, csr: csr("cycle") });
    for (let i = 0; i < 10; i++) a.op("addi", { rd: 7, rs1: 7, imm: 1 });
    a.op("csrrs", { rd: 19, csr: csr("cycle") })
      .op("csrrs", { rd: 20, csr: csr("instret") })
      .op("ecall");
    while (a.here < 0x8000_0200) a.op("addi");
    a.op("csrrs", { rd: 21, csr: csr("mcause") });
    powerOff(a);
  });
  machine.setTiming("cva6");
  machine.run({ cycles: 10_000 });
  const register = (number: number): number => Number(machine.core.hart(0).get("x", number));
  expect(machine.halted).toBeDefined();
  expect(register(21)).toBe(allowed ? 8 : 2);
  if (!allowed) return;
  // Ten instructions, one a cycle, between two readings of two cycles.
  expect(register(19) - register(18)).toBeGreaterThanOrEqual(12);
  expect(register(19) - register(18)).toBeLessThan(60);
  expect(register(20)).toBeGreaterThan(10);
});
