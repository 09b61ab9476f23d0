/** The disassembler: known words, and every instruction of our kernel beside binutils. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { disassemble } from "../../../host/inspect/disassembler.ts";
import { PACKAGE_FILES } from "../../../host/node/files.ts";
import { requireTool } from "../../tools/require-tool.ts";

it.each([
  [0x00000013, "nop", ""],
  [0xfd010113, "addi", "sp, sp, -48"],
  [0x00008067, "ret", ""],
  [0x30200073, "mret", ""],
  [0x180025f3, "csrr", "a1, satp"],
  [0x0ff0000f, "fence", "iorw, iorw"],
  [0x4501, "li", "a0, 0"],
  [0x8082, "ret", ""],
  [0x00038517, "auipc", "a0, 0x38"],
  [0x0000, ".half", "0x0000"],
])("%#x is %s", (word, mnemonic, operands) => {
  expect(disassemble(word, 0n)).toMatchObject({ mnemonic, operands });
});

it("tells where branches and calls go", () => {
  expect(disassemble(0xfe000ee3, 0x1000n)).toMatchObject({ mnemonic: "beqz", target: 0xffcn, call: false });
  expect(disassemble(0x008000ef, 0x1000n)).toMatchObject({ operands: "0x1008", target: 0x1008n, call: true });
});

requireTool("riscv64-linux-gnu-gcc")("our kernel's code", () => {
  it("reads as objdump has it", () => {
    const { stdout } = spawnSync("riscv64-linux-gnu-objdump", ["-d", "-j", ".text", PACKAGE_FILES.kernel], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    const lines = [...stdout.matchAll(/^([0-9a-f]{16}):\t([0-9a-f]+) +\t(\S+)/gm)].filter(
      ([line]) => !line.endsWith(".word"),
    );
    const strange = lines.filter(([, address, digits = "", mnemonic = ""]) => {
      const ours = disassemble(Number.parseInt(digits, 16), BigInt(`0x${address}`));
      return ours.length * 2 !== digits.length || ours.illegal !== (mnemonic === "unimp");
    });
    expect(lines.length).toBeGreaterThan(10_000);
    expect(strange.map(([line]) => line)).toEqual([]);
  });
});
