/** The functions of a run by address: symbols where there are some, else the targets of calls. */
import { addressOf } from "../core/trace-buffer.ts";
import type { SymbolTable } from "../debug/symbols.ts";

/** A function, or something else that stands for one in a call stack. Addresses are signed numbers, as in trace records. */
export interface Code {
  /** Its place in the table. */
  readonly id: number;
  readonly name: string;
  /** Label of the ELF file, the name of the program, or "" for what is no code. */
  readonly image: string;
  readonly start: number;
  /** Equal to `start` where it is not known how far it reaches. */
  readonly end: number;
}

/** The number of a 64-bit address, negative for the upper half. */
function numberOf(address: bigint): number {
  return Number(BigInt.asIntN(64, address));
}

export class CodeTable {
  readonly all: Code[] = [];
  readonly #symbols: SymbolTable;
  readonly #found = new Map<string, Code>();

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols;
  }

  /** The symbol around `pc`; `program` when that is in user mode. Undefined where there is none. */
  around(pc: number, program: string | undefined): Code | undefined {
    const label = program === undefined || this.#symbols.images.includes(program) ? program : "";
    const span = label === "" ? undefined : this.#symbols.span(addressOf(pc), label);
    if (!span) return undefined;
    const start = numberOf(span.start);
    return this.#add(span.image, span.name, start, numberOf(span.end));
  }

  /** The function that is entered at `pc`. */
  entered(pc: number, program: string | undefined): Code {
    const bare = `0x${addressOf(pc).toString(16)}`;
    const name = program === undefined ? bare : `${program} ${bare}`;
    return this.around(pc, program) ?? this.#add(program ?? "", name, pc, pc);
  }

  /** What is no code: a program as a whole, a trap, waiting. */
  special(name: string): Code {
    return this.#add("", name, 0, 0);
  }

  #add(image: string, name: string, start: number, end: number): Code {
    const key = `${image} ${name} ${start}`;
    const found = this.#found.get(key);
    if (found) return found;
    const code = { id: this.all.length, name, image, start, end };
    this.all.push(code);
    this.#found.set(key, code);
    return code;
  }
}
