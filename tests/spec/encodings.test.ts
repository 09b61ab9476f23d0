/** Every line of the instruction tables is what the GNU disassembler takes it for. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { Assembler } from "../core/assembler.ts";
import { LINES, type Operands } from "../core/encode.ts";
import { Context } from "../lockstep/context.ts";
import { buildPageTables } from "../lockstep/page-tables.ts";
import { Random } from "../lockstep/random.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";

const WORDS_EACH = 20;
/** Names of ours that the disassembler shows otherwise, for operands that are hints. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  "c.addi": ["c.nop"],
  "c.slli": ["c.slli64"],
  "c.srli": ["c.srli64"],
  "c.srai": ["c.srai64"],
};

/** Fields that mean nothing and that the disassembler wants to be 0. */
const ORDINARY: Readonly<Record<string, Operands>> = {
  fence: { fm: 0, rd: 0, rs1: 0, pred: 3 },
  // Exact, so that every rounding mode is the same.
  "fcvt.d.s": { rm: 0 },
  "fcvt.d.h": { rm: 0 },
  "fcvt.s.h": { rm: 0 },
  "fcvt.d.w": { rm: 0 },
  "fcvt.d.wu": { rm: 0 },
  "fence.i": { rd: 0, rs1: 0, ignored: 0 },
};
/** Extensions that a disassembler may be too old for. */
const RECENT = new Set(["sinval.vma", "sfence.w.inval", "sfence.inval.ir", "czero.eqz", "czero.nez"]);
/** Beyond RV64GC, what the disassembler is told to know. */
const ARCHITECTURE = "rv64gc_zicbom_zicbop_zicboz_zihintpause_zawrs_zfhmin_zba_zbb_zbc_zbs";

/** Instructions one by one as lines of assembly. */
function insnLines(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const wide = (view.getUint16(at, true) & 3) === 3;
    lines.push(`.insn 0x${(wide ? view.getUint32(at, true) : view.getUint16(at, true)).toString(16)}`);
    at += wide ? 4 : 2;
  }
  return lines;
}

/** Mnemonics of instructions, from an object file that says which extensions there are. */
function disassemble(bytes: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-objdump-"));
  try {
    const source = join(folder, "code.s");
    const object = join(folder, "code.o");
    writeFileSync(source, `${insnLines(bytes).join("\n")}\n`);
    const gcc = findTool("riscv64-linux-gnu-gcc") as string;
    execFileSync(gcc, ["-c", `-march=${ARCHITECTURE}`, "-o", object, source]);
    const objdump = join(dirname(gcc), "riscv64-linux-gnu-objdump");
    const options = ["-d", "-M", "no-aliases", "--no-show-raw-insn", object];
    const text = execFileSync(objdump, options, { encoding: "utf8", maxBuffer: 1 << 26 });
    return [...text.matchAll(/^\s*[0-9a-f]+:\s+(\S+)/gm)].map((match) => match[1] as string);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

requireTool("riscv64-linux-gnu-gcc")("the disassembler", () => {
  it("names every line as we do", () => {
    const random = new Random(1);
    const a = new Assembler(0x8000_0000);
    const none = { t0: 0, t1: 0, request: 0, link: 0 };
    const context = new Context(random, a, none, buildPageTables(random), { sstc: false, handlers: [] });
    const names: string[] = [];
    for (const line of LINES.values()) {
      if (RECENT.has(line.name) || line.extension === "zfa") continue;
      for (let n = 0; n < WORDS_EACH; n++) {
        context.any(line, ORDINARY[line.name]);
        names.push(line.name);
      }
    }
    const seen = disassemble(a.bytes());
    expect(seen.length).toBe(names.length);
    const wrong = names.flatMap((name, index) => {
      const theirs = (seen[index] as string).replace(/\.(aq|rl|aqrl)$/, "");
      return theirs === name || OTHER_NAMES[name]?.includes(theirs) ? [] : [`${name} is shown as ${theirs}`];
    });
    expect([...new Set(wrong)]).toEqual([]);
  });
});
