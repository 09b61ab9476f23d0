/** Interrupts: which is taken first, at which level, and how a hart waits for one. */
import { beforeEach, describe, expect, it } from "vitest";
import { MACHINE_MAP, RAM_BASE } from "../../spec/machine-map.ts";
import { INTERRUPT, MSTATUS_BIT } from "../../spec/riscv.ts";
import { csrNumber } from "./encode.ts";
import { type Level, machineWith, Probe, powerOff, runToEnd } from "./harness.ts";

/** "in decreasing priority order" (privileged manual, section 3.1.9). */
const ORDER = ["MEI", "MSI", "MTI", "SEI", "SSI", "STI"] as const;
const bit = (name: keyof typeof INTERRUPT): bigint => 1n << BigInt(INTERRUPT[name]);
const all = ORDER.reduce((sum, name) => sum | bit(name), 0n);
const TOP = 1n << 63n;

let probe: Probe;
beforeEach(async () => {
  probe = await Probe.create();
});

/** Raises interrupts, from controllers or by software. */
function raise(...names: ReadonlyArray<keyof typeof INTERRUPT>): void {
  for (const name of names) {
    if (name.startsWith("M")) probe.machine.core.setLine(0, INTERRUPT[name], true);
    else probe.csr("mip", (probe.csr("mip") & 0x222n) | bit(name));
  }
}

/** The interrupt that is taken before a nop, and the level that takes it. */
function taken(level: Level, enables: bigint): string | undefined {
  probe.csr("mstatus", enables);
  probe.level = level;
  probe.csr("mcause", 0n);
  probe.csr("scause", 0n);
  // The first instruction of a handler is executed at once: a jump to itself.
  for (const handler of [RAM_BASE + 0x2000, RAM_BASE + 0x3000]) probe.memory(handler, 0x6fn);
  const trap = probe.exec("addi");
  if (!trap) return undefined;
  const name = ORDER.find((candidate) => trap.cause === (TOP | BigInt(INTERRUPT[candidate])));
  return `${name} in ${trap.level}`;
}

const MIE = 1n << BigInt(MSTATUS_BIT.MIE);
const SIE = 1n << BigInt(MSTATUS_BIT.SIE);

describe("of two interrupts", () => {
  const pairs = ORDER.flatMap((first, index) =>
    ORDER.slice(index + 1).map((second) => [first, second] as const),
  );
  it.each(pairs)("%s comes before %s", (first, second) => {
    probe.csr("mie", all);
    raise(second, first);
    expect(taken("M", MIE)).toBe(`${first} in M`);
  });

  it("one for M-mode comes before a delegated one, whatever they are", () => {
    probe.csr("mie", all);
    probe.csr("mideleg", bit("SEI"));
    raise("SEI", "STI");
    expect(taken("S", SIE)).toBe("STI in M");
  });
});

describe("an interrupt is taken", () => {
  it("by M-mode from below always, in M-mode with MIE", () => {
    probe.csr("mie", all);
    raise("MTI");
    expect(["U", "S", "M"].map((level) => taken(level as Level, 0n))).toEqual([
      "MTI in M",
      "MTI in M",
      undefined,
    ]);
    expect(taken("M", MIE)).toBe("MTI in M");
  });

  it("when delegated, by S-mode from U always, in S-mode with SIE, in M-mode never", () => {
    probe.csr("mie", all);
    probe.csr("mideleg", bit("SSI"));
    raise("SSI");
    expect(taken("U", 0n)).toBe("SSI in S");
    expect(taken("S", 0n)).toBe(undefined);
    expect(taken("S", SIE)).toBe("SSI in S");
    expect(taken("M", MIE | SIE)).toBe(undefined);
  });

  it("only when mie has its bit", () => {
    probe.csr("mie", all & ~bit("MSI"));
    raise("MSI");
    expect(taken("U", MIE)).toBe(undefined);
  });

  it("at base + 4 x cause when vectored, exceptions at base", () => {
    const base = BigInt(RAM_BASE + 0x2000);
    probe.csr("mtvec", base | 1n);
    probe.csr("mie", all);
    raise("MTI");
    probe.memory(Number(base) + 4 * INTERRUPT.MTI, 0x6fn);
    probe.level = "U";
    probe.exec("addi");
    expect(probe.csr("pc")).toBe(base + 28n);
    probe.csr("mie", 0n);
    probe.exec("ebreak");
    expect(probe.csr("pc")).toBe(base);
  });
});

