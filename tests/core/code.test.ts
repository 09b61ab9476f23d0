/** Programs that change: code that is written, data that is executed, pages that are both. */
import { describe, expect, it } from "vitest";
import { RAM_BASE } from "../../spec/machine-map.ts";
import type { Assembler } from "./assembler.ts";
import { encode } from "./encode.ts";
import { MIB, machineWith, powerOff, runToEnd } from "./harness.ts";

const add = (imm: number): number => encode("addi", { rd: 10, rs1: 10, imm });
const [S0, S1, S2] = [8, 9, 18];

/** a0 after the program. */
async function result(emit: (a: Assembler) => void, harts = 1): Promise<bigint | undefined> {
  const machine = await machineWith(
    (a) => {
      a.li(10, 0);
      emit(a);
      powerOff(a);
    },
    { harts },
  );
  runToEnd(machine);
  return machine.registers.read(0, "a0");
}

describe("a store to code", () => {
  it("is seen by the very next instruction", async () => {
    const emit = (a: Assembler): void => {
      a.li(S0, add(5)).address(S1, "site").op("sw", { rs1: S1, rs2: S0 }).label("site").word(add(1));
    };
    expect(await result(emit)).toBe(5n);
  });

  it("is seen when it changes the second half of an instruction", async () => {
    const emit = (a: Assembler): void => {
      a.li(S0, add(7) >> 16)
        .address(S1, "site")
        .op("sh", { rs1: S1, rs2: S0, imm: 2 })
        .label("site")
        .word(add(1));
    };
    expect(await result(emit)).toBe(7n);
  });

  it("is seen when the instruction lies on two pages and the second changes", async () => {
    const emit = (a: Assembler): void => {
      a.li(S2, 2).address(S1, "far").to("again", "jal");
      a.skipTo(RAM_BASE + 0x1f00)
        .label("far")
        .skipTo(RAM_BASE + 0x1ffe)
        .label("site")
        .word(add(1));
      a.op("addi", { rd: S2, rs1: S2, imm: -1 }).to("end", "beq", { rs1: S2, rs2: 0 });
      a.li(S0, add(100) >> 16)
        .address(S1, "site")
        .op("sh", { rs1: S1, rs2: S0, imm: 2 })
        .to("site", "jal");
      a.label("again").to("site", "jal").label("end");
    };
    expect(await result(emit)).toBe(101n);
  });

  it("is seen in a loop that changes itself each time", async () => {
    const emit = (a: Assembler): void => {
      a.li(S2, 600).address(S1, "site").label("loop");
      a.op("lw", { rd: S0, rs1: S1 })
        .li(5, 1 << 20)
        .op("add", { rd: S0, rs1: S0, rs2: 5 });
      a.op("sw", { rs1: S1, rs2: S0 }).label("site").word(add(0));
      a.op("addi", { rd: S2, rs1: S2, imm: -1 }).to("loop", "bne", { rs1: S2, rs2: 0 });
    };
    // The immediate counts 1, 2, 3, ... 600: more stores than make a page count as data.
    expect(await result(emit)).toBe((600n * 601n) / 2n);
  });

  it("of another hart is seen", async () => {
    const emit = (a: Assembler): void => {
      a.op("csrrs", { rd: 5, csr: 0xf14 }).to("writer", "bne", { rs1: 5, rs2: 0 });
      a.label("wait").word(add(0)).to("wait", "beq", { rs1: 10, rs2: 0 }).to("end", "jal");
      a.label("writer").li(S0, add(42)).address(S1, "wait").op("sw", { rs1: S1, rs2: S0 });
      a.label("rest").op("wfi").to("rest", "jal").label("end");
    };
    expect(await result(emit, 2)).toBe(42n);
  });

  it("by amoswap, by sc, and over a page's edge is seen", async () => {
    const swap = (a: Assembler): void => {
      a.li(S0, add(3)).address(S1, "site").op("amoswap.w", { rs1: S1, rs2: S0 }).to("site", "jal");
      a.skipTo(a.here + 8 - (a.here % 4))
        .label("site")
        .word(add(1));
    };
    expect(await result(swap)).toBe(3n);
    const conditional = (a: Assembler): void => {
      a.li(S0, add(4))
        .address(S1, "site")
        .op("lr.w", { rd: 5, rs1: S1 })
        .op("sc.w", { rd: 6, rs1: S1, rs2: S0 });
      a.to("site", "jal")
        .skipTo(a.here + 8 - (a.here % 4))
        .label("site")
        .word(add(1));
    };
    expect(await result(conditional)).toBe(4n);
    const crossing = (a: Assembler): void => {
      // Executed once, so that both pages are decoded.
      a.li(S2, 2)
        .to("site", "jal")
        .skipTo(RAM_BASE + 0x1ffc)
        .label("site")
        .word(add(1))
        .word(add(1));
      a.op("addi", { rd: S2, rs1: S2, imm: -1 }).to("end", "beq", { rs1: S2, rs2: 0 });
      a.address(S1, "site")
        .li(S0, BigInt(add(16)) | (BigInt(add(32)) << 32n))
        .op("sd", { rs1: S1, rs2: S0 });
      a.to("site", "jal").label("end");
    };
    expect(await result(crossing)).toBe(50n);
  });
});

