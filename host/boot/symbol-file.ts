/** Symbols of a kernel that has none in its own file: from its vmlinux, from System.map, or from /proc/kallsyms. */
import { HartbeatError } from "../errors.ts";
import { type ElfSegment, type ElfSymbol, looksLikeElf, readElf, type SymbolType } from "./elf.ts";
import type { AddressRange, NamedFile } from "./load.ts";

/** An address, the letter of nm(1), a name; behind a tab the module, whose symbols are of no use before it is loaded. */
const LINE = /^([0-9a-f]{16}) ([A-Za-z]) (\S+)(\t\[\S+\])?$/;
const TYPES: Readonly<Record<string, SymbolType>> = {
  t: "func",
  w: "func",
  d: "object",
  b: "object",
  r: "object",
};
/** As much of a file as is looked at to tell what it is. */
const BEGINNING = 200;
/** Marks of the linker's around the whole kernel. */
const FIRST = ["_start", "_text", "_stext"];
const LAST = "_end";

export interface KernelSymbols {
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
}

/** Whether a file begins as System.map does. */
export function looksLikeSystemMap(bytes: Uint8Array): boolean {
  const [first = ""] = new TextDecoder("latin1").decode(bytes.subarray(0, BEGINNING)).split("\n");
  return LINE.test(first);
}

function readSystemMap(bytes: Uint8Array): ElfSymbol[] {
  const symbols: ElfSymbol[] = [];
  for (const line of new TextDecoder("latin1").decode(bytes).split("\n")) {
    const [, address = "", letter = "", name = "", module] = LINE.exec(line) ?? [];
    if (name === "" || module !== undefined) continue;
    symbols.push({
      name,
      address: BigInt(`0x${address}`),
      size: 0,
      type: TYPES[letter.toLowerCase()] ?? "notype",
      global: letter === letter.toUpperCase(),
    });
  }
  return symbols;
}

/** With the segments, where the file has them. */
function readSymbols({ name, bytes }: NamedFile): KernelSymbols {
  const { symbols, segments } = looksLikeElf(bytes)
    ? readElf(bytes, `symbol file '${name}'`)
    : { symbols: readSystemMap(bytes), segments: [] };
  if (symbols.some(({ address }) => address !== 0n)) return { symbols, segments };
  throw new HartbeatError(
    `There are no symbols in '${name}': give the kernel's vmlinux with symbols, or its System.map.`,
  );
}

/**
 * `loaded` is where the kernel lies in memory. What is linked at the first of the linker's marks was loaded to its start,
 * as Linux is. Throws a HartbeatError for a file that is no symbol file, or not of a kernel.
 */
export function readKernelSymbols(file: NamedFile, loaded: AddressRange): KernelSymbols {
  const { symbols, segments } = readSymbols(file);
  const addressOf = (name: string): bigint | undefined =>
    symbols.find((symbol) => symbol.name === name)?.address;
  const start = FIRST.map(addressOf).find((address) => address !== undefined);
  if (start === undefined) {
    throw new HartbeatError(
      `The symbols in '${file.name}' do not tell where the kernel begins: none is named ${FIRST.join(", ")}.`,
    );
  }
  const inKernel = segments.filter(({ vaddr }) => vaddr >= start);
  if (inKernel.length > 0) {
    const moved = inKernel.map((each) => ({ ...each, paddr: loaded.start + Number(each.vaddr - start) }));
    return { segments: moved, symbols };
  }
  const end = addressOf(LAST) ?? 0n;
  const memSize = end > start ? Number(end - start) : loaded.end - loaded.start;
  const whole = { paddr: loaded.start, vaddr: start, bytes: new Uint8Array(0), memSize, executable: true };
  return { segments: [whole], symbols };
}
