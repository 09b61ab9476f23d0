/** Prints the interpreter's loop: one case per op, from the meanings of the instruction set. */
import { COMPARISONS, type Expression, type Statement } from "../isa/meaning.ts";
import type { Op } from "./ops.ts";

const RS1 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS1))";
const RS2 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS2))";
const PC = "(pcBase + <u64>(slot >>> 3))";
const NAMES: Readonly<Record<string, string>> = {
  rs1: RS1,
  rs2: RS2,
  imm: "load<u64>(slot, SLOT_IMM)",
  pc: PC,
  old: "old",
};

/** Operators as AssemblyScript writes them on u64; signed ones cast their operands. */
const OPERATORS: Readonly<Record<string, string>> = {
  "<s": "<",
  "<u": "<",
  ">=s": ">=",
  ">=u": ">=",
  ">>s": ">>",
  ">>u": ">>",
};

/** Calls that reach memory and may trap: their results are taken by a statement of their own. */
const LOAD = /^load(8|16|32|64)([su]?)$/;

function print(expression: Expression): string {
  switch (expression.kind) {
    case "number":
      return String(expression.value);
    case "name": {
      const text = NAMES[expression.name];
      if (!text) throw new Error(`unknown name "${expression.name}" in a meaning`);
      return text;
    }
    case "binary": {
      const { operator } = expression;
      const signed = operator.endsWith("s");
      const [left, right] = [print(expression.left), print(expression.right)].map((text) =>
        signed ? `<i64>(${text})` : text,
      );
      const text = `(${left} ${OPERATORS[operator] ?? operator} ${right})`;
      return COMPARISONS.has(operator) ? text : `<u64>${text}`;
    }
    case "call": {
      const args = expression.args.map(print);
      if (expression.name === "sext32") return `<u64><i64><i32>(${args[0]})`;
      if (expression.name === "zext32") return `<u64><u32>(${args[0]})`;
      return `${expression.name}(${args.join(", ")})`;
    }
  }
}

/** Saves what slow paths need: the pc for a trap, the fuel for the time. */
const SPILL = `store<u64>(h, ${PC}, HART_PC); store<u32>(h, fuel, HART_FUEL);`;
const LEAVE = "{ leave = true; break; }";
const LEAVE_IF_TRAPPED = `if (load<u32>(h, HART_TRAPPED)) ${LEAVE}`;
const setRd = (value: string) => `store<u64>(h + <usize>load<u16>(slot, SLOT_RD), ${value});`;

/** Address tag that an aligned access of that many bytes finds in its TLB entry; a misaligned one never does. */
const tag = (bytes: number) => `(va & ${bytes === 1 ? "~0xfff" : `(~0xfff | ${bytes - 1})`})`;

function printLoad(bits: number, sign: string, address: Expression): string[] {
  const type = `${sign === "s" ? "i" : "u"}${bits}`;
  const extend = sign === "s" ? `<u64><i64><i${bits}>` : "";
  return [
    `const va: u64 = ${print(address)};`,
    "const entry = readTlb + tlbIndex(va);",
    "let value: u64;",
    `if (load<u64>(entry) == ${tag(bits / 8)}) value = <u64>load<${type}>(<usize>va + <usize>load<u32>(entry, TLB_ADDEND));`,
    `else { ${SPILL} value = ${extend}loadSlow(h, va, ${bits / 8}); ${LEAVE_IF_TRAPPED} }`,
    setRd("value"),
  ];
}

function printStore(op: Op, bits: number, address: Expression, value: Expression): string[] {
  return [
    `const va: u64 = ${print(address)};`,
    "const entry = writeTlb + tlbIndex(va);",
    `if (load<u64>(entry) == ${tag(bits / 8)}) store<u${bits}>(<usize>va + <usize>load<u32>(entry, TLB_ADDEND), <u${bits}>${print(value)});`,
    `else { ${SPILL} if (storeSlow(h, va, ${print(value)}, ${bits / 8}, ${op.length})) ${LEAVE} }`,
  ];
}

function printAmo(bits: number, address: Expression, value: Expression): string[] {
  return [
    SPILL,
    `const host = amoAddress(h, ${print(address)}, ${bits / 8});`,
    `if (host == 0) ${LEAVE}`,
    `const old: u64 = <u64>load<i${bits}>(host);`,
    `store<u${bits}>(host, <u${bits}>(${print(value)}));`,
    setRd("old"),
  ];
}

function printAssign(value: Expression): string[] {
  if (value.kind === "call") {
    const [first, second] = value.args;
    const load = LOAD.exec(value.name);
    if (load && first) return printLoad(Number(load[1]), load[2] || "u", first);
    const amo = /^amo(32|64)$/.exec(value.name);
    if (amo && first && second) return printAmo(Number(amo[1]), first, second);
    const reserved = /^(lr|sc)(32|64)$/.exec(value.name);
    if (reserved && first) {
      const args = value.args.map(print).join(", ");
      const name = reserved[1] === "lr" ? "loadReserved" : "storeConditional";
      return [
        SPILL,
        `const value = ${name}(h, ${args}, ${Number(reserved[2]) / 8});`,
        LEAVE_IF_TRAPPED,
        setRd("value"),
      ];
    }
  }
  const text = print(value);
  return [setRd(value.kind === "binary" && COMPARISONS.has(value.operator) ? `<u64>${text}` : text)];
}

