/** `npm run lockstep -- --instructions 10000000 --seed 1`: generated programs here and on QEMU, state by state. */
import { parseArgs } from "node:util";
import { findTool, installLine } from "../tools/tools.ts";
import { compare, compareStrides } from "./compare.ts";
import { generate, WHOLE } from "./program.ts";
import { locate } from "./report.ts";

const USAGE = `Usage: npm run lockstep -- [--instructions N] [--seed N] [--blocks N] [--rounds N]

Compares generated programs on this machine and on qemu-system-riscv64, before every block of QEMU's.

  --instructions N  stop after so many instructions (100000)
  --seed N          seed of the first program; each program has the next seed (1)
  --blocks N        blocks of a program (400)
  --rounds N        how often a program goes through them (6)`;

/** A program that goes on for longer runs in circles. */
const PROGRAM_LIMIT = 500_000;

function numberOption(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    console.error(`--${name} takes a whole number of at least 1, not "${text}".`);
    process.exit(2);
  }
  return value;
}

function options() {
  try {
    return parseArgs({
      options: {
        instructions: { type: "string" },
        seed: { type: "string" },
        blocks: { type: "string" },
        rounds: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const given = options();
if (given.help) {
  console.log(USAGE);
  process.exit(0);
}
const wanted = numberOption("instructions", given.instructions, 100_000);
const shape = {
  blocks: numberOption("blocks", given.blocks, WHOLE.blocks),
  rounds: numberOption("rounds", given.rounds, WHOLE.rounds),
};
const qemu = findTool("qemu-system-riscv64");
if (!qemu) {
  console.error(`This needs QEMU: ${installLine(["qemu-system-riscv64"])}`);
  process.exit(1);
}

const started = Date.now();
let done = 0;
let programs = 0;
let interrupts = 0;
for (let seed = numberOption("seed", given.seed, 1); done < wanted; seed++) {
  const program = generate(seed, shape);
  const outcome = await compare(qemu, program, { limit: Math.min(wanted - done, PROGRAM_LIMIT) });
  done += outcome.instructions;
  interrupts += outcome.clockInterrupts;
  const what = outcome.difference?.what ?? outcome.memory;
  if (what !== undefined) {
    console.log(`seed ${seed}: ${what}; looking for the place`);
    console.log(await locate(qemu, seed, shape));
    process.exit(1);
  }
  const cycle = await compareStrides(program);
  if (cycle !== undefined) {
    console.log(`seed ${seed}: single steps and strides come apart at cycle ${cycle}`);
    process.exit(1);
  }
  programs++;
  if (programs % 10 === 0 || done >= wanted) {
    const seconds = (Date.now() - started) / 1000;
    console.log(
      `${done} instructions, ${programs} programs, ${interrupts} timer interrupts, ${seconds.toFixed(0)} s, no difference`,
    );
  }
}
