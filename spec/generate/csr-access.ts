/** Prints reading and writing of CSRs by number. */
import type { CsrRow } from "../csrs.ts";
import { HART_FIELDS } from "../layout.ts";

function fieldConstant(row: CsrRow): { name: string; offset: string } {
  const field = row.field ?? row.name;
  if (!HART_FIELDS.some((candidate) => candidate.name === field))
    throw new Error(`CSR ${row.name}: the hart record has no "${field}"`);
  const name = `HART_${field.toUpperCase()}`;
  return { name, offset: row.index ? `${name} + ${row.index * 8}` : name };
}

const call = (name: string, ...args: Array<string | number>) => `${name}(${args.join(", ")})`;

function printRead(row: CsrRow): string {
  if (row.value !== undefined) return `return ${row.value};`;
  if (row.read)
    return `return ${call(row.read, "h", ...(row.argument === undefined ? [] : [row.argument]))};`;
  return `return load<u64>(h, ${fieldConstant(row).offset});`;
}

function printWrite(row: CsrRow): string | undefined {
  if (row.write)
    return `${call(row.write, "h", ...(row.argument === undefined ? [] : [row.argument]), "value")}; return;`;
  if (row.mask === undefined) return undefined;
  const { offset } = fieldConstant(row);
  if (row.mask === "0xffffffffffffffff") return `store<u64>(h, value, ${offset}); return;`;
  return `store<u64>(h, (load<u64>(h, ${offset}) & ~${row.mask}) | (value & ${row.mask}), ${offset}); return;`;
}

/** generated/csr-access.ts: existence, read, write and barrier tests as switches over the number. */
export function printCsrAccess(rows: readonly CsrRow[]): string {
  const functions = [
    ...new Set(rows.flatMap((row) => [row.read, row.write].filter((name) => name !== undefined))),
  ].sort();
  const fields = [
    ...new Set(
      rows
        .filter((row) => (row.value === undefined && !row.read) || row.mask !== undefined)
        .map((row) => fieldConstant(row).name),
    ),
  ];
  const writes = rows.flatMap((row) => {
    const body = printWrite(row);
    return body ? [`    case ${row.address}: ${body}`] : [];
  });
  return `/** Access to CSRs by number. Privilege and read-only checks are the caller's. */
import { ${functions.join(", ")} } from '../hart/csr-functions';
import { ${fields.join(", ")} } from './layout';

/** Whether a CSR of that number exists. */
export function csrExists(address: u32): bool {
  switch (address) {
${rows.map((row) => `    case ${row.address}:`).join("\n")}
      return true;
  }
  return false;
}

/** Whether a write may change translation, privilege or pending interrupts. */
export function csrIsBarrier(address: u32): bool {
  switch (address) {
${rows
  .filter((row) => row.barrier)
  .map((row) => `    case ${row.address}:`)
  .join("\n")}
      return true;
  }
  return false;
}

/** The value of the CSR of hart \`h\`. */
export function csrRead(h: usize, address: u32): u64 {
  switch (address) {
${rows.map((row) => `    case ${row.address}: ${printRead(row)}`).join("\n")}
  }
  return 0;
}

/** Writes the CSR of hart \`h\`, keeping what software may not change. */
export function csrWrite(h: usize, address: u32, value: u64): void {
  switch (address) {
${writes.join("\n")}
  }
}
`;
}