const nextSlot = (op: Op) => `slot += ${op.length * 8}; continue;`;

function printBody(op: Op, meaning: Statement): string[] {
  const link = setRd(`${PC} + ${op.length}`);
  switch (meaning.kind) {
    case "nop":
      return [nextSlot(op)];
    case "assign":
      return [...printAssign(meaning.value), nextSlot(op)];
    case "store":
      return [...printStore(op, meaning.bits, meaning.address, meaning.value), nextSlot(op)];
    case "helper":
      return [SPILL, `if (${meaning.name}(h, slot)) ${LEAVE}`, nextSlot(op)];
    case "branch":
      if (op.near)
        return [
          `slot += ${print(meaning.condition)} ? <usize>load<u32>(slot, SLOT_IMM) : ${op.length * 8}; continue;`,
        ];
      return [`if (${print(meaning.condition)}) { target = ${print(meaning.target)}; break; }`, nextSlot(op)];
    case "jump":
      if (op.near) return [link, "slot += <usize>load<u32>(slot, SLOT_IMM); continue;"];
      return [`target = ${print(meaning.target)};`, link, "break;"];
  }
}

/** The names of functions of assembly/insn/system.ts that meanings use. */
export function helperNames(ops: readonly Op[]): string[] {
  return [
    ...new Set(
      ops.flatMap(({ instruction: { meaning } }) => (meaning.kind === "helper" ? [meaning.name] : [])),
    ),
  ];
}

export function printInterpreter(ops: readonly Op[]): string {
  const cases = ops.map((op) => {
    const body = printBody(op, op.instruction.meaning);
    return `        case ${op.name}: {\n${body.map((text) => `          ${text}`).join("\n")}\n        }`;
  });
  return `/** The interpreter's loop. */
import { div, divu, max, maxu, min, minu, mulh, mulhsu, mulhu, rem, remu } from '../insn/arithmetic';
import { ${helperNames(ops).join(", ")} } from '../insn/system';
import { amoAddress, loadReserved, loadSlow, storeConditional, storeSlow } from '../mmu/access';
import { TLB_ADDEND, tlbIndex } from '../mmu/tlb';
import { SLOT_IMM, SLOT_RD, SLOT_RS1, SLOT_RS2 } from '../block/slot';
import { decodeSlot } from '../block/code-cache';
import { breakHere, decodeAlone, enter } from '../block/fetch';
import { illegalInstruction } from '../hart/trap';
import { HART_FETCHTLB, HART_FUEL, HART_PC, HART_READTLB, HART_TRAPPED, HART_WRITETLB } from './layout';
import { ${ops.map((entry) => entry.name).join(", ")}, OP_BREAK, OP_NEXT_PAGE, OP_STRADDLE, OP_UNDECODED } from './ops';

/**
 * Runs hart \`h\` (the address of its record) for \`fuel\` cycles, or until it waits or must stop.
 * Returns the fuel left. On return the hart's pc is current.
 *
 * \`slot\` is the decoded instruction; the pc is \`pcBase + slot / 8\`, so that stepping moves one number only.
 */
export function interpret(h: usize, fuel: u32): u32 {
  while (fuel != 0) {
    store<u32>(h, fuel, HART_FUEL);
    let slot = enter(h);
    fuel = load<u32>(h, HART_FUEL);
    if (slot == 0) {
      if (load<u32>(h, HART_TRAPPED)) continue;
      return fuel;
    }
    let pcBase: u64 = load<u64>(h, HART_PC) - <u64>(slot >>> 3);
    const readTlb = <usize>load<u32>(h, HART_READTLB);
    const writeTlb = <usize>load<u32>(h, HART_WRITETLB);
    const fetchTlb = <usize>load<u32>(h, HART_FETCHTLB);
    let leave = false;
    let target: u64 = 0;
    while (fuel != 0) {
      fuel--;
      switch (<i32>load<u16>(slot)) {
${cases.join("\n")}
        case OP_UNDECODED: {
          fuel++;
          decodeSlot(slot);
          continue;
        }
        case OP_NEXT_PAGE: {
          fuel++;
          target = ${PC};
          break;
        }
        case OP_STRADDLE: {
          ${SPILL}
          target = ${PC};
          slot = decodeAlone(h, target);
          if (slot == 0) ${LEAVE}
          fuel++;
          pcBase = target - <u64>(slot >>> 3);
          continue;
        }
        case OP_BREAK: {
          fuel++;
          ${SPILL}
          target = ${PC};
          slot = breakHere(h, target);
          if (slot == 0) return fuel;
          pcBase = target - <u64>(slot >>> 3);
          continue;
        }
        default: {
          ${SPILL}
          illegalInstruction(h, load<u64>(slot, SLOT_IMM));
          leave = true;
        }
      }
      if (leave) break;
      const entry = fetchTlb + tlbIndex(target);
      if (load<u64>(entry) == (target & ~0xfff)) {
        slot = <usize>load<u32>(entry, TLB_ADDEND) + ((<usize>target & 0xffe) << 3);
        pcBase = target - <u64>(slot >>> 3);
      } else {
        store<u64>(h, target, HART_PC);
        leave = true;
        break;
      }
    }
    if (!leave) store<u64>(h, pcBase + <u64>(slot >>> 3), HART_PC);
  }
  return 0;
}
`;
}
