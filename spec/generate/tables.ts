/** Reads the instruction tables from disk. */
import { readFileSync } from "node:fs";
import { EXTENSIONS, type InstructionSet, readTables } from "../isa/reader.ts";

/** The whole instruction set, from the tables in spec/isa. */
export function readInstructionSet(): InstructionSet {
  return readTables(
    EXTENSIONS.map((extension) => ({
      extension,
      text: readFileSync(new URL(`../isa/${extension}.isa`, import.meta.url), "utf8"),
    })),
  );
}
