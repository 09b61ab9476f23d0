/** `npm run generate`: prints everything that derives from spec/, into folders called `generated`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { CSRS } from "../csrs.ts";
import { overlaps, repeatedNames, strayHints } from "../isa/check.ts";
import { printSbiHeader } from "./c-header.ts";
import { printLayout, printOps, printRiscv } from "./constants.ts";
import { printCsrAccess } from "./csr-access.ts";
import { printDecoder } from "./decoder.ts";
import { printDisassembler } from "./disassembler.ts";
import { printFloat } from "./float.ts";
import { printInterpreter } from "./interpreter.ts";
import { printMemoInterpreter } from "./memo-interpreter.ts";
import { listOps } from "./ops.ts";
import { readInstructionSet } from "./tables.ts";
import { printTimingClasses } from "./timing-classes.ts";

const NOTICE = 'Printed from spec/ by "npm run generate"; changes belong there.';

/** Every generated file, by its path from the root. */
function printAll(): Record<string, string> {
  const set = readInstructionSet();
  const faults = [
    ...overlaps(set).map((pair) => `${pair} overlap`),
    ...strayHints(set).map((name) => `${name} is no hint of the line that it names`),
    ...repeatedNames(set).map((name) => `${name} stands twice`),
  ];
  if (faults.length > 0) throw new Error(`spec/isa: ${faults.join("; ")}`);
  const ops = listOps(set);
  return {
    "assembly/generated/layout.ts": printLayout(),
    "assembly/generated/ops.ts": printOps(ops),
    "assembly/generated/riscv.ts": printRiscv(),
    "assembly/generated/csr-access.ts": printCsrAccess(CSRS),
    "assembly/generated/decoder.ts": printDecoder(set, ops),
    "assembly/generated/interpreter.ts": printInterpreter(ops),
    "assembly/generated/memo-interpreter.ts": printMemoInterpreter(ops),
    "assembly/generated/timing-classes.ts": printTimingClasses(ops),
    "assembly/generated/float.ts": printFloat(set.instructions),
    "host/generated/disassembler.ts": printDisassembler(set),
    "kernel-image/include/generated/sbi-ids.h": printSbiHeader(),
  };
}

/** Writes what has changed, and leaves the rest alone so that nothing is built for no reason. */
function main(): void {
  for (const [path, body] of Object.entries(printAll())) {
    const file = new URL(`../../${path}`, import.meta.url);
    const text = `/* ${NOTICE} */\n${body}`;
    if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
    mkdirSync(new URL(".", file), { recursive: true });
    writeFileSync(file, text);
  }
}

main();
