/** Prints the functional interpreter's loop: a cycle for each instruction, told at its start. */
import { type Frame, printCaseImports, printCases } from "./cases.ts";
import { PC } from "./expression.ts";
import type { Op } from "./ops.ts";

const SPILL = `store<u64>(h, ${PC}, HART_PC); store<u32>(h, fuel, HART_FUEL);`;
const LEAVE = "{ left = true; return fuel; }";
const next = (op: Op): string[] => [`slot += ${op.length * 8}; continue;`];

const FUNCTIONAL: Frame = {
  executes: () => true,
  apart: "",
  readTlb: "readTlb",
  writeTlb: "writeTlb",
  spill: SPILL,
  leave: LEAVE,
  before: () => [],
  loaded: next,
  stored: next,
  next,
  branch: (op, condition, target) =>
    op.near
      ? [`slot += ${condition} ? <usize>load<u32>(slot, SLOT_IMM) : ${op.length * 8}; continue;`]
      : [`if (${condition}) { target = ${target}; break; }`, ...next(op)],
  jump: (op) => [op.near ? "slot += <usize>load<u32>(slot, SLOT_IMM); continue;" : "break;"],
};

/** generated/interpreter.ts */
export function printInterpreter(ops: readonly Op[]): string {
  return `/** The functional interpreter's loop. */
${printCaseImports(ops, FUNCTIONAL)}
import { amoAddress, loadReserved, loadSlow, storeConditional, storeSlow } from '../mmu/access';
import { TLB_ADDEND, tlbIndex } from '../mmu/tlb';
import { SLOT_IMM, SLOT_RD, SLOT_RS1, SLOT_RS2 } from '../block/slot';
import { decodeSlot } from '../block/code-cache';
import { breakHere, decodeAlone } from '../block/fetch';
import { illegalInstruction } from '../hart/trap';
import { HART_FETCHTLB, HART_FUEL, HART_PC, HART_READTLB, HART_TRAPPED, HART_WRITETLB } from './layout';
import { OP_BREAK, OP_NEXT_PAGE, OP_STRADDLE, OP_UNDECODED } from './ops';

/** Whether the last call of \`execute\` came to something that makes the hart look around before it goes on. */
export let left: bool = false;

/**
 * Executes instructions of hart \`h\` (the address of its record) from \`slot\` on, that of its pc, for \`fuel\` cycles or until
 * it \`left\`. Returns the fuel left. On return the hart's pc is current.
 *
 * \`slot\` is the decoded instruction; the pc is \`pcBase + slot / 8\`, so that stepping moves one number only.
 */
export function execute(h: usize, slot: usize, fuel: u32): u32 {
  let pcBase: u64 = load<u64>(h, HART_PC) - <u64>(slot >>> 3);
  const readTlb = <usize>load<u32>(h, HART_READTLB);
  const writeTlb = <usize>load<u32>(h, HART_WRITETLB);
  const fetchTlb = <usize>load<u32>(h, HART_FETCHTLB);
  let target: u64 = 0;
  while (fuel != 0) {
    fuel--;
    switch (<i32>load<u16>(slot)) {
${printCases(ops, FUNCTIONAL)}
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
        if (slot == 0) {
          left = true;
          return load<u32>(h, HART_FUEL);
        }
        pcBase = target - <u64>(slot >>> 3);
        continue;
      }
      default: {
        ${SPILL}
        illegalInstruction(h, load<u64>(slot, SLOT_IMM));
        ${LEAVE}
      }
    }
    const entry = fetchTlb + tlbIndex(target);
    if (load<u64>(entry) != (target & ~0xfff)) {
      store<u64>(h, target, HART_PC);
      ${LEAVE}
    }
    slot = <usize>load<u32>(entry, TLB_ADDEND) + ((<usize>target & 0xffe) << 3);
    pcBase = target - <u64>(slot >>> 3);
  }
  store<u64>(h, ${PC}, HART_PC);
  left = false;
  return fuel;
}
`;
}
