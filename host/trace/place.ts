/** Places of a run as users write them: a guest cycle, an address, a symbol, or a distance in cycles. */
import type { SymbolTable } from "../debug/symbols.ts";
import { HartbeatError } from "../errors.ts";

export type Place =
  | { readonly kind: "cycle"; readonly cycle: number }
  /** So many cycles after the start of the window that this is the end of. */
  | { readonly kind: "after"; readonly cycles: number }
  /** When a hart comes to one of these addresses; `user` when that may be in user mode. */
  | { readonly kind: "address"; readonly addresses: readonly bigint[]; readonly user: boolean };

/**
 * `123456` is a guest cycle, `+5000` a distance, `0x80001234` a virtual address, everything else a symbol of the kernel or the
 * firmware, before paging is on and after. Throws HartbeatError when there is no such symbol.
 */
export function parsePlace(text: string, symbols: SymbolTable): Place {
  if (/^\d+$/.test(text)) return { kind: "cycle", cycle: Number(text) };
  if (/^\+\d+$/.test(text)) return { kind: "after", cycles: Number(text.slice(1)) };
  if (/^0x[0-9a-f]+$/i.test(text)) return { kind: "address", addresses: [BigInt(text)], user: true };
  const address = symbols.lookup(text);
  if (address === undefined) {
    throw new HartbeatError(
      `There is no symbol '${text}'; name a function, a cycle, an address 0x..., or +CYCLES.`,
    );
  }
  const loaded = symbols.loadAddress(address);
  const addresses = loaded === undefined ? [address] : [...new Set([address, BigInt(loaded)])];
  return { kind: "address", addresses, user: false };
}