describe("wfi", () => {
  const CLINT = MACHINE_MAP.clint.base;
  const csr = csrNumber;

  it("lets time pass to the timer, in no host time", async () => {
    // mtimecmp = 10^7 ticks: one second.
    const machine = await machineWith((a) => {
      a.li(5, CLINT + 0x4000)
        .li(6, 10_000_000)
        .op("sd", { rs1: 5, rs2: 6 });
      a.li(5, 0x80)
        .op("csrrw", { csr: csr("mie"), rs1: 5 })
        .op("wfi");
      a.op("csrrs", { rd: 10, csr: csr("time") });
      powerOff(a);
    });
    runToEnd(machine, 2_000_000_000);
    expect(machine.cycles).toBeGreaterThanOrEqual(1_000_000_000);
    expect(machine.cycles).toBeLessThan(1_000_000_100);
    expect(machine.registers.read(0, "a0")).toBe(10_000_000n);
    // Only what came before and after was executed.
    expect(machine.instructions).toBeLessThan(60);
  });

  it("does not wait when an enabled interrupt is pending, though it cannot be taken", async () => {
    const machine = await machineWith((a) => {
      a.op("csrrwi", { csr: csr("mip"), zimm: 2 })
        .op("csrrwi", { csr: csr("mie"), zimm: 2 })
        .op("wfi");
      powerOff(a);
    });
    runToEnd(machine, 1000);
  });

  it("waits when what is pending is not enabled", async () => {
    const machine = await machineWith((a) => {
      a.op("csrrwi", { csr: csr("mip"), zimm: 2 }).op("wfi");
      powerOff(a);
    });
    expect(machine.run({ cycles: 5000 })).toBe("cycles");
    expect(machine.idle).toBe(true);
    expect(machine.cycles).toBe(5000);
    machine.core.setLine(0, INTERRUPT.MSI, true);
    expect(machine.run({ cycles: 5000 })).toBe("cycles");
    machine.registers.write(0, "mie", bit("MSI"));
    expect(machine.run({ cycles: 5000 })).toBe("halted");
  });

  it("ends in the handler, with mepc behind it, when the interrupt can be taken", async () => {
    const machine = await machineWith((a) => {
      a.address(5, "handler").op("csrrw", { csr: csr("mtvec"), rs1: 5 });
      a.li(5, CLINT + 0x4000)
        .li(6, 100)
        .op("sd", { rs1: 5, rs2: 6 });
      a.li(5, 0x80)
        .op("csrrw", { csr: csr("mie"), rs1: 5 })
        .op("csrrsi", { csr: csr("mstatus"), zimm: 8 });
      a.op("wfi").label("behind").op("ebreak");
      a.label("handler")
        .op("csrrs", { rd: 10, csr: csr("mepc") })
        .address(11, "behind");
      powerOff(a);
    });
    runToEnd(machine);
    expect(machine.registers.read(0, "a0")).toBe(machine.registers.read(0, "a1"));
    expect(machine.registers.read(0, "mcause")).toBe(TOP | 7n);
  });

  it("of one hart ends by another's interprocessor interrupt", async () => {
    const machine = await machineWith(
      (a) => {
        a.to("second", "bne", { rs1: 10, rs2: 0 });
        a.li(7, 3000)
          .label("delay")
          .op("addi", { rd: 7, rs1: 7, imm: -1 })
          .to("delay", "bne", { rs1: 7, rs2: 0 });
        a.li(5, CLINT + 4)
          .li(6, 1)
          .op("sw", { rs1: 5, rs2: 6 });
        a.label("for ever").to("for ever", "jal");
        a.label("second")
          .op("csrrwi", { csr: csr("mie"), zimm: 8 })
          .op("wfi");
        powerOff(a);
      },
      { harts: 2 },
    );
    runToEnd(machine);
    // The sender had run 6,000 instructions; the receiver saw it within a round.
    expect(machine.cycles).toBeGreaterThan(6000);
    expect(machine.cycles).toBeLessThan(6000 + 2 * 2000 + 100);
  });

  it("of all harts with nothing to come is idle for good", async () => {
    const machine = await machineWith((a) => void a.op("wfi").label("for ever").to("for ever", "jal"), {
      harts: 4,
    });
    expect(machine.run({ cycles: 1_000_000_000 })).toBe("cycles");
    expect([machine.idle, machine.nextEvent, machine.cycles]).toEqual([
      true,
      Number.POSITIVE_INFINITY,
      1_000_000_000,
    ]);
  });
});
