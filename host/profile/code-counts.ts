/** Executions and cycles of every instruction of a run, by its place in the code. */
import { CAUSES, type Cause } from "../../spec/timing-layout.ts";
import { addressOf, type TraceCursor } from "../core/trace-buffer.ts";

/** What one instruction of the code took. */
export interface PlaceCount {
  readonly pc: number;
  readonly insn: number;
  count: number;
  cycles: number;
  /** By the number of the cause; undefined where nothing was waited for. */
  stalls: number[] | undefined;
}

const PAGE = 4096;
const IDLE = CAUSES.indexOf("idle");

/** The instructions of an address space: the kernel's, or a program's. */
export class CodeCounts {
  readonly #pages = new Map<number, PlaceCount[]>();
  #page: PlaceCount[] = [];
  #pageNumber = Number.NaN;

  /** Counts an execution, and gives the place. */
  note(record: TraceCursor): PlaceCount {
    const { pc, insn, stall } = record;
    const number = Math.floor(pc / PAGE);
    if (number !== this.#pageNumber) this.#turnTo(number);
    const index = (pc - number * PAGE) / 2;
    let place = this.#page[index];
    if (!place) {
      place = { pc, insn, count: 0, cycles: 0, stalls: undefined };
      this.#page[index] = place;
    }
    place.count += 1;
    place.cycles += 1 + stall;
    if (stall > 0) addStall(place, record.causeIndex, stall);
    return place;
  }

  /** All places in the order of addresses. */
  places(): PlaceCount[] {
    const found: PlaceCount[] = [];
    for (const page of this.#pages.values()) for (const place of page) if (place) found.push(place);
    return found.sort((a, b) => a.pc - b.pc);
  }

  #turnTo(number: number): void {
    this.#pageNumber = number;
    this.#page = this.#pages.get(number) ?? [];
    this.#pages.set(number, this.#page);
  }
}

function addStall(place: PlaceCount, cause: number, cycles: number): void {
  place.stalls ??= [];
  place.stalls[cause] = (place.stalls[cause] ?? 0) + cycles;
}

/** Cycles in which the hart slept, or its pipeline ran empty, behind an instruction. */
export function addIdle(place: PlaceCount, cycles: number): void {
  place.cycles += cycles;
  addStall(place, IDLE, cycles);
}

/** What was waited for, most cycles first, from cycles by the number of the cause. */
export function stallsOf(stalls: readonly number[] = []): [Cause, number][] {
  const found: [Cause, number][] = [];
  stalls.forEach((cycles, cause) => {
    found.push([CAUSES[cause] as Cause, cycles]);
  });
  return found.sort((a, b) => b[1] - a[1]);
}

/** A place's address as the rest of the host writes it. */
export function placeAddress({ pc }: PlaceCount): bigint {
  return addressOf(pc);
}
