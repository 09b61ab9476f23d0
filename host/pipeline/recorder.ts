/** Records the way of instructions through the pipeline: the rows of pipeline diagrams. */
import type { Stage } from "../../spec/pipelines/pipeline.ts";
import type { Cause } from "../../spec/timing-layout.ts";
import { addressOf, type TraceCursor } from "../core/trace-buffer.ts";
import type { SymbolTable } from "../debug/symbols.ts";
import { disassemble } from "../inspect/disassembler.ts";
import { type Pipeline, pipelineByName } from "../timing/pipelines.ts";
import type { InstructionTrace, TraceWindow, WindowOptions } from "../trace/instruction-trace.ts";
import { type Moments, type StageSpan, spansOf } from "./stages.ts";

/** `killed`: fetched in vain. `trapped`: raised an exception instead of being executed. */
export type Fate = "retired" | "killed" | "trapped";

/** Rows that may be made only when they are asked for. */
export interface Rows {
  readonly length: number;
  at(index: number): PipelineRow | undefined;
}

/** One instruction on its way. Plain data, fit to be posted to another thread. */
export interface PipelineRow {
  readonly hart: number;
  readonly pc: bigint;
  readonly insn: number;
  /** As an assembler would write it. */
  readonly text: string;
  /** The pc as symbol and offset. */
  readonly where: string;
  readonly fate: Fate;
  readonly stages: readonly StageSpan[];
  /** Cycle in which it issued; of no meaning when it was killed. */
  readonly issued: number;
  /** Cycle in which it committed, trapped or was killed. */
  readonly cycle: number;
  /** Cycles that it issued later than one behind the instruction before, and what held it up. */
  readonly stall: number;
  readonly cause: Cause | undefined;
}

interface Raw extends Moments {
  readonly hart: number;
  readonly pc: number;
  readonly insn: number;
  fate: Fate;
  readonly stall: number;
  readonly cause: Cause | undefined;
}

interface Code {
  readonly insn: number;
  readonly pc: bigint;
  readonly text: string;
  readonly where: string;
}

export interface RecorderMachine {
  readonly trace: InstructionTrace;
  readonly symbols: SymbolTable;
  readonly timing: Pipeline | undefined;
}

export interface RecorderOptions extends WindowOptions {
  /** The most instructions that are kept. */
  readonly limit?: number;
  /** Which of them, when there are more: the first, after which the window closes, or the last. */
  readonly keep?: "first" | "last";
}

const LIMIT = 100_000;

export class PipelineRecorder {
  readonly window: TraceWindow;
  /** Instructions beyond the limit were left out, as far as is known. */
  overflowed = false;
  readonly #machine: RecorderMachine;
  readonly #limit: number;
  readonly #keep: "first" | "last";
  readonly #stages: readonly Stage[];
  #rows: Raw[] = [];
  /** What has been disassembled, by address. */
  readonly #codes = new Map<number, Code>();
  /** Of each hart: killed instructions whose transfer is told behind them, and the last instruction. */
  readonly #killed: Raw[][] = [];
  readonly #last: (Raw | undefined)[] = [];

  /** Records from now on, or in the window of the options. */
  constructor(machine: RecorderMachine, { limit = LIMIT, keep = "first", ...window }: RecorderOptions = {}) {
    this.#machine = machine;
    this.#limit = limit;
    this.#keep = keep;
    this.#stages = (machine.timing ?? pipelineByName("ideal")).stages;
    this.window = machine.trace.listen({ onRecord: (record) => this.#note(record) }, window);
  }

  /** Ends the recording; rows() stays. */
  stop(): void {
    this.window.close();
  }

  /** What was recorded, hart by hart in the order of fetching. */
  rows(): PipelineRow[] {
    return this.#kept().map((raw) => this.#row(raw));
  }

  /** The same, each made when it is asked for. */
  eachRow(): Rows {
    const kept = this.#kept();
    const at = (index: number): PipelineRow | undefined => {
      const raw = kept[index];
      return raw && this.#row(raw);
    };
    return { length: kept.length, at };
  }

  #kept(): readonly Raw[] {
    this.#machine.trace.flush();
    if (this.#rows.length > this.#limit) {
      this.#rows = this.#rows.slice(-this.#limit);
      this.overflowed = true;
    }
    return this.#rows;
  }

  #note(record: TraceCursor): void {
    const { kind, hart } = record;
    if (kind === "killed") {
      const killed = this.#killed[hart] ?? [];
      this.#killed[hart] = killed;
      killed.push(this.#raw(record, "killed"));
    } else if (kind === "instruction") {
      const raw = this.#raw(record, "retired");
      this.#forgetFuture(raw);
      this.#last[hart] = raw;
      this.#push(raw);
      for (const killed of this.#killed[hart]?.splice(0) ?? []) this.#push(killed);
    } else if (kind === "exception") {
      const last = this.#last[hart];
      if (last?.pc === record.pc) last.fate = "trapped";
    }
  }

  /** A machine that went back executes again what is here already. */
  #forgetFuture({ hart, committed }: Raw): void {
    if (committed >= (this.#last[hart]?.committed ?? 0)) return;
    this.#rows = this.#rows.filter((row) => row.hart !== hart || row.committed < committed);
  }

  #raw(record: TraceCursor, fate: Fate): Raw {
    const { hart, pc, insn, asked, scanned, issued, done, cycle, stall } = record;
    const cause = stall > 0 ? record.cause : undefined;
    return { hart, pc, insn, fate, asked, scanned, issued, done, committed: cycle, stall, cause };
  }

  #push(raw: Raw): void {
    if (this.#keep === "first" && this.#rows.length === this.#limit) {
      this.overflowed = true;
      this.window.close();
      return;
    }
    this.#rows.push(raw);
    if (this.#rows.length < 2 * this.#limit) return;
    this.#rows = this.#rows.slice(-this.#limit);
    this.overflowed = true;
  }

  #row(raw: Raw): PipelineRow {
    const { hart, insn, fate, issued, committed, stall, cause } = raw;
    return {
      hart,
      insn,
      ...this.#code(raw.pc, insn),
      fate,
      stages: spansOf(this.#stages, raw, fate === "killed"),
      issued,
      cycle: committed,
      stall,
      cause,
    };
  }

  #code(address: number, insn: number): Pick<Code, "pc" | "text" | "where"> {
    let code = this.#codes.get(address);
    if (code?.insn !== insn) {
      const pc = addressOf(address);
      const { mnemonic, operands } = disassemble(insn, pc);
      const text = operands === "" ? mnemonic : `${mnemonic} ${operands}`;
      code = { insn, pc, text, where: this.#machine.symbols.describe(pc) };
      this.#codes.set(address, code);
    }
    const { pc, text, where } = code;
    return { pc, text, where };
  }
}
