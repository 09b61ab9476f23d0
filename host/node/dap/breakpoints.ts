/** All that stops the machine at the client's wish: lines, functions, addresses, data, panics and faults. */
import type { BreakOptions, Debugger, Stopper } from "../../debug/debugger.ts";
import { describeResult } from "../../debug/source/evaluate.ts";
import type { LoadedImage, SourceImages } from "../../debug/source/images.ts";
import type { UserFilter } from "../../debug/user-filter.ts";
import type { WatchKind } from "../../debug/watchpoints.ts";
import { HartbeatError } from "../../errors.ts";
import type { Machine } from "../../machine.ts";
import type { Look } from "./look.ts";
import {
  type Arguments,
  addressIn,
  hex,
  numberIn,
  objectsIn,
  optionalNumber,
  optionalText,
  textIn,
  textsIn,
} from "./requests.ts";
import type { SourceFiles } from "./source-files.ts";

export type BreakpointKind = "source" | "function" | "instruction" | "data" | "exception";

/** A breakpoint as a response tells of it. */
export interface BreakpointView {
  readonly id: number;
  readonly verified: boolean;
  readonly message?: string;
  readonly line?: number;
  readonly instructionReference?: string;
  readonly source?: { readonly name: string; readonly path: string };
}

interface Place {
  readonly address: bigint;
  readonly only?: UserFilter;
}

interface Held {
  readonly view: BreakpointView;
  readonly kind: BreakpointKind;
  readonly addresses: ReadonlySet<bigint>;
  readonly stoppers: readonly Stopper[];
}

/** Exceptions that can be waited for. */
export const EXCEPTION_FILTERS = [
  { filter: "panic", label: "Kernel panic", default: true, symbols: ["panic"] },
  {
    filter: "fault",
    label: "Exceptions: page faults, illegal instructions and the like, but for system calls",
    default: false,
    symbols: ["handle_exception", "trap_entry", "_trap_handler"],
  },
  { filter: "syscall", label: "System calls", default: false, symbols: ["handle_exception"] },
] as const;

const INTERRUPT = 1n << 63n;
const ECALLS: ReadonlySet<bigint> = new Set([8n, 9n, 10n, 11n]);
/** Copies of a line in inlined functions, templates of macros. */
const MOST_PLACES = 64;
/** A frame and two callers: what conditions may ask about arguments. */
const CONDITION_FRAMES = 3;

export interface BreakpointOptions {
  readonly machine: Machine;
  readonly images: SourceImages;
  readonly sources: SourceFiles;
  readonly look: Look;
  /** The names of all programs whose files there are. */
  readonly programs: () => readonly string[];
  /** What logpoints say. */
  readonly onLog: (text: string) => void;
}

export class BreakpointTable {
  readonly #options: BreakpointOptions;
  readonly #debugger: Debugger;
  /** By kind, and for lines by path. */
  readonly #held = new Map<string, Held[]>();
  #lastId = 0;

  constructor(options: BreakpointOptions) {
    this.#options = options;
    this.#debugger = options.machine.debugger;
  }

  /** The breakpoints that a hart at that address is at. */
  idsAt(
    address: bigint,
    kinds: readonly BreakpointKind[],
  ): { readonly id: number; readonly kind: BreakpointKind }[] {
    return [...this.#held.values()]
      .flat()
      .filter(({ kind, addresses }) => kinds.includes(kind) && addresses.has(address))
      .map(({ view, kind }) => ({ id: view.id, kind }));
  }

  /** Those of one file; they replace what was set in it. */
  async setInSource(path: string, wanted: readonly Arguments[]): Promise<BreakpointView[]> {
    const files = await this.#imagesOf(path);
    return this.#replace(`source ${path}`, wanted, (breakpoint) => {
      const line = numberIn(breakpoint, "line");
      const found = files.flatMap(({ image, file }) => this.#placesOfLine(image, file, line));
      if (found.length === 0) {
        return this.#none(
          files.length === 0
            ? "No program that runs here has code of this file."
            : "There is no code at or after this line.",
        );
      }
      const actual = Math.min(...found.map((place) => place.line));
      const places = found.filter((place) => place.line === actual).slice(0, MOST_PLACES);
      const view = { line: actual, source: { name: path.replace(/.*\//, ""), path } };
      return this.#hold("source", places, breakpoint, view);
    });
  }

  /** At functions of kernel and firmware, or of a program as `program:function`. */
  async setFunctions(wanted: readonly Arguments[]): Promise<BreakpointView[]> {
    for (const { name } of wanted) {
      const program = typeof name === "string" ? /^([^:]+):/.exec(name)?.[1] : undefined;
      if (program !== undefined) await this.#options.images.prepare(program);
    }
    return this.#replace("function", wanted, (breakpoint) => {
      const name = textIn(breakpoint, "name");
      const place = this.#placeOfFunction(name);
      if (!place)
        return this.#none(`There is no function '${name}'; one of a program is written program:function.`);
      return this.#hold("function", [place], breakpoint, {});
    });
  }

