/** Small made-up ELF contents for tests of symbols, debugger memory and traces. */
import type { ElfSymbol, SymbolType } from "../../../host/boot/elf.ts";
import type { SymbolSource } from "../../../host/debug/symbols.ts";

export function symbol(name: string, address: bigint, type: SymbolType = "func", global = true): ElfSymbol {
  return { name, address, size: 16, type, global };
}

/** An image of `memSize` bytes that is linked at `vaddr` and loaded at `paddr`. */
export function image(
  vaddr: bigint,
  paddr: number,
  symbols: readonly ElfSymbol[],
  memSize = 0x1000,
): SymbolSource {
  return { segments: [{ vaddr, paddr, bytes: new Uint8Array(), memSize, executable: true }], symbols };
}
