/**
 * The five stages of the textbooks (IF, ID, EX, MEM, WB): one instruction each, transfers decided in EX and predicted not taken, no caches.
 * An instruction "issues" in its ID. Registers are written in the first half of WB and read in the second half of ID.
 */
import type { PipelineFile } from "./pipeline.ts";

const TEXTBOOK = "Patterson and Hennessy, Computer Organization and Design, chapter 4";

function classic5(name: string, doc: string, aluLatency: number, loadLatency: number): PipelineFile {
  const source = (value: number): readonly [number, string] => [value, TEXTBOOK];
  return {
    name,
    doc,
    parameters: {
      memoryLatency: source(0),
      memoryTurn: source(0),
      scanToIssue: source(1),
      takenBubble: source(1),
      redirectToScan: source(1),
      flushToScan: source(1),
      fetchQueue: source(0),
      fetchResume: source(0),
      fetchReplay: source(0),
      targetQueue: source(0),
      scoreboard: source(8),
      commitWidth: source(1),
      commitDepth: source(3),
      predictor: source(1),
      bhtEntries: source(1),
      btbEntries: source(1),
      aluLatency: source(aluLatency),
      multiplyLatency: source(aluLatency),
      multiplyBlocks: source(1),
      divideLatency: source(aluLatency),
      divideZeroLatency: source(aluLatency),
      divideBitLatency: source(0),
      loadLatency: source(loadLatency),
      loadQueue: source(0),
      storeLatency: source(2),
      csrLatency: source(2),
      floatDouble: source(aluLatency),
      floatSingle: source(aluLatency),
      floatMove: source(aluLatency),
      floatConvert: source(aluLatency),
      floatDivideDouble: source(aluLatency),
      floatDivideSingle: source(aluLatency),
      floatDivideOverlap: source(0),
      icacheSets: source(0),
      icacheWays: source(1),
      icacheMiss: source(0),
      icacheFlush: source(0),
      dcacheSets: source(0),
      dcacheWays: source(1),
      dcacheMiss: source(0),
      lineBits: source(4),
      storeQueue: source(0),
      writeBuffer: source(1),
      writeSlots: source(1),
      writeTurnaround: source(0),
      tlbEntries: source(0),
      walkStart: source(0),
      walkStartStore: source(0),
      walkStartFetch: source(0),
      walkLevel: source(0),
      walkMiss: source(0),
      atomicStart: source(2),
      atomicDrain: source(0),
      atomicEnd: source(1),
      trapForgets: source(0),
      trapEcall: source(2),
      trapIllegal: source(2),
      trapMemory: source(2),
    },
    stages: [
      { name: "IF", letter: "F", doc: "instruction fetch", from: "scanned", plus: 0, waits: true },
      { name: "ID", letter: "D", doc: "decode, registers are read", from: "issued", plus: 0 },
      { name: "EX", letter: "X", doc: "execution, address calculation", from: "issued", plus: 1 },
      { name: "ME", letter: "M", doc: "data memory", from: "issued", plus: 2 },
      { name: "WB", letter: "W", doc: "the register is written", from: "committed", plus: 0 },
    ],
  };
}

export const CLASSIC5 = classic5("classic5", "the textbook's five stages with forwarding", 1, 2);
export const CLASSIC5_STALLING = classic5(
  "classic5-stalling",
  "the textbook's five stages without forwarding",
  3,
  3,
);