  setInstructions(wanted: readonly Arguments[]): BreakpointView[] {
    return this.#replace("instruction", wanted, (breakpoint) => {
      const address =
        addressIn(breakpoint, "instructionReference") + BigInt(optionalNumber(breakpoint, "offset") ?? 0);
      return this.#hold("instruction", [{ address: BigInt.asUintN(64, address) }], breakpoint, {});
    });
  }

  /** At data, whose id is `address length` as `dataId` gives it. */
  setData(wanted: readonly Arguments[]): BreakpointView[] {
    return this.#replace("data", wanted, (breakpoint) => {
      const [, start = "", length = ""] = /^(0x[0-9a-f]+) (\d+)$/.exec(textIn(breakpoint, "dataId")) ?? [];
      const kinds: Readonly<Record<string, WatchKind>> = {
        write: "write",
        read: "read",
        readWrite: "access",
      };
      const kind = kinds[optionalText(breakpoint, "accessType") ?? "write"];
      if (start === "" || kind === undefined) return this.#none("Only data in memory can be watched.");
      const address = BigInt(start);
      const stopper = this.#debugger.watch(address, { length: Number(length), kind });
      return this.#made("data", [address], [stopper], {});
    });
  }

  setExceptions(wanted: readonly string[]): BreakpointView[] {
    const requests = wanted.map((filter) => ({ filter }));
    return this.#replace("exception", requests, ({ filter }) => {
      const known = EXCEPTION_FILTERS.find((candidate) => candidate.filter === filter);
      const { symbols } = this.#options.machine;
      const places = (known?.symbols ?? []).flatMap((symbol) => {
        const address = symbols.lookup(symbol);
        return address === undefined ? [] : [{ address, mode: symbol === "handle_exception" ? "s" : "m" }];
      });
      if (places.length === 0) return this.#none("The kernel has no such place.");
      const stoppers = places.map(({ address, mode }) =>
        this.#debugger.breakAt(address, { when: (hart) => this.#isException(filter as string, hart, mode) }),
      );
      return this.#made(
        "exception",
        places.map(({ address }) => address),
        stoppers,
        {},
      );
    });
  }

  removeAll(): void {
    for (const { stoppers } of [...this.#held.values()].flat())
      for (const stopper of stoppers) stopper.remove();
    this.#held.clear();
  }

  #isException(filter: string, hart: number, mode: string): boolean {
    if (filter === "panic") return true;
    const cause = this.#options.machine.registers.read(hart, `${mode}cause`) ?? 0n;
    if (cause & INTERRUPT) return false;
    return filter === "syscall" ? cause === 8n : !ECALLS.has(cause);
  }

  #replace(
    key: string,
    wanted: readonly Arguments[],
    make: (breakpoint: Arguments) => Held,
  ): BreakpointView[] {
    for (const { stoppers } of this.#held.get(key) ?? []) for (const stopper of stoppers) stopper.remove();
    const made = wanted.map((breakpoint) => {
      try {
        return make(breakpoint);
      } catch (error) {
        if (error instanceof HartbeatError) return this.#none(error.message);
        throw error;
      }
    });
    this.#held.set(key, made);
    return made.map(({ view }) => view);
  }

  #none(message: string): Held {
    this.#lastId += 1;
    const view = { id: this.#lastId, verified: false, message };
    return { view, kind: "source", addresses: new Set(), stoppers: [] };
  }

  #made(
    kind: BreakpointKind,
    addresses: readonly bigint[],
    stoppers: readonly Stopper[],
    more: Partial<BreakpointView>,
  ): Held {
    this.#lastId += 1;
    const [first] = addresses;
    const reference = first === undefined ? {} : { instructionReference: hex(first) };
    const view = { id: this.#lastId, verified: true, ...reference, ...more };
    return { view, kind, addresses: new Set(addresses), stoppers };
  }

  #hold(
    kind: BreakpointKind,
    places: readonly Place[],
    breakpoint: Arguments,
    view: Partial<BreakpointView>,
  ): Held {
    const when = this.#condition(breakpoint);
    const stoppers: Stopper[] = [];
    try {
      for (const { address, only } of places) {
        const options: BreakOptions = { ...(when && { when }), ...(only && { only }) };
        stoppers.push(this.#debugger.breakAt(address, options));
      }
    } catch (error) {
      for (const stopper of stoppers) stopper.remove();
      throw error;
    }
    // Code that is not mapped yet stops where it was loaded.
    const { symbols } = this.#options.machine;
    const loaded = places.flatMap(({ address }) => symbols.loadAddress(address) ?? []).map(BigInt);
    return this.#made(kind, [...places.map(({ address }) => address), ...loaded], stoppers, view);
  }

  /** What has to hold for a stop: a condition in C, a count of hits, or never for a logpoint. */
  #condition(breakpoint: Arguments): BreakOptions["when"] {
    const condition = optionalText(breakpoint, "condition");
    const hits = hitTest(optionalText(breakpoint, "hitCondition"));
    const log = optionalText(breakpoint, "logMessage");
    if (condition === undefined && !hits && log === undefined) return undefined;
    let count = 0;
    return (hart) => {
      if (condition !== undefined && !this.#holds(hart, condition)) return false;
      count += 1;
      if (hits && !hits(count)) return false;
      if (log === undefined) return true;
      this.#options.onLog(this.#logText(hart, log));
      return false;
    };
  }

  /** A condition that cannot be evaluated stops, so that somebody sees it. */
  #holds(hart: number, condition: string): boolean {
    try {
      const stack = this.#options.look.stackNow(hart, CONDITION_FRAMES);
      return this.#options.look.evaluator(hart, 0, stack).isTrue(condition);
    } catch (error) {
      if (!(error instanceof HartbeatError)) throw error;
      this.#options.onLog(`The condition '${condition}' cannot be evaluated: ${error.message}\n`);
      return true;
    }
  }

  #logText(hart: number, message: string): string {
    const stack = this.#options.look.stackNow(hart, CONDITION_FRAMES);
    const filled = message.replace(/\{([^{}]+)\}/g, (_whole, expression: string) => {
      try {
        return describeResult(this.#options.look.evaluator(hart, 0, stack).evaluate(expression)).text;
      } catch (error) {
        if (error instanceof HartbeatError) return `{${error.message}}`;
        throw error;
      }
    });
    return `${filled}\n`;
  }

  /** The images that have code of a file, with the name that they have for it. */
  async #imagesOf(path: string): Promise<{ image: LoadedImage; file: string }[]> {
    const { images, sources, programs } = this.#options;
    const search = (): { image: LoadedImage; file: string }[] =>
      images.all.flatMap((image) => {
        const file = sources.nameOf(path, image.debug.lines.files);
        return file === undefined ? [] : [{ image, file }];
      });
    const found = search();
    if (found.some(({ image }) => !image.isProgram)) return found;
    for (const program of programs()) await images.prepare(program);
    return search();
  }

  #placesOfLine(image: LoadedImage, file: string, wanted: number): (Place & { line: number })[] {
    const { lines } = image.debug;
    const line = lines.addressOf(file, wanted)?.line;
    if (line === undefined) return [];
    const only = image.isProgram ? { only: { program: image.label } } : {};
    return lines
      .addressesOf(file, line)
      .filter((address) => image.symbols.locate(address)?.linked === address)
      .map((address) => ({ address, line, ...only }));
  }

  #placeOfFunction(name: string): Place | undefined {
    const { machine, images } = this.#options;
    const [, program, symbol] = /^([^:]+):(.+)$/.exec(name) ?? [];
    if (program === undefined || symbol === undefined) {
      const address = machine.symbols.lookup(name);
      return address === undefined ? undefined : { address };
    }
    const image = images.all.find(({ label }) => label === program);
    const address = image?.symbols.lookup(symbol);
    if (!image || address === undefined) return undefined;
    return image.isProgram ? { address, only: { program } } : { address };
  }
}

/** `5` and `== 5`, `>= 5`, `> 5`, `% 5` of a hit count. */
function hitTest(text: string | undefined): ((count: number) => boolean) | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*(==|>=|>|%)?\s*(\d{1,9})\s*$/.exec(text);
  if (!match) throw new HartbeatError(`'${text}' is no hit count; write 5, >= 5, > 5 or % 5.`);
  const number = Number(match[2]);
  switch (match[1]) {
    case ">=":
      return (count) => count >= number;
    case ">":
      return (count) => count > number;
    case "%":
      return (count) => number > 0 && count % number === 0;
    default:
      return (count) => count === number;
  }
}

/** The filters that a request names. */
export const filtersIn = (args: Arguments): string[] => [
  ...textsIn(args, "filters"),
  ...objectsIn(args, "filterOptions").map((option) => textIn(option, "filterId")),
];
