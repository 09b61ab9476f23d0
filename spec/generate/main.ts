/** `npm run generate`: prints everything that derives from spec/ into assembly/generated. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { CSRS } from "../csrs.ts";
import { overlaps, repeatedNames } from "../isa/check.ts";
import { printLayout, printOps, printRiscv } from "./constants.ts";
import { printCsrAccess } from "./csr-access.ts";
import { printDecoder } from "./decoder.ts";
import { printInterpreter } from "./interpreter.ts";
import { listOps } from "./ops.ts";
import { readInstructionSet } from "./tables.ts";

const NOTICE = '// Printed from spec/ by "npm run generate"; changes belong there.\n';

function main(): void {
  const set = readInstructionSet();
  const faults = [
    ...overlaps(set).map((pair) => `${pair} overlap`),
    ...repeatedNames(set).map((name) => `${name} stands twice`),
  ];
  if (faults.length > 0) throw new Error(`spec/isa: ${faults.join("; ")}`);
  const ops = listOps(set);
  const files: Record<string, string> = {
    "layout.ts": printLayout(),
    "ops.ts": printOps(ops),
    "riscv.ts": printRiscv(),
    "csr-access.ts": printCsrAccess(CSRS),
    "decoder.ts": printDecoder(set, ops),
    "interpreter.ts": printInterpreter(ops),
  };
  const folder = new URL("../../assembly/generated/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = new URL(name, folder);
    let before = "";
    try {
      before = readFileSync(file, "utf8");
    } catch {
      // The file is new.
    }
    if (before !== NOTICE + text) writeFileSync(file, NOTICE + text);
  }
}

main();
