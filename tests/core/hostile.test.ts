/** Guests that do everything wrong: time goes on, nothing traps in the host, and the run stays a function of its start. */
import { describe, expect, it } from "vitest";
import type { Machine } from "../../host/machine.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { Random } from "../lockstep/random.ts";
import type { Assembler } from "./assembler.ts";
import { csrNumber as csr } from "./encode.ts";
import { MIB, machineWith } from "./harness.ts";

const CYCLES = 300_000;

/** Runs for a while and sees that as much time has passed. */
function survives(machine: Machine): void {
  const start = machine.cycles;
  const end = machine.run({ cycles: CYCLES });
  // Random bytes may find the test finisher.
  if (end !== "halted") expect(machine.cycles - start).toBeGreaterThanOrEqual(CYCLES);
}

const PROGRAMS: ReadonlyArray<readonly [string, (a: Assembler) => void]> = [
  ["jumps to where nothing is", (a) => void a.li(5, 0x9000_0000n).op("jalr", { rs1: 5 })],
  ["jumps into a device", (a) => void a.li(5, 0x1000_0000).op("jalr", { rs1: 5 })],
  [
    "jumps past the end of memory",
    (a) => void a.li(5, BigInt(RAM_BASE + 8 * MIB - 2)).op("jalr", { rs1: 5 }),
  ],
  ["jumps to an address of 64 bits", (a) => void a.li(5, -2n).op("jalr", { rs1: 5 })],
  [
    "has its trap vector nowhere",
    (a) =>
      void a
        .li(5, 0x7000_0000)
        .op("csrrw", { csr: csr("mtvec"), rs1: 5 })
        .op("ebreak"),
  ],
  [
    "has its trap vector at the instruction that traps",
    (a) =>
      void a
        .address(5, "here")
        .op("csrrw", { csr: csr("mtvec"), rs1: 5 })
        .skipTo(RAM_BASE + 64)
        .label("here")
        .op("ecall"),
  ],
  [
    "runs off the end of a page that is not mapped further",
    (a) => {
      a.li(5, (8n << 60n) | BigInt((RAM_BASE + MIB) / 4096)).op("csrrw", { csr: csr("satp"), rs1: 5 });
      a.op("csrrw", { csr: csr("mepc"), rs1: 0 })
        .li(5, 1 << 11)
        .op("csrrs", { csr: csr("mstatus"), rs1: 5 })
        .op("mret");
    },
  ],
  [
    "points satp at nothing, with all traps delegated",
    (a) => {
      a.li(5, -1)
        .op("csrrw", { csr: csr("medeleg"), rs1: 5 })
        .li(5, (8n << 60n) | 0xfff_ffff_ffffn);
      a.op("csrrw", { csr: csr("satp"), rs1: 5 })
        .li(5, 1 << 11)
        .op("csrrs", { csr: csr("mstatus"), rs1: 5 });
      a.address(5, "on")
        .op("csrrw", { csr: csr("mepc"), rs1: 5 })
        .op("mret")
        .label("on")
        .op("addi");
    },
  ],
  [
    "has a page table that is its own leaf",
    (a) => {
      const table = RAM_BASE + MIB;
      a.li(5, (10n << 60n) | BigInt(table / 4096)).op("csrrw", { csr: csr("satp"), rs1: 5 });
      a.li(6, (BigInt(table / 4096) << 10n) | 1n)
        .li(7, BigInt(table))
        .li(28, 512)
        .label("fill");
      a.op("sd", { rs1: 7, rs2: 6 })
        .op("addi", { rd: 7, rs1: 7, imm: 8 })
        .op("addi", { rd: 28, rs1: 28, imm: -1 });
      a.to("fill", "bne", { rs1: 28, rs2: 0 })
        .li(5, 1 << 11)
        .op("csrrs", { csr: csr("mstatus"), rs1: 5 })
        .op("mret");
    },
  ],
  [
    "waits for what cannot come, with everything disabled",
    (a) =>
      void a
        .op("csrrw", { csr: csr("mie") })
        .label("loop")
        .op("wfi")
        .to("loop", "jal"),
  ],
  [
    "is interrupted for ever",
    (a) => {
      a.address(5, "handler")
        .op("csrrw", { csr: csr("mtvec"), rs1: 5 })
        .li(5, 0x200_0000)
        .li(6, 1)
        .op("sw", { rs1: 5, rs2: 6 });
      a.op("csrrwi", { csr: csr("mie"), zimm: 8 }).op("csrrsi", { csr: csr("mstatus"), zimm: 8 });
      a.label("loop")
        .to("loop", "jal")
        .skipTo(RAM_BASE + 256)
        .label("handler")
        .op("mret");
    },
  ],
];

describe("a guest that", () => {
  it.each(PROGRAMS)("%s", async (_, program) => {
    for (const harts of [1, 4]) survives(await machineWith(program, { harts }));
  });

  it("has zeros for memory", async () => {
    for (const harts of [1, 4]) survives(await machineWith(new Uint8Array(4), { harts }));
  });

  it("has ones for memory", async () => {
    survives(await machineWith(new Uint8Array(4 * MIB).fill(0xff)));
  });
});

/** CSRs that random values may be written to before the start. */
const CSRS = [
  "mtvec",
  "stvec",
  "medeleg",
  "mideleg",
  "mie",
  "mip",
  "satp",
  "mstatus",
  "mepc",
  "sepc",
  "menvcfg",
  "pmpaddr0",
  "pmpcfg0",
];

async function randomMachine(seed: number, harts: number): Promise<Machine> {
  const random = new Random(seed);
  const bytes = new Uint8Array(256 * 1024);
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.bits32();
  const machine = await machineWith(bytes, { harts });
  machine.run({ cycles: 10 });
  for (let hart = 0; hart < harts; hart++) {
    for (const name of CSRS) machine.registers.write(hart, name, random.bits64());
    for (let x = 1; x < 32; x++) {
      const near = BigInt(RAM_BASE + random.int(0, 300 * 1024));
      machine.registers.write(
        hart,
        `x${x}`,
        random.chance(0.6) ? near : BigInt.asUintN(64, random.operand()),
      );
    }
    machine.registers.write(hart, "mtvec", BigInt(RAM_BASE + random.int(0, 60_000) * 4));
    machine.registers.write(hart, "priv", BigInt(random.pick([0, 1, 3])));
    machine.registers.write(hart, "pc", BigInt(RAM_BASE + random.int(0, 100_000) * 2));
  }
  return machine;
}

describe("random memory and registers", () => {
  it.each(Array.from({ length: 24 }, (_, n) => n + 1))("of seed %i", async (seed) => {
    const harts = seed % 3 === 0 ? 4 : 1;
    const whole = await randomMachine(seed, harts);
    survives(whole);
    const pieces = await randomMachine(seed, harts);
    while (pieces.cycles < whole.cycles && !pieces.halted) {
      pieces.run({ cycles: Math.min(1777, whole.cycles - pieces.cycles) });
    }
    expect(pieces.stateHash()).toBe(whole.stateHash());
  });
});
