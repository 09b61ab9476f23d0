/**
 * Prints the memoising interpreter's loop (assembly/timing/memo). It goes from segment to segment: what has no outcome costs
 * nothing beyond its execution, and what has one picks the edge to the next segment.
 */
import { type Frame, printCaseImports, printCases } from "./cases.ts";
import { PC } from "./expression.ts";
import type { Op } from "./ops.ts";
import { type Kind, timingClass } from "./timing-classes.ts";

/** Left to the plain model: what drains or flushes the pipeline. */
const APART: readonly Kind[] = ["atomic", "csr", "fence", "fenceI", "sfence", "return", "trap"];

const RS1 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS1))";
const RS2 = "load<u64>(h + <usize>load<u16>(slot, SLOT_RS2))";
const ASKED = `h, m, segment, slot, ${PC}`;
const isDivision = (op: Op) => timingClass(op.instruction).kind === "divide";
const goOn = (op: Op) => `slot += ${op.length * 8}; break;`;
const apart = "{ edge = APART; break; }";

const MEMO: Frame = {
  executes: (op) =>
    !APART.includes(timingClass(op.instruction).kind) && op.instruction.meaning.kind !== "helper",
  apart,
  // It may be to code that has been remembered, even to that of the segment under way.
  insteadOfSlowStore: apart.slice(2, -2),
  readTlb: "<usize>load<u32>(h, HART_READTLB)",
  writeTlb: "<usize>load<u32>(h, HART_WRITETLB)",
  // The time is that of the commit before the last instruction of the segment, the only one that can ask.
  spill: `store<u64>(h, ${PC}, HART_PC); store<i32>(h, fuelAt(m, segment), HART_FUEL);`,
  leave: "{ edge = GONE; break; }",
  before: (op) => (isDivision(op) ? [`const a = ${RS1};`, `const b = ${RS2};`] : []),
  loaded: (op) => [
    "if (surelyHits(m, segment, va, host)) edge = segment + SEGMENT_EDGE;",
    `else edge = loadEdge(${ASKED}, va);`,
    goOn(op),
  ],
  stored: (op) => [`edge = storeEdge(${ASKED}, va, host);`, goOn(op)],
  next: (op) =>
    isDivision(op)
      ? [`edge = divideEdge(${ASKED}, a, b);`, goOn(op)]
      : [`slot += ${op.length * 8}; continue;`],
  branch: (op, condition, target) => [
    `const taken: bool = ${condition};`,
    "if (surelyPredicted(segment, taken)) edge = segment + SEGMENT_EDGE + (taken ? SEGMENT_SECOND - SEGMENT_EDGE : 0);",
    `else edge = branchEdge(${ASKED}, taken);`,
    op.near
      ? `slot += taken ? <usize>load<u32>(slot, SLOT_IMM) : ${op.length * 8}; break;`
      : `if (taken) { store<u64>(h, ${target}, HART_PC); edge |= FAR; } else slot += ${op.length * 8}; break;`,
  ],
  jump: (op, target) => {
    if (timingClass(op.instruction).kind === "indirect")
      return [`edge = indirectEdge(${ASKED}, target) | FAR;`, "store<u64>(h, target, HART_PC); break;"];
    const push = `pushDirect(m, slot, ${PC} + ${op.length}); edge = segment + SEGMENT_EDGE;`;
    return op.near
      ? [push, "slot += <usize>load<u32>(slot, SLOT_IMM); break;"]
      : [push, `store<u64>(h, ${target}, HART_PC); edge |= FAR; break;`];
  },
};

