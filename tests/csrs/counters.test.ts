/** Which counters are seen at each level, for all that mcounteren and scounteren can say of one: as the manual says, and as QEMU does. */
import { beforeAll, describe, expect, it } from "vitest";
import { Machine } from "../../host/machine.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { MENVCFG_BIT } from "../../spec/riscv.ts";
import { Assembler } from "../core/assembler.ts";
import { csrNumber } from "../core/encode.ts";
import { coreModule, type Level, powerOff, runToEnd } from "../core/harness.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";
import { beginProgram, enter, LEVELS, RAM_BYTES, REGISTERS, set } from "./program.ts";
import { ramAfter } from "./qemu.ts";

const COUNTERS = Array.from({ length: 32 }, (_, counter) => counter);
/** Together each counter has its two bits in all four ways. */
const ENABLED: readonly (readonly [byMachine: number, bySupervisor: number])[] = [
  [0x5555_5555, 0x3333_3333],
  [0x5555_5555, 0xcccc_cccc],
  [0xaaaa_aaaa, 0x3333_3333],
  [0xaaaa_aaaa, 0xcccc_cccc],
];
const NOTES = 0x10_0000;

interface Reading {
  readonly level: Level;
  readonly byMachine: number;
  readonly bySupervisor: number;
  readonly counter: number;
}

const READINGS: readonly Reading[] = ENABLED.flatMap(([byMachine, bySupervisor]) =>
  LEVELS.flatMap((level) => COUNTERS.map((counter) => ({ level, byMachine, bySupervisor, counter }))),
);

/** Reads every counter at every level with every setting, and notes causes of traps plus 1. */
function readingProgram(): Uint8Array {
  const { NOTE, REQUEST, CAUSE } = REGISTERS;
  const a = new Assembler(RAM_BASE);
  beginProgram(a);
  set(a, "menvcfg", 1n << BigInt(MENVCFG_BIT.STCE));
  a.li(NOTE, BigInt(RAM_BASE + NOTES)).op("addi", { rd: REQUEST });
  for (const [byMachine, bySupervisor] of ENABLED) {
    set(a, "mcounteren", BigInt(byMachine));
    set(a, "scounteren", BigInt(bySupervisor));
    for (const level of LEVELS) {
      enter(a, level);
      for (const counter of COUNTERS) {
        a.op("addi", { rd: CAUSE }).op("csrrs", { rd: 7, csr: csrNumber("cycle") + counter });
        a.op("sb", { rs1: NOTE, rs2: CAUSE }).op("addi", { rd: NOTE, rs1: NOTE, imm: 1 });
      }
      a.op("addi", { rd: REQUEST, imm: 1 }).op("ecall").op("addi", { rd: REQUEST });
    }
  }
  powerOff(a);
  return a.bytes();
}

const causes = (ram: Uint8Array): number[] => [...ram.subarray(NOTES, NOTES + READINGS.length)];

/** "Privileged", sections 3.1.11 and 4.1.5: both registers for U-mode, the machine's alone for S-mode, neither for M-mode. */
function expected({ level, byMachine, bySupervisor, counter }: Reading): number {
  const seenBySupervisor = level === "M" || ((byMachine >>> counter) & 1) === 1;
  const seen = seenBySupervisor && (level !== "U" || ((bySupervisor >>> counter) & 1) === 1);
  return seen ? 0 : 3;
}

function different(found: readonly number[], wanted: readonly number[]): string[] {
  return READINGS.flatMap((reading, index) =>
    found[index] === wanted[index]
      ? []
      : [`${JSON.stringify(reading)}: cause + 1 is ${found[index]}, not ${wanted[index]}`],
  );
}

describe("counters", () => {
  let ours: number[];
  beforeAll(async () => {
    const firmware = { name: "counters", bytes: readingProgram() };
    const machine = await Machine.create({ wasm: coreModule(), ramBytes: RAM_BYTES, firmware });
    runToEnd(machine);
    ours = causes(machine.core.ram);
  });

  it("meet their two bits in all four ways at each level", () => {
    const ways = READINGS.map(({ level, byMachine, bySupervisor, counter }) =>
      [level, counter, (byMachine >>> counter) & 1, (bySupervisor >>> counter) & 1].join(),
    );
    expect(new Set(ways).size).toBe(LEVELS.length * COUNTERS.length * 4);
  });

  it("are seen where the manual says", () => {
    expect(different(ours, READINGS.map(expected)).slice(0, 10)).toEqual([]);
  });

  requireTool("qemu-system-riscv64")("on QEMU", () => {
    it("are seen in the same places", () => {
      const qemu = findTool("qemu-system-riscv64") as string;
      expect(different(ours, causes(ramAfter(qemu, readingProgram(), RAM_BYTES))).slice(0, 10)).toEqual([]);
    });
  });
});
