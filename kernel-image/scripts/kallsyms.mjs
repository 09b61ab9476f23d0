/**
 * Prints, as assembly, the table of the kernel's functions by address, from `nm -n` of a first link on stdin.
 * The table lies behind the text, so the second link, which has it, moves no function. With --empty: for the first.
 */
import { readFileSync } from "node:fs";

const lines = process.argv.includes("--empty") ? [] : readFileSync(0, "utf8").trim().split("\n");
const symbols = lines
  .map((line) => line.split(" "))
  .filter(([, type, name]) => /^[tT]$/.test(type) && !/^(?:\$|\.L|__offset_)/.test(name))
  .map(([address, , name]) => ({ address: BigInt(`0x${address}`), name }));
const base = symbols.find(({ name }) => name === "_start")?.address ?? 0n;
const inText = symbols.filter(({ address }) => address >= base);

const out = ["\t.section .rodata, \"a\"", "\t.balign 8"];
const label = (name) => out.push(`\t.globl ${name}`, `${name}:`);
label("kallsyms_num_syms");
out.push(`\t.word ${inText.length}`);
label("kallsyms_offsets");
for (const { address } of inText) out.push(`\t.word ${address - base}`);
label("kallsyms_name_offsets");
let at = 0;
for (const { name } of inText) {
  out.push(`\t.word ${at}`);
  at += name.length + 1;
}
label("kallsyms_names");
for (const { name } of inText) out.push(`\t.asciz "${name}"`);
process.stdout.write(`${out.join("\n")}\n`);
