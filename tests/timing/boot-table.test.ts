/** docs/boot-cycles.md: whole, and true as long as the kernel is the one that it was printed for. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { BOOT_PATH } from "../../host/trace/boot-path.ts";
import { HARTS, printBoots, type TimedBoot, timeBoot } from "./boot-table.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/boot-cycles.md", import.meta.url));
/** The model may become a little better without the table being printed anew. */
const TOLERANCE = 0.02;

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  readonly cycle: number;
}

const numberOf = (text: string): number => Number(text.replaceAll(",", ""));

/** Rows of each section by its number of harts. */
function readTables(text: string): Map<number, Row[]> {
  const tables = new Map<number, Row[]>();
  for (const part of text.split(/^## -smp /m).slice(1)) {
    const rows = part.split("\n").filter((line) => /^\| (?!node |---)/.test(line));
    tables.set(
      Number.parseInt(part, 10),
      rows.map((line) => {
        const cells = line.slice(2, -2).split(" | ");
        return { name: (cells[0] ?? "").replace(/^(· )*/, ""), cells, cycle: numberOf(cells[3] ?? "") };
      }),
    );
  }
  return tables;
}

let boot: TimedBoot;
beforeAll(async () => {
  boot = await timeBoot(1);
});

describe("a timed boot", () => {
  test("comes to the nodes of the boot map, and explains the cycles of each", () => {
    const names = boot.nodes.map(({ name }) => name);
    for (const name of ["_start [firmware]", "start_kernel", "mm_init", "rest_init", "/sbin/init [user]"]) {
      expect(names).toContain(name);
    }
    const cycles = boot.nodes.map(({ cycle }) => cycle);
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
    const inside = boot.nodes.flatMap((node) => (node.inside ? [node.inside] : []));
    expect(inside.length).toBeGreaterThan(50);
    for (const { cycles: whole, stack } of inside) {
      expect(Object.values(stack).reduce((sum, part) => sum + part, 0)).toBe(whole);
    }
  });

  test("nodes lie in the nodes that called them", () => {
    const setup = boot.nodes.find(({ name }) => name === "setup_arch");
    const paging = boot.nodes.find(({ name }) => name === "paging_init");
    expect(paging?.depth).toBe((setup?.depth ?? 0) + 1);
    expect(paging?.inside?.cycles).toBeLessThan(setup?.inside?.cycles ?? 0);
  });
});

describe("the document", () => {
  const text = readFileSync(DOCUMENT, "utf8");

  test("has the tables of both machines, of nodes that there are", () => {
    const tables = readTables(text);
    expect([...tables.keys()]).toEqual(HARTS);
    const known = new Set(BOOT_PATH.map(({ name }) => name));
    for (const rows of tables.values()) {
      expect(rows.length).toBeGreaterThan(100);
      for (const { name, cells, cycle } of rows) {
        expect(cells).toHaveLength(13);
        expect(cycle).toBeGreaterThan(0);
        const plain = name.replace(/ [([].*$/, "");
        expect(known.has(plain) || plain === "/sbin/init", name).toBe(true);
      }
    }
  });

  test("has the form that would be printed now", () => {
    const now = printBoots([boot]);
    const headings = (document: string): string[] =>
      document.split("\n").filter((line) => /^(#|\| node|\| ---)/.test(line));
    expect(headings(text).slice(0, 4)).toEqual(headings(now));
    expect(text.split("\n")[2]).toBe(now.split("\n")[2]);
  });

  test("has the cycles of now, unless the kernel has changed since", () => {
    if (!text.includes(`\`${boot.images}\``)) return;
    const rows = readTables(text).get(1) ?? [];
    expect(rows.map(({ name }) => name)).toEqual(boot.nodes.map(({ name }) => name));
    for (const [index, { name, cycle }] of rows.entries()) {
      const now = boot.nodes[index]?.cycle ?? 0;
      expect(
        Math.abs(cycle - now),
        `${name}: npm run --silent boot-table > docs/boot-cycles.md`,
      ).toBeLessThan(1 + now * TOLERANCE);
    }
  });
});
