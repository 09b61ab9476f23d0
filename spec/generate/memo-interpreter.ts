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
const isDivision = (op: Op) => timingClass(op.instruction).kind === "divide";
const goOn = (op: Op) => `slot += ${op.length * 8}; break;`;
const apart = "{ edge = APART; break; }";

const MEMO: Frame = {
  executes: (op) =>
    !APART.includes(timingClass(op.instruction).kind) && op.instruction.meaning.kind !== "helper",
  apart,
  // It may be to code that has been remembered, even to that of the segment under way.
  insteadOfSlowStore: (bytes) => `if (preparesStore(h, va, ${bytes})) continue; edge = APART; break;`,
  readTlb: "<usize>load<u32>(h, HART_READTLB)",
  writeTlb: "<usize>load<u32>(h, HART_WRITETLB)",
  // The time is that of the commit before the last instruction of the segment, the only one that can ask.
  spill: `spill(h, m, segment, ${PC});`,
  leave: "{ edge = GONE; break; }",
  before: (op) => (isDivision(op) ? [`first = ${RS1};`, `second = ${RS2};`] : []),
  loaded: (op) => [
    `if (surelyHits(m, segment, host)) { edge = segment + SEGMENT_EDGE; ${goOn(op)} }`,
    "first = va; second = <u64>host; edge = ASK_LOAD; break;",
  ],
  stored: () => ["first = va; second = <u64>host; edge = ASK_STORE; break;"],
  next: (op) => (isDivision(op) ? ["edge = ASK_DIVIDE; break;"] : [`slot += ${op.length * 8}; continue;`]),
  branch: (op, condition) => [
    `const taken: bool = ${condition};`,
    "edge = taken ? ASK_TAKEN : ASK_NOT;",
    ...(op.near
      ? [
          "if (surelyPredicted(segment, taken)) edge = segment + (taken ? SEGMENT_SECOND : SEGMENT_EDGE);",
          "else break;",
          `slot += taken ? <usize>load<u32>(slot, SLOT_IMM) : ${op.length * 8};`,
        ]
      : []),
    "break;",
  ],
  jump: (op) => {
    if (timingClass(op.instruction).kind === "indirect") return ["edge = ASK_INDIRECT; break;"];
    if (!op.near) return ["edge = ASK_JUMP; break;"];
    return [
      `pushDirect(m, slot, ${PC} + ${op.length});`,
      "edge = segment + SEGMENT_EDGE; slot += <usize>load<u32>(slot, SLOT_IMM); break;",
    ];
  },
};

/** generated/memo-interpreter.ts */
export function printMemoInterpreter(ops: readonly Op[]): string {
  return `/** The memoising interpreter's loop. */
${printCaseImports(ops, MEMO)}
import { loadSlow } from '../mmu/access';
import { preparesStore } from '../mmu/translate';
import { TLB_ADDEND, tlbIndex } from '../mmu/tlb';
import { SLOT_IMM, SLOT_RD, SLOT_RS1, SLOT_RS2 } from '../block/slot';
import { decodeSlot } from '../block/code-cache';
import { pushDirect } from '../timing/retire';
import { isNear, lengthOf, classOf, targetOf } from '../timing/tell';
import {
  APART, ASK_DIVIDE, ASK_INDIRECT, ASK_JUMP, ASK_LOAD, ASK_NOT, ASK_STORE, ASK_TAKEN, askEdge, follow, GONE, spill,
  storeEdge, surelyHits, surelyPredicted, TOLD,
} from '../timing/memo/edges';
import {
  EDGE_DELTA, EDGE_NEXT, EDGE_TAKEN, SEGMENT_EDGE, SEGMENT_KEY, SEGMENT_SECOND,
} from '../timing/memo/segment';
import {
  HART_FETCHTLB, HART_PC, HART_READTLB, HART_TRAPPED, HART_WRITETLB, TIMING_FETCHPAGE,
  TIMING_GENERATION, TIMING_MEMOGONE, TIMING_MEMOSOFT,
} from './layout';
import { OP_UNDECODED } from './ops';

/** The pc less an eighth of the slot's address. Locals of the loop would cost each instruction, and these are used by few. */
let pcBase: u64 = 0;
/** What is known about an instruction that asks. */
let first: u64 = 0;
let second: u64 = 0;
let target: u64 = 0;

/** Where it ended: the segment, the slot, its virtual address. */
export let memoSegment: usize = 0;
export let memoSlot: usize = 0;
export let memoPc: u64 = 0;

/**
 * Executes instructions of hart \`h\` from \`slot\` on, with which \`segment\` begins, as far as there are segments. Returns the
 * last edge, or how else it ended.
 *
 * An instruction with an outcome sets \`edge\` when it is surely the usual one. Otherwise it asks: \`edge\` is what about then, and
 * \`first\`, \`second\` and \`target\` are what has to be known for it.
 */
export function executeMemo(h: usize, m: usize, slot: usize, segment: usize): usize {
  pcBase = load<u64>(h, HART_PC) - <u64>(slot >>> 3);
  let edge: usize = 0;
  for (;;) {
    switch (<i32>load<u16>(slot)) {
${printCases(ops, MEMO)}
      case OP_UNDECODED: {
        decodeSlot(slot);
        continue;
      }
      default: ${apart}
    }
    if (edge <= ASK_INDIRECT) {
      if (edge <= GONE) break;
      const ask = edge;
      const pc = ${PC};
      edge = ask == ASK_STORE
        ? storeEdge(h, m, segment, slot, pc, first, <usize>second)
        : askEdge(h, m, segment, slot, pc, ask, first, second, target);
      const what = classOf(slot);
      if (ask <= ASK_NOT) slot += <usize>lengthOf(what) << 3;
      else if (ask == ASK_TAKEN && isNear(what)) slot += <usize>load<u32>(slot, SLOT_IMM);
      else {
        if (ask == ASK_TAKEN) target = targetOf(slot, what, pc);
        const entry = <usize>load<u32>(h, HART_FETCHTLB) + tlbIndex(target);
        const isThere = load<u64>(entry) == (target & ~0xfff);
        slot = <usize>load<u32>(entry, TLB_ADDEND) + ((<usize>target & 0xffe) << 3);
        pcBase = target - <u64>(slot >>> 3);
        if (edge != TOLD && (!isThere || load<u64>(m, TIMING_FETCHPAGE) != (target & ~0xfff))) {
          store<u32>(edge, load<u32>(edge, EDGE_TAKEN) + 1, EDGE_TAKEN);
          store<u64>(m, load<u64>(m, TIMING_MEMOGONE) + load<u64>(edge, EDGE_DELTA), TIMING_MEMOGONE);
          if (!isThere) break;
          segment = follow(h, m, edge, slot, target);
          if (segment == 0) break;
          continue;
        }
      }
      if (edge == TOLD) break;
    }
    store<u32>(edge, load<u32>(edge, EDGE_TAKEN) + 1, EDGE_TAKEN);
    const gone = load<u64>(m, TIMING_MEMOGONE) + load<u64>(edge, EDGE_DELTA);
    store<u64>(m, gone, TIMING_MEMOGONE);
    segment = <usize>load<u32>(edge, EDGE_NEXT);
    if (load<u64>(segment, SEGMENT_KEY) == (load<u64>(m, TIMING_GENERATION) | <u64>slot) && gone < load<u64>(m, TIMING_MEMOSOFT)) continue;
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
