/** Every row of the CSR table, read and written at every privilege level: as the manuals say, and as QEMU does. */
import { beforeAll, describe, expect, it } from "vitest";
import { Machine } from "../../host/machine.ts";
import { CSRS } from "../../spec/csrs.ts";
import { EXCEPTION } from "../../spec/riscv.ts";
import { coreModule, runToEnd } from "../core/harness.ts";
import { requireTool } from "../tools/require-tool.ts";
import { readSource } from "../tools/sources.ts";
import { findTool } from "../tools/tools.ts";
import { DIFFERENCES, type Difference, LEFT_OUT } from "./differences.ts";
import { after, mayRead, mayWrite, unknownRows, unusedRules } from "./model.ts";
import { type Access, csrProgram, LEVELS, type Outcome, outcomes, RAM_BYTES } from "./program.ts";
import { ramAfter } from "./qemu.ts";

const { image, accesses } = csrProgram();
const ILLEGAL = BigInt(EXCEPTION.ILLEGAL_INSTRUCTION);
let ours: Outcome[];

beforeAll(async () => {
  const firmware = { name: "csr-program", bytes: image };
  const machine = await Machine.create({ wasm: coreModule(), ramBytes: RAM_BYTES, firmware });
  runToEnd(machine);
  ours = outcomes(machine.core.ram, accesses);
});

const show = ({ level, row, written }: Access): string =>
  `${row.name} in ${level}-mode, ${written.toString(16)}`;
const tell = ({ before, after, cause }: Outcome): string =>
  `${before.toString(16)} -> ${after.toString(16)}${cause === undefined ? "" : `, cause ${cause}`}`;

function expected({ level, row, written }: Access, { before, after: found }: Outcome): Outcome {
  if (!mayRead(row, level)) return { before: 0n, after: 0n, cause: ILLEGAL };
  if (!mayWrite(row, level)) return { before, after: after(row, before, written) ?? found, cause: ILLEGAL };
  return { before, after: after(row, before, written) ?? found };
}

describe("every CSR row", () => {
  it("has a rule in the model, and every rule a row", () => {
    expect(unknownRows()).toEqual([]);
    expect(unusedRules()).toEqual([]);
    const added = { name: "added", address: 0x5c0, write: "writeAdded", doc: "" };
    expect(unknownRows([...CSRS, added])).toEqual(["added"]);
  });

  it("is read and written at each level, and keeps what the model says", () => {
    const wrong = accesses.flatMap((access, index) => {
      const found = ours[index] as Outcome;
      const [theirs, own] = [tell(expected(access, found)), tell(found)];
      return theirs === own ? [] : [`${show(access)}: ${own}, not ${theirs}`];
    });
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  it("is counted: accesses that did not trap, at each level that has it", () => {
    const counts = new Map<string, number>();
    accesses.forEach(({ row, level }, index) => {
      const key = `${row.name} ${level}`;
      const read = ours[index]?.cause === undefined || !mayWrite(row, level);
      if (read && mayRead(row, level)) counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    const missing = CSRS.flatMap((row) =>
      LEVELS.filter((level) => mayRead(row, level) && (counts.get(`${row.name} ${level}`) ?? 0) < 100).map(
        (level) => `${row.name} ${level}`,
      ),
    );
    expect(missing).toEqual([]);
  });
});

requireTool("qemu-system-riscv64")("QEMU's CSRs", () => {
  it("are the same, but for the differences that docs tell of", () => {
    const theirs = outcomes(ramAfter(findTool("qemu-system-riscv64") as string, image, RAM_BYTES), accesses);
    const used = new Set<Difference>();
    const same = ({ row, written }: Access, one: bigint, other: bigint): boolean => {
      let bits = one ^ other;
      for (const difference of DIFFERENCES) {
        if (!difference.names.test(row.name) || (bits & difference.bits(written)) === 0n) continue;
        used.add(difference);
        bits &= ~difference.bits(written);
      }
      return bits === 0n;
    };
    const wrong = accesses.flatMap((access, index) => {
      if (LEFT_OUT.test(access.row.name)) return [];
      const [one, other] = [ours[index] as Outcome, theirs[index] as Outcome];
      const agree =
        one.cause === other.cause &&
        same(access, one.before, other.before) &&
        same(access, one.after, other.after);
      return agree ? [] : [`${show(access)}: ${tell(one)} here, ${tell(other)} on QEMU`];
    });
    expect(wrong.slice(0, 10)).toEqual([]);
    expect(DIFFERENCES.filter((difference) => !used.has(difference))).toEqual([]);
  });

  it("differ as the table in docs says", () => {
    const table = readSource("docs/differences-from-qemu.md");
    for (const { row } of DIFFERENCES) expect(table).toContain(`| ${row} |`);
  });
});
