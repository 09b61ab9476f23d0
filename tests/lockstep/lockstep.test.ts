/** Generated programs agree with QEMU before every instruction, and with themselves however the run is cut. */
import { describe, expect, it } from "vitest";
import { INSTRUCTION_SET, LINES } from "../core/encode.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";
import { compare, compareStrides } from "./compare.ts";
import { AVOIDED } from "./context.ts";
import { Ours } from "./ours.ts";
import { generate } from "./program.ts";
import { reportDifference } from "./report.ts";

/** Instructions that must agree here; `npm run lockstep` goes further. */
const WANTED = 150_000;

/** Instructions that do nothing else. */
const ALWAYS_TRAPS = new Set(["ecall", "ebreak", "c.ebreak"]);
/** Lines that QEMU 7.2 has not, or not right; tests/insn executes them. */
const NOT_OF_QEMU = new Set([
  "ctzw",
  ...INSTRUCTION_SET.instructions
    .filter(
      ({ extension, timing }) => ["zfa", "zicond", "zicbo", "zawrs"].includes(extension) && timing !== "hint",
    )
    .map(({ name }) => name),
]);

describe("generated programs", () => {
  it("are a function of their seed", () => {
    expect(Buffer.compare(generate(7).image, generate(7).image)).toBe(0);
    expect(Buffer.compare(generate(7).image, generate(8).image)).not.toBe(0);
  });

  it("execute every line of the instruction tables to its end", async () => {
    const elsewhere = (name: string): boolean =>
      ALWAYS_TRAPS.has(name) || NOT_OF_QEMU.has(name) || AVOIDED.has(name);
    const left = new Set([...LINES.keys()].filter((name) => !elsewhere(name)));
    for (let seed = 1; seed <= 12 && left.size > 0; seed++) {
      const program = generate(seed, { blocks: 400, rounds: 1 });
      const ours = await Ours.create(program);
      while (!ours.halted) {
        const { codeOffset, retired } = ours;
        ours.step();
        if (codeOffset !== undefined && ours.retired !== retired)
          left.delete(program.names.get(codeOffset) ?? "");
      }
    }
    expect([...left]).toEqual([]);
  });

  it("end the same in single steps and in strides", async () => {
    for (const seed of [21, 22, 23])
      expect(await compareStrides(generate(seed)), `seed ${seed}`).toBe(undefined);
  });
});

requireTool("qemu-system-riscv64")("lockstep with QEMU", () => {
  it(`finds no difference in ${WANTED} instructions`, { timeout: 180_000 }, async () => {
    const qemu = findTool("qemu-system-riscv64") as string;
    let done = 0;
    for (let seed = 1; done < WANTED; seed++) {
      const program = generate(seed);
      const { instructions, difference } = await compare(qemu, program);
      if (difference) throw new Error(reportDifference(program, difference));
      done += instructions;
    }
    expect(done).toBeGreaterThanOrEqual(WANTED);
  });
});
