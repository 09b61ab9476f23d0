/**
 * The hazards of the textbook's five-stage pipeline: short programs with their diagrams, drawn by hand after Patterson and Hennessy,
 * Computer Organization and Design, chapter 4. A column is a cycle; `..` is waiting for ID; killed instructions are in brackets.
 */
import type { Assembler } from "../core/assembler.ts";

export interface Hazard {
  /** Also the name of its picture. */
  readonly name: string;
  readonly title: string;
  readonly code: (a: Assembler) => void;
  /** Diagrams by pipeline. Addresses are written as `target`. */
  readonly diagrams: Readonly<Record<string, string>>;
  /** Which instruction waits for the result of which, for arrows: numbers of rows. */
  readonly needs?: readonly (readonly [producer: number, consumer: number])[];
}

const [T2, S0, A0, A1, A2, A3, A4] = [7, 8, 10, 11, 12, 13, 14];
const nop = (a: Assembler): void => void a.op("addi", { rd: 0, rs1: 0 });

export const HAZARDS: readonly Hazard[] = [
  {
    name: "independent",
    title: "Independent instructions: one in a cycle",
    code: (a) => {
      a.op("add", { rd: A3, rs1: A1, rs2: A2 }).op("add", { rd: A4, rs1: A1, rs2: A2 });
      a.op("add", { rd: S0, rs1: A1, rs2: A2 });
    },
    diagrams: {
      classic5: `
        add a3, a1, a2  IF ID EX ME WB
        add a4, a1, a2     IF ID EX ME WB
        add s0, a1, a2        IF ID EX ME WB`,
      "classic5-stalling": `
        add a3, a1, a2  IF ID EX ME WB
        add a4, a1, a2     IF ID EX ME WB
        add s0, a1, a2        IF ID EX ME WB`,
    },
  },
  {
    name: "raw-chain",
    title: "Read after write: each addition needs the sum before it",
    code: (a) => {
      a.op("add", { rd: T2, rs1: A1, rs2: A2 }).op("add", { rd: T2, rs1: T2, rs2: A2 });
      a.op("add", { rd: T2, rs1: T2, rs2: A2 });
    },
    needs: [
      [0, 1],
      [1, 2],
    ],
    diagrams: {
      classic5: `
        add t2, a1, a2  IF ID EX ME WB
        add t2, t2, a2     IF ID EX ME WB
        add t2, t2, a2        IF ID EX ME WB`,
      "classic5-stalling": `
        add t2, a1, a2  IF ID EX ME WB
        add t2, t2, a2     IF .. .. ID EX ME WB
        add t2, t2, a2              IF .. .. ID EX ME WB`,
    },
  },
  {
    name: "raw-distance",
    title: "Read after write with one independent instruction between",
    code: (a) => {
      a.op("add", { rd: T2, rs1: A1, rs2: A2 }).op("add", { rd: A3, rs1: A1, rs2: A2 });
      a.op("add", { rd: S0, rs1: T2, rs2: A2 });
    },
    needs: [[0, 2]],
    diagrams: {
      classic5: `
        add t2, a1, a2  IF ID EX ME WB
        add a3, a1, a2     IF ID EX ME WB
        add s0, t2, a2        IF ID EX ME WB`,
      "classic5-stalling": `
        add t2, a1, a2  IF ID EX ME WB
        add a3, a1, a2     IF ID EX ME WB
        add s0, t2, a2        IF .. ID EX ME WB`,
    },
  },
  {
    name: "load-use",
    title: "Load and use: the word comes out of memory a cycle too late",
    code: (a) => {
      a.op("ld", { rd: T2, rs1: A0 }).op("add", { rd: S0, rs1: T2, rs2: A2 });
    },
    needs: [[0, 1]],
    diagrams: {
      classic5: `
        ld t2, 0(a0)    IF ID EX ME WB
        add s0, t2, a2     IF .. ID EX ME WB`,
      "classic5-stalling": `
        ld t2, 0(a0)    IF ID EX ME WB
        add s0, t2, a2     IF .. .. ID EX ME WB`,
    },
  },
  {
    name: "load-delay",
    title: "Load and use with another instruction between: the compiler's way out",
    code: (a) => {
      a.op("ld", { rd: T2, rs1: A0 }).op("add", { rd: A3, rs1: A1, rs2: A2 });
      a.op("add", { rd: S0, rs1: T2, rs2: A2 });
    },
    needs: [[0, 2]],
    diagrams: {
      classic5: `
        ld t2, 0(a0)    IF ID EX ME WB
        add a3, a1, a2     IF ID EX ME WB
        add s0, t2, a2        IF ID EX ME WB`,
      "classic5-stalling": `
        ld t2, 0(a0)    IF ID EX ME WB
        add a3, a1, a2     IF ID EX ME WB
        add s0, t2, a2        IF .. ID EX ME WB`,
    },
  },
  {
    name: "branch-taken",
    title: "A taken branch, decided in EX: two instructions behind it are thrown away",
    code: (a) => {
      a.to("target", "beq", { rs1: 0, rs2: 0 });
      nop(a);
      nop(a);
      a.label("target").op("add", { rd: S0, rs1: A1, rs2: A2 });
    },
    diagrams: {
      classic5: `
        beqz zero, target  IF ID EX ME WB
        (nop)                 IF ID
        (nop)                    IF
        add s0, a1, a2              IF ID EX ME WB`,
      "classic5-stalling": `
        beqz zero, target  IF ID EX ME WB
        (nop)                 IF ID
        (nop)                    IF
        add s0, a1, a2              IF ID EX ME WB`,
    },
  },
  {
    name: "branch-not-taken",
    title: "A branch that is not taken costs nothing",
    code: (a) => {
      a.to("target", "bne", { rs1: 0, rs2: 0 });
      nop(a);
      a.label("target").op("add", { rd: S0, rs1: A1, rs2: A2 });
    },
    diagrams: {
      classic5: `
        bnez zero, target  IF ID EX ME WB
        nop                   IF ID EX ME WB
        add s0, a1, a2           IF ID EX ME WB`,
    },
  },
  {
    name: "load-branch",
    title: "A branch on a word just loaded: both hazards",
    code: (a) => {
      a.op("ld", { rd: T2, rs1: A0 }).to("target", "bne", { rs1: T2, rs2: 0 });
      nop(a);
      nop(a);
      a.label("target").op("add", { rd: S0, rs1: A1, rs2: A2 });
    },
    needs: [[0, 1]],
    diagrams: {
      classic5: `
        ld t2, 0(a0)     IF ID EX ME WB
        bnez t2, target     IF .. ID EX ME WB
        (nop)                     IF ID
        (nop)                        IF
        add s0, a1, a2                  IF ID EX ME WB`,
      "classic5-stalling": `
        ld t2, 0(a0)     IF ID EX ME WB
        bnez t2, target     IF .. .. ID EX ME WB
        (nop)                        IF ID
        (nop)                           IF
        add s0, a1, a2                     IF ID EX ME WB`,
    },
  },
];
