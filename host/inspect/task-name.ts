/** Where a kernel keeps the name of a task: as its ELF file tells, or as its first task shows. */
import type { SymbolTable } from "../debug/symbols.ts";

/** Bytes of `comm`, with its final 0. */
export const COMM_BYTES = 16;
/** As much of a task_struct as is searched; larger ones are not known. */
const SEARCHED = 8192;
/** The first task has this name in any kernel of Linux's make, with the number of its CPU or without. */
const FIRST_NAME = /swapper(\/0)?\0/;

/** Offset of `comm` in task_struct; `read` reads kernel memory. Undefined where nothing tells. */
export function nameOffset(
  symbols: SymbolTable,
  read: (address: bigint, length: number) => Uint8Array,
): bigint | undefined {
  const told = symbols.lookup("__offset_task_struct_comm", "kernel");
  if (told !== undefined) return told;
  const first = symbols.lookup("init_task", "kernel");
  if (first === undefined) return undefined;
  const text = new TextDecoder("latin1").decode(read(first, SEARCHED));
  const at = text.search(FIRST_NAME);
  return at < 0 ? undefined : BigInt(at);
}
