/** The CSR table: numbers, rights, and rows that say one thing only. */
import { describe, expect, it } from "vitest";
import { CSRS } from "../../spec/csrs.ts";
import { HART_FIELDS } from "../../spec/layout.ts";
import { readSource } from "../tools/sources.ts";

const duplicates = <T>(values: readonly T[]): T[] =>
  values.filter((value, at) => values.indexOf(value) !== at);
const isReadOnly = (address: number): boolean => address >> 10 === 3;

describe("the CSR table", () => {
  it("has no number and no name twice", () => {
    expect(duplicates(CSRS.map(({ address }) => address))).toEqual([]);
    expect(duplicates(CSRS.map(({ name }) => name))).toEqual([]);
  });

  it("has numbers of 12 bits, none of a hypervisor", () => {
    for (const { name, address } of CSRS) {
      expect([name, address >= 0 && address < 4096]).toEqual([name, true]);
      expect([name, ((address >> 8) & 3) === 2]).toEqual([name, false]);
    }
  });

  it("gives names to levels as the number does", () => {
    for (const { name, address } of CSRS) {
      const level =
        { m: 3, s: 1 }[/^(m|s)(?!tatus$)/.exec(name)?.[1] ?? ""] ?? (/^pmp|^t(?!ime)/.test(name) ? 3 : 0);
      expect([name, (address >> 8) & 3]).toEqual([name, level]);
    }
  });

  it("writes no register whose number is read-only", () => {
    for (const { name, address, write, mask } of CSRS) {
      if (isReadOnly(address)) expect([name, write, mask]).toEqual([name, undefined, undefined]);
    }
  });

  it("says in each row where the value comes from and what a write does", () => {
    for (const row of CSRS) {
      const plain = row.mask !== undefined;
      const constant = row.value !== undefined;
      const called = row.read !== undefined || row.write !== undefined;
      expect([row.name, [plain, constant, called].filter(Boolean).length]).toEqual([row.name, 1]);
      expect(row.doc).not.toBe("");
    }
  });

  it("keeps plain registers in fields of the hart record, one word each", () => {
    const fields = new Map(HART_FIELDS.map((field) => [field.name, field]));
    const words: string[] = [];
    for (const row of CSRS) {
      if (row.value !== undefined || row.read !== undefined) continue;
      const field = fields.get(row.field ?? row.name);
      expect([row.name, field?.type]).toEqual([row.name, "u64"]);
      expect(row.index ?? 0).toBeLessThan(field?.count ?? 1);
      words.push(`${row.field ?? row.name}[${row.index ?? 0}]`);
    }
    expect(duplicates(words)).toEqual([]);
  });

  it("names functions that the core has", () => {
    const source = readSource("assembly/hart/csr-functions.ts");
    const defined = [...source.matchAll(/^export function (\w+)\(/gm)].map((match) => match[1]);
    const passedOn = [...source.matchAll(/^export \{([^}]*)\}/gm)].flatMap((match) =>
      (match[1] ?? "").split(/[,\s]+/),
    );
    const known = new Set([...defined, ...passedOn]);
    const named = CSRS.flatMap(({ read, write }) => [read, write]).filter((name) => name !== undefined);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});