describe("a page", () => {
  it("that was code becomes data, and code again", async () => {
    const emit = (a: Assembler): void => {
      a.li(S1, RAM_BASE + 0x10_0000)
        .op("slli", { rd: S1, rs1: S1, imm: 32 })
        .op("srli", { rd: S1, rs1: S1, imm: 32 });
      a.li(S2, 3).label("round");
      a.li(S0, add(1))
        .op("sw", { rs1: S1, rs2: S0 })
        .li(S0, encode("jalr", { rs1: 1 }))
        .op("sw", { rs1: S1, rs2: S0, imm: 4 });
      a.op("fence.i").op("jalr", { rd: 1, rs1: S1 });
      a.li(6, 1000)
        .label("fill")
        .op("sd", { rs1: S1, rs2: 6, imm: 8 })
        .op("addi", { rd: 6, rs1: 6, imm: -1 });
      a.to("fill", "bne", { rs1: 6, rs2: 0 }).op("jalr", { rd: 1, rs1: S1 });
      a.op("addi", { rd: S2, rs1: S2, imm: -1 }).to("round", "bne", { rs1: S2, rs2: 0 });
    };
    expect(await result(emit)).toBe(6n);
  });

  it("goes on being right when more pages are executed than are kept decoded", async () => {
    const pages = 1500;
    const machine = await machineWith(
      (a) => {
        a.li(10, 0)
          .li(S2, 3)
          .label("round")
          .li(S0, pages)
          .li(S1, RAM_BASE + MIB);
        a.op("slli", { rd: S1, rs1: S1, imm: 32 }).op("srli", { rd: S1, rs1: S1, imm: 32 }).li(7, 4096);
        a.label("next").op("jalr", { rd: 1, rs1: S1 }).op("add", { rd: S1, rs1: S1, rs2: 7 });
        a.op("addi", { rd: S0, rs1: S0, imm: -1 }).to("next", "bne", { rs1: S0, rs2: 0 });
        a.op("addi", { rd: S2, rs1: S2, imm: -1 }).to("round", "bne", { rs1: S2, rs2: 0 });
        powerOff(a);
      },
      { ramBytes: 8 * MIB },
    );
    const routine = new Uint8Array(8);
    new DataView(routine.buffer).setUint32(0, add(1), true);
    new DataView(routine.buffer).setUint32(4, encode("jalr", { rs1: 1 }), true);
    for (let page = 0; page < pages; page++) machine.core.write(RAM_BASE + MIB + page * 4096, routine);
    runToEnd(machine);
    expect(machine.registers.read(0, "a0")).toBe(3n * BigInt(pages));
  });

  it("that the host writes is decoded anew", async () => {
    const machine = await machineWith((a) => void a.label("loop").word(add(1)).to("loop", "jal"));
    machine.run({ cycles: 1000 });
    const before = machine.registers.read(0, "a0") as bigint;
    const patch = new Uint8Array(4);
    new DataView(patch.buffer).setUint32(0, add(1000), true);
    machine.core.write(RAM_BASE, patch);
    machine.run({ cycles: 4 });
    expect((machine.registers.read(0, "a0") as bigint) - before).toBe(2000n);
  });
});
