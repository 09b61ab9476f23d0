/** Call stacks followed through calls, returns, tail calls, recursion and traps, in programs without symbols. */
import { describe, expect, test } from "vitest";
import type { CallNode } from "../../host/profile/call-tree.ts";
import { Profiler } from "../../host/profile/profiler.ts";
import { transferOf } from "../../host/profile/transfers.ts";
import type { Assembler } from "../core/assembler.ts";
import { csrNumber, encode } from "../core/encode.ts";
import { machineWith, powerOff, runToEnd } from "../core/harness.ts";

const [RA, SP, T0, A0, S1] = [1, 2, 5, 10, 9];
const STACK = 0x8010_0000;

/** The tree as names, each with its instructions; `places` are labels by address. */
function shape(node: CallNode, places: ReadonlyMap<string, string>): object {
  const children = [...node.children.values()].map((child): [string, object] => [
    places.get(child.code.name) ?? child.code.name,
    shape(child, places),
  ]);
  return { n: node.instructions, ...Object.fromEntries(children) };
}

async function profile(code: (a: Assembler, label: (name: string) => void) => void, timing = "cva6") {
  const places = new Map<string, string>();
  const machine = await machineWith((a) => {
    a.li(SP, STACK - 0x8000_0000)
      .op("auipc", { rd: T0 })
      .op("add", { rd: SP, rs1: SP, rs2: T0 });
    code(a, (name) => {
      places.set(`0x${a.here.toString(16)}`, name);
      a.label(name);
    });
  });
  machine.setTiming(timing);
  const profiler = new Profiler(machine);
  runToEnd(machine);
  return { machine, profiler, tree: profiler.tree(), places };
}

function enter(a: Assembler): void {
  a.op("addi", { rd: SP, rs1: SP, imm: -16 }).op("sd", { rs1: SP, rs2: RA });
}
function leave(a: Assembler): void {
  a.op("ld", { rd: RA, rs1: SP }).op("addi", { rd: SP, rs1: SP, imm: 16 }).op("jalr", { rs1: RA });
}

/** What is called from the one function that hart 0 begins in: without symbols the boot ROM and all that it jumps to. */
function inner(tree: CallNode, places: ReadonlyMap<string, string>): Record<string, object> {
  const root = shape(tree, places) as { "hart 0": { "0x1000": Record<string, object> } };
  return root["hart 0"]["0x1000"];
}

describe("call stacks", () => {
  test("calls nest, and a tail call stands in the place of its caller", async () => {
    const { tree, places, machine } = await profile((a, label) => {
      a.to("outer", "jal", { rd: RA });
      powerOff(a);
      label("outer");
      enter(a);
      a.to("leaf", "jal", { rd: RA }).to("tail", "jal", { rd: RA }).to("leaf", "jal", { rd: RA });
      leave(a);
      label("leaf");
      a.op("addi", { rd: A0, rs1: A0, imm: 1 }).op("jalr", { rs1: RA });
      label("tail");
      a.op("addi", { rd: A0, rs1: A0, imm: 1 }).to("leaf", "jal");
    });
    const outer = inner(tree, places).outer as Record<string, { n: number }>;
    // Without symbols nothing tells that a jump left the function.
    expect(outer.leaf).toEqual({ n: 4 });
    expect(outer.tail).toEqual({ n: 4 });
    expect(tree.total).toBe(machine.cycles - Number(machine.stats()[0]?.stack.drain));
  });

  test("recursion goes as deep as the calls", async () => {
    const { tree, places } = await profile((a, label) => {
      a.li(A0, 5).to("outer", "jal", { rd: RA });
      powerOff(a);
      label("outer");
      enter(a);
      a.op("addi", { rd: A0, rs1: A0, imm: -1 }).to("last", "beq", { rs1: A0, rs2: 0 });
      a.to("outer", "jal", { rd: RA }).label("last");
      leave(a);
    });
    let node = inner(tree, places) as Record<string, Record<string, object>>;
    let depth = 0;
    while (node.outer) {
      node = node.outer as Record<string, Record<string, object>>;
      depth += 1;
    }
    expect(depth).toBe(5);
  });

  test("a trap is a frame of its own, with the handler in it", async () => {
    const { tree, places } = await profile((a, label) => {
      a.address(T0, "handler")
        .op("csrrw", { csr: csrNumber("mtvec"), rs1: T0 })
        .to("outer", "jal", { rd: RA });
      powerOff(a);
      label("outer");
      a.op("ecall").op("addi", { rd: S1, rs1: S1, imm: 1 }).op("jalr", { rs1: RA });
      a.skipTo(a.here + (-a.here & 3));
      label("handler");
      a.op("csrrs", { rd: T0, csr: csrNumber("mepc") }).op("addi", { rd: T0, rs1: T0, imm: 4 });
      a.op("csrrw", { csr: csrNumber("mepc"), rs1: T0 }).op("mret");
    });
    expect(inner(tree, places).outer).toEqual({ n: 3, "[ecall from M]": { n: 0, handler: { n: 4 } } });
  });

  test.each(["ideal", "classic5", "cva6"])("cycles in the time of %s add up", async (timing) => {
    const { tree, profiler, machine } = await profile((a, label) => {
      a.li(A0, 30).to("outer", "jal", { rd: RA });
      powerOff(a);
      label("outer");
      enter(a);
      label("loop");
      a.op("ld", { rd: T0, rs1: SP }).op("mul", { rd: T0, rs1: T0, rs2: A0 }).to("leaf", "jal", { rd: RA });
      a.op("addi", { rd: A0, rs1: A0, imm: -1 }).to("loop", "bne", { rs1: A0, rs2: 0 });
      leave(a);
      label("leaf");
      a.op("div", { rd: T0, rs1: T0, rs2: A0 }).op("jalr", { rs1: RA });
    }, timing);
    const functions = profiler.functions();
    const sum = functions.reduce((total, one) => total + one.cycles, 0);
    const drain = machine.timing ? Number(machine.stats()[0]?.stack.drain) : 0;
    expect(tree.total).toBe(machine.cycles - drain);
    expect(sum).toBe(tree.total);
    expect(functions.reduce((total, one) => total + one.count, 0)).toBe(machine.instructions);
  });
});

describe("transfers", () => {
  const jalr = (rd: number, rs1: number) => encode("jalr", { rd, rs1 });
  test.each([
    ["jal ra", encode("jal", { rd: 1, imm: 8 }), "call"],
    ["jal t0", encode("jal", { rd: 5, imm: 8 }), "call"],
    ["j", encode("jal", { rd: 0, imm: 8 }), "jump"],
    ["jalr ra, a0", jalr(1, 10), "call"],
    ["ret", jalr(0, 1), "return"],
    ["jr t0", jalr(0, 5), "return"],
    ["jr a0", jalr(0, 10), "jump"],
    ["jalr ra, t0", jalr(1, 5), "exchange"],
    ["jalr ra, ra", jalr(1, 1), "call"],
    ["c.jr ra", 0x8082, "return"],
    ["c.jr a0", 0x8502, "jump"],
    ["c.jalr a0", 0x9502, "call"],
    ["c.j", 0xa001, "jump"],
    ["c.mv a0, a1", 0x852e, undefined],
    ["c.ebreak", 0x9002, undefined],
    ["sret", 0x10200073, "sret"],
    ["mret", 0x30200073, "mret"],
    ["add", encode("add", { rd: 1, rs1: 1, rs2: 1 }), undefined],
  ] as const)("%s", (_, insn, transfer) => {
    expect(transferOf(insn)).toBe(transfer);
  });
});
