/** The counters: what counts as retired, what stands still, and that reading them is exact. */
import { beforeEach, describe, expect, it } from "vitest";
import { csrNumber } from "./encode.ts";
import { machineWith, Probe, powerOff, runToEnd } from "./harness.ts";

let probe: Probe;
beforeEach(async () => {
  probe = await Probe.create();
});
const csr = csrNumber;
const read = (name: string): bigint => {
  expect(probe.exec("csrrs", { rd: 5, csr: csr(name) })).toBe(undefined);
  return probe.x(5);
};

describe("instret", () => {
  it("counts each instruction, and reads what retired before", () => {
    const first = read("minstret");
    expect(read("minstret")).toBe(first + 1n);
    probe.exec("addi");
    probe.exec("c.li", { rd: 6, imm: 1 });
    expect(read("minstret")).toBe(first + 4n);
  });

  it("does not count instructions that trap, while time goes on", () => {
    const first = read("minstret");
    const start = probe.machine.cycles;
    probe.exec("ebreak");
    probe.exec("ecall");
    probe.execWord(0, 2);
    probe.level = "M";
    expect(probe.machine.cycles - start).toBe(3);
    expect(read("minstret")).toBe(first + 1n);
  });

  it("takes a written value after the instruction that wrote it", () => {
    probe.x(6, 1000n);
    probe.exec("csrrw", { csr: csr("minstret"), rs1: 6 });
    expect(read("minstret")).toBe(1000n);
  });

  it("stands still while inhibited and goes on from there", () => {
    probe.exec("csrrwi", { csr: csr("mcountinhibit"), zimm: 4 });
    const still = read("minstret");
    for (let n = 0; n < 5; n++) probe.exec("addi");
    expect(read("minstret")).toBe(still);
    probe.exec("csrrwi", { csr: csr("mcountinhibit"), zimm: 0 });
    // The instruction that ends it retires when counting is on again.
    expect(read("minstret")).toBe(still + 1n);
    expect(read("minstret")).toBe(still + 2n);
  });
});

describe("cycle and time", () => {
  it("go one for each instruction, and one for a hundred", async () => {
    const machine = await machineWith((a) => {
      a.op("csrrs", { rd: 10, csr: csr("cycle") }).op("csrrs", { rd: 12, csr: csr("time") });
      a.li(5, 5000)
        .label("loop")
        .op("addi", { rd: 5, rs1: 5, imm: -1 })
        .to("loop", "bne", { rs1: 5, rs2: 0 });
      a.op("csrrs", { rd: 11, csr: csr("cycle") }).op("csrrs", { rd: 13, csr: csr("time") });
      powerOff(a);
    });
    runToEnd(machine);
    const value = (name: string): bigint => machine.registers.read(0, name) as bigint;
    // Two instructions load 5000, two are the reads of time and of cycle themselves.
    expect(value("a1") - value("a0")).toBe(10_000n + 4n);
    expect(value("a3") - value("a2")).toBe(100n);
  });

  it("have written values that the unprivileged names show", () => {
    probe.x(6, 123_456n);
    probe.exec("csrrw", { csr: csr("mcycle"), rs1: 6 });
    const now = read("cycle");
    expect(now).toBeGreaterThanOrEqual(123_456n);
    expect(now).toBeLessThan(123_460n);
    probe.exec("csrrwi", { csr: csr("mcountinhibit"), zimm: 1 });
    expect(read("cycle")).toBe(read("cycle"));
  });
});