/** generated/memo-interpreter.ts */
export function printMemoInterpreter(ops: readonly Op[]): string {
  return `/** The memoising interpreter's loop. */
${printCaseImports(ops, MEMO)}
import { loadSlow } from '../mmu/access';
import { TLB_ADDEND, tlbIndex } from '../mmu/tlb';
import { SLOT_IMM, SLOT_RD, SLOT_RS1, SLOT_RS2 } from '../block/slot';
import { decodeSlot } from '../block/code-cache';
import { pushDirect } from '../timing/retire';
import {
  branchEdge, divideEdge, follow, fuelAt, indirectEdge, loadEdge, storeEdge, surelyHits, surelyPredicted,
} from '../timing/memo/edges';
import {
  EDGE_DELTA, EDGE_NEXT, EDGE_TAKEN, SEGMENT_EDGE, SEGMENT_KEY, SEGMENT_PREFIX, SEGMENT_SECOND,
} from '../timing/memo/segment';
import {
  HART_FETCHTLB, HART_FUEL, HART_PC, HART_READTLB, HART_TRAPPED, HART_WRITETLB, TIMING_FETCHPAGE, TIMING_GENERATION,
  TIMING_MEMOGONE, TIMING_MEMOLIMIT,
} from './layout';
import { OP_UNDECODED } from './ops';

/**
 * How it ends instead of on an edge: at an instruction for the plain model, in the segment or where it ends; at one that trapped;
 * behind one that the model has been told of. TOLD may come with FAR, as edges do when what follows is not on the page for certain.
 */
export const TOLD: usize = 0;
export const FAR: usize = 1;
export const APART: usize = 2;
export const GONE: usize = 4;

/** Where it ended: the segment, the slot, its virtual address. */
export let memoSegment: usize = 0;
export let memoSlot: usize = 0;
export let memoPc: u64 = 0;

/** Matches no key. */
const NO_KEY: u64 = 1;

/**
 * Executes instructions of hart \`h\` from \`slot\` on, with which \`segment\` begins, as far as there are segments. Returns the
 * last edge, or how else it ended.
 */
export function executeMemo(h: usize, m: usize, slot: usize, segment: usize): usize {
  let pcBase: u64 = load<u64>(h, HART_PC) - <u64>(slot >>> 3);
  let edge: usize = 0;
  for (;;) {
    let target: u64 = 0;
    switch (<i32>load<u16>(slot)) {
${printCases(ops, MEMO)}
      case OP_UNDECODED: {
        decodeSlot(slot);
        continue;
      }
      default: ${apart}
    }
    let wanted = load<u64>(m, TIMING_GENERATION) | <u64>slot;
    let isThere = true;
    if (edge & FAR) {
      target = load<u64>(h, HART_PC);
      const entry = <usize>load<u32>(h, HART_FETCHTLB) + tlbIndex(target);
      isThere = load<u64>(entry) == (target & ~0xfff);
      slot = <usize>load<u32>(entry, TLB_ADDEND) + ((<usize>target & 0xffe) << 3);
      pcBase = target - <u64>(slot >>> 3);
      edge &= ~FAR;
      wanted = load<u64>(m, TIMING_FETCHPAGE) == (target & ~0xfff) ? load<u64>(m, TIMING_GENERATION) | <u64>slot : NO_KEY;
    }
    if (edge <= GONE) break;
    store<u32>(edge, load<u32>(edge, EDGE_TAKEN) + 1, EDGE_TAKEN);
    store<u64>(m, load<u64>(m, TIMING_MEMOGONE) + load<u64>(edge, EDGE_DELTA), TIMING_MEMOGONE);
    if (!isThere) break;
    segment = <usize>load<u32>(edge, EDGE_NEXT);
    if (load<u64>(segment, SEGMENT_KEY) == wanted && (load<u64>(m, TIMING_MEMOGONE) >> 32) + <u64>load<u32>(segment, SEGMENT_PREFIX) < load<u64>(m, TIMING_MEMOLIMIT)) continue;
    segment = follow(h, m, edge, slot, ${PC});
    if (segment == 0) break;
  }
  memoSegment = segment;
  memoSlot = slot;
  memoPc = ${PC};
  return edge;
}
`;
}
