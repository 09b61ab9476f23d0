/** Generated programs agree with QEMU before every instruction, and with themselves however the run is cut. */
import { describe, expect, it } from "vitest";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";
import { compare, compareStrides } from "./compare.ts";
import { ALWAYS_COMPARED } from "./executed.ts";
import { OPEN_PAGE, RAM_BASE } from "./map.ts";
import { generate } from "./program.ts";
import { locate } from "./report.ts";

/** Instructions that must agree here; `npm run lockstep` goes further. */
const WANTED = 1_000_000;

describe("generated programs", () => {
  it("are a function of their seed", () => {
    expect(Buffer.compare(generate(7).image, generate(7).image)).toBe(0);
    expect(Buffer.compare(generate(7).image, generate(8).image)).not.toBe(0);
  });

  it("end the same in single steps and in strides", async () => {
    for (const seed of [21, 22, 23])
      expect(await compareStrides(generate(seed)), `seed ${seed}`).toBe(undefined);
  });
});

requireTool("qemu-system-riscv64")("lockstep with QEMU", () => {
  const qemu = findTool("qemu-system-riscv64") as string;

  it(`finds no difference in ${WANTED} instructions`, async () => {
    let [instructions, interrupts] = [0, 0];
    /** Every second program: half of them are clocked. */
    const run = async (first: number): Promise<void> => {
      for (let seed = first; seed <= ALWAYS_COMPARED || instructions < WANTED; seed += 2) {
        const program = generate(seed);
        const outcome = await compare(qemu, program);
        if (outcome.difference || outcome.memory) throw new Error(await locate(qemu, seed));
        instructions += outcome.instructions;
        interrupts += outcome.clockInterrupts;
      }
    };
    await Promise.all([run(1), run(2)]);
    expect(instructions).toBeGreaterThanOrEqual(WANTED);
    expect(interrupts).toBeGreaterThan(WANTED / 2000);
  });

  it.each(["block", "instruction"] as const)("sees one wrong bit, by the %s", async (grain) => {
    const program = generate(5, { blocks: 100, rounds: 1 });
    const [offset] = [...program.names].filter(
      ([at, name]) => name === "addi" && RAM_BASE + at >= program.body,
    )[20] as [number, string];
    const image = program.image.slice();
    // The lowest bit of the immediate.
    new DataView(image.buffer).setUint32(
      offset,
      new DataView(image.buffer).getUint32(offset, true) ^ (1 << 20),
      true,
    );
    const { difference } = await compare(qemu, program, { grain, ours: { ...program, image } });
    expect(difference?.what).toMatch(/\bx[0-9]/);
    if (grain === "instruction") expect(difference?.previousPc).toBe(BigInt(RAM_BASE + offset));
  });

  it("sees one wrong bit of memory at the end", async () => {
    const program = generate(6, { blocks: 20, rounds: 1 });
    const image = program.image.slice();
    image.fill(1, OPEN_PAGE + 0x7ff - RAM_BASE, OPEN_PAGE + 0x800 - RAM_BASE);
    const { memory } = await compare(qemu, program, { ours: { ...program, image } });
    expect(memory).toMatch(/^memory at 800387f8: /);
  });
});
