/** The core's trace records: which cycles they are wanted of, and the reader that hands them on. */
import { region, TRACE_BYTES, TRACE_FIELDS } from "../../spec/layout.ts";
import { MAX_HARTS } from "../../spec/machine-map.ts";
import { CAUSES, type Cause } from "../../spec/timing-layout.ts";
import { TRACE_INFO, TRACE_KINDS, TRACE_RECORDS, type TraceKind } from "../../spec/trace-layout.ts";
import type { CoreRecord } from "./record.ts";

const WORDS = TRACE_BYTES / 4;
const HALF = 2 ** 32;

/** Word of a field in its record. */
function wordOf(name: string): number {
  const field = TRACE_FIELDS.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`trace records have no ${name}`);
  return field.offset / 4;
}

const PC = wordOf("pc");
const CYCLE = wordOf("cycle");
const INSN = wordOf("insn");
const INFO = wordOf("info");
const ASKED = wordOf("asked");
const SCANNED = wordOf("scanned");
const ISSUED = wordOf("issued");
const DONE = wordOf("done");
const STALL = wordOf("stall");

/**
 * A cursor on the records: one object for all of them, to be read and not to be kept. Addresses are signed numbers (the
 * kernel's are negative): exact where 64 bits are the sign extension of 53, as in Sv39 and Sv48. spec/trace-layout.ts says
 * what the fields mean.
 */
export class TraceCursor {
  readonly #words: Uint32Array;
  #at = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** Goes to record `index`. */
  seek(index: number): this {
    this.#at = index * WORDS;
    return this;
  }

  #word(offset: number): number {
    return this.#words[this.#at + offset] as number;
  }

  get kind(): TraceKind {
    return TRACE_KINDS[this.#word(INFO) & 15] as TraceKind;
  }

  get hart(): number {
    return (this.#word(INFO) >>> TRACE_INFO.hart) & 15;
  }

  /** Privilege level in which the hart goes on: 0 U, 1 S, 3 M. */
  get privilege(): number {
    return (this.#word(INFO) >>> TRACE_INFO.privilege) & 3;
  }

  /** What the stall is blamed on; of no meaning without one. */
  get cause(): Cause {
    return CAUSES[this.causeIndex] as Cause;
  }

  /** Its place in CAUSES. */
  get causeIndex(): number {
    return (this.#word(INFO) >>> TRACE_INFO.cause) & 31;
  }

  get pc(): number {
    return (this.#word(PC + 1) | 0) * HALF + this.#word(PC);
  }

  /** Cycle of the commit, of the trap, or at which fetching in vain ended. */
  get cycle(): number {
    return this.#word(CYCLE + 1) * HALF + this.#word(CYCLE);
  }

  /** The instruction, or the cause of a trap. */
  get insn(): number {
    return this.#word(INSN);
  }

  get asked(): number {
    return this.cycle - (this.#word(ASKED) | 0);
  }

  get scanned(): number {
    return this.cycle - (this.#word(SCANNED) | 0);
  }

  get issued(): number {
    return this.cycle - (this.#word(ISSUED) | 0);
  }

  get done(): number {
    return this.cycle - (this.#word(DONE) | 0);
  }

  get stall(): number {
    return this.#word(STALL);
  }
}

/** The address of a cursor as the rest of the host writes it. */
export function addressOf(pc: number): bigint {
  return BigInt.asUintN(64, BigInt(pc));
}

export class TraceBuffer {
  /** Told of every record in order. Must not run the machine; memory may be read. */
  onRecord: (record: TraceCursor) => void = () => {};
  readonly #machine: CoreRecord;
  readonly #cursor: TraceCursor;

  constructor(buffer: ArrayBuffer, machine: CoreRecord) {
    this.#machine = machine;
    this.#cursor = new TraceCursor(new Uint32Array(buffer, region("trace").base, TRACE_RECORDS * WORDS));
  }

  /** Has instructions traced from guest cycle `from` to before `to`, and the task of every hart told anew. */
  open(from: number, to: number): void {
    this.#forgetTasks();
    this.#machine.set("traceFrom", BigInt(from));
    this.#machine.set("traceTo", BigInt(to));
    this.#machine.set("traceOpen", 1n);
  }

  close(): void {
    this.#machine.set("traceOpen", 0n);
  }

  /** Hands on what the core has written so far. */
  take(): void {
    const count = Number(this.#machine.get("traceCount"));
    this.#machine.set("traceCount", 0n);
    for (let index = 0; index < count; index++) this.onRecord(this.#cursor.seek(index));
  }

  #forgetTasks(): void {
    for (let hart = 0; hart < MAX_HARTS; hart++) {
      this.#machine.set("traceTasks", 0n, hart);
      this.#machine.set("traceSpaces", 0n, hart);
    }
  }
}
