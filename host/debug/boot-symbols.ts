/** The symbols of what a machine was loaded with. */
import { physicalSymbol, readElf } from "../boot/elf.ts";
import type { BootPlan, NamedFile } from "../boot/load.ts";
import { readKernelSymbols } from "../boot/symbol-file.ts";
import type { SymbolTable } from "./symbols.ts";

/** Fills a table from the files that were loaded, and from those that bring symbols alone. */
export function addBootSymbols(
  table: SymbolTable,
  { kernelElf, kernelRange, firmwareElf }: BootPlan,
  { symbols, decompressor }: { readonly symbols?: NamedFile; readonly decompressor?: NamedFile },
): void {
  if (kernelElf) table.add("kernel", kernelElf);
  if (symbols && kernelRange) {
    const { segments, symbols: named } = readKernelSymbols(symbols, kernelRange);
    table.add("kernel", { segments: kernelElf?.segments ?? segments, symbols: named });
  }
  if (decompressor) table.add("bootstrap", readElf(decompressor.bytes, `'${decompressor.name}'`));
  if (firmwareElf) table.add("firmware", firmwareElf);
}

/** Where a symbol of the kernel's ELF file, or else of the firmware's, lies in physical memory. */
export function bootSymbol({ kernelElf, firmwareElf }: BootPlan, name: string): number | undefined {
  const found = kernelElf && physicalSymbol(kernelElf, name);
  return found ?? (firmwareElf && physicalSymbol(firmwareElf, name));
}
