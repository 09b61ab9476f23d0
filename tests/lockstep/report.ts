/** What a person needs to know about a difference: where, what, and the smallest program that shows it. */
import { compare, type Difference } from "./compare.ts";
import { RAM_BASE } from "./map.ts";
import { generate, type Program, type Shape, WHOLE } from "./program.ts";
import { PC, showStates, slot } from "./state.ts";

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The instruction bits at a pc in the code window, under whatever mapping. */
function wordAt(program: Program, pc: bigint): string {
  const offset = Number(pc & 0x1_ffffn);
  const view = new DataView(program.image.buffer);
  const low = view.getUint16(offset, true);
  return (low & 3) === 3
    ? `${view.getUint32(offset, true).toString(16).padStart(8, "0")}`
    : low.toString(16).padStart(4, "0");
}

function reportDifference(program: Program, difference: Difference): string {
  const { index, what, previousPc, ours, theirs } = difference;
  return [
    `seed ${program.seed}: ${what} after ${index} instructions that agreed`,
    `last instruction that both stood at: ${hex(previousPc)}, offset ${hex(Number(previousPc & 0x1_ffffn))}, ${wordAt(program, previousPc)} in the image`,
    `next: ours ${hex(slot(ours, PC))}, QEMU ${hex(slot(theirs, PC))} (memory begins at ${hex(RAM_BASE)})`,
    showStates(ours, theirs),
  ].join("\n");
}

/** Finds the fewest blocks that still differ, and shows the first instruction after which they do. */
export async function locate(qemu: string, seed: number, shape: Shape = WHOLE): Promise<string> {
  let rounds = 1;
  const differs = async (blocks: number): Promise<boolean> => {
    const { difference, memory } = await compare(qemu, generate(seed, { blocks, rounds }));
    return difference !== undefined || memory !== undefined;
  };
  // A program's blocks are the first ones of a longer program.
  if (!(await differs(shape.blocks))) rounds = shape.rounds;
  let [same, other] = [0, shape.blocks];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (await differs(middle)) other = middle;
    else same = middle;
  }
  const program = generate(seed, { blocks: other, rounds });
  const { difference, memory } = await compare(qemu, program, { grain: "instruction" });
  const found = difference ?? (await compare(qemu, program)).difference;
  return [
    ...(found ? [reportDifference(program, found)] : []),
    ...(found && !difference ? ["QEMU agrees when it executes one instruction at a time."] : []),
    ...(memory ? [`${memory}, by the last block`] : []),
    `again: npm run lockstep -- --seed ${seed} --instructions 1000000 --blocks ${other} --rounds ${rounds}`,
  ].join("\n");
}
