/** Places of a run as users write them: a guest cycle, an address, a symbol, or a distance in cycles. */
import type { SymbolTable } from "../debug/symbols.ts";
import { HartbeatError } from "../errors.ts";

export type Place =
  | { readonly kind: "cycle"; readonly cycle: number }
  /** So many cycles after the start of the window that this is the end of. */
  | { readonly kind: "after"; readonly cycles: number }
  /** When a hart comes to one of these addresses; `user` when that may be in user mode. */
  | { readonly kind: "address"; readonly addresses: readonly bigint[]; readonly user: boolean };

/** A cycle, told from the start of the run or from somewhere in it. */
export type CyclePlace = Exclude<Place, { kind: "address" }>;

/** The cycle that a place means to a run, or a window of it, that begins at `start`. */
export function cycleOf(place: CyclePlace, start: number): number {
  return place.kind === "after" ? start + place.cycles : place.cycle;
}

/** `123456` is a guest cycle and `+5000` a distance, in thousands, millions or billions with k, M or G; undefined when it is neither. */
export function parseCycle(text: string): CyclePlace | undefined {
  const [, sign, digits, unit = ""] = /^(\+?)(\d+)([kMG]?)$/i.exec(text) ?? [];
  const cycles = Number(digits) * ({ k: 1e3, m: 1e6, g: 1e9 }[unit.toLowerCase()] ?? 1);
  if (!(cycles <= Number.MAX_SAFE_INTEGER)) return undefined;
  return sign === "+" ? { kind: "after", cycles } : { kind: "cycle", cycle: cycles };
}

/**
 * `123456` or `5M` is a guest cycle, `+5000` a distance, `0x80001234` a virtual address, everything else a symbol of the kernel or the
 * firmware, before paging is on and after. Throws HartbeatError when there is no such symbol.
 */
export function parsePlace(text: string, symbols: SymbolTable): Place {
  const cycle = parseCycle(text);
  if (cycle !== undefined) return cycle;
  if (/^0x[0-9a-f]+$/i.test(text)) return { kind: "address", addresses: [BigInt(text)], user: true };
  const address = symbols.lookup(text);
  if (address === undefined) {
    throw new HartbeatError(
      `There is no symbol '${text}'; name a function, a cycle such as 5M, an address 0x..., or +CYCLES.`,
    );
  }
  const loaded = symbols.loadAddress(address);
  const addresses = loaded === undefined ? [address] : [...new Set([address, BigInt(loaded)])];
  return { kind: "address", addresses, user: false };
}
