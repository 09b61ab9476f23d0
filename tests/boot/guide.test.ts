/** The kernel's reading guide: every function it names is where it says, and is called when it says. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { Watched } from "./rows/observed-boot.ts";
import { ROWS_OF_PAGE } from "./rows/page.ts";

const KERNEL = join(PACKAGE_ROOT, "kernel-image");
const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string);

interface Line {
  readonly rows: readonly string[];
  readonly functions: readonly string[];
  readonly files: readonly string[];
}

/** The tables below the guide's heading, by their titles. */
const tables: ReadonlyMap<string, readonly Line[]> = new Map(
  (
    /^## The boot path, to read along$([\s\S]*?)^## /m.exec(
      readFileSync(join(KERNEL, "README.md"), "utf8"),
    )?.[1] ?? ""
  )
    .split(/^### /m)
    .slice(1)
    .map((section) => [
      section.split("\n")[0] as string,
      [...section.matchAll(/^\| (\d[^|]*) \|(.*)\|$/gm)].map(([, rows = "", rest = ""]) => {
        const cells = rest.split("|");
        const functions = cells.length > 2 ? quoted(cells[1] as string) : [];
        return { rows: rows.split(", "), functions, files: quoted(cells.at(-1) as string) };
      }),
    ]),
);
const lines = [...tables.values()].flat();
const isFirmware = (line: Line): boolean => line.files.some((file) => file.startsWith("firmware/"));
const ordered = [...tables].filter(([title]) => !/^(In any order|On some boots|User space)/.test(title));

test("the guide has tables with functions", () => {
  expect(ordered.length).toBeGreaterThan(4);
  expect(lines.flatMap(({ functions }) => functions).length).toBeGreaterThan(100);
});

test("the guide leads to every row of docs/boot-path.md and to no other", () => {
  const numbers = ROWS_OF_PAGE.map((name) => name.split(" ")[0]);
  expect([...new Set(lines.flatMap(({ rows }) => rows))].sort()).toEqual([...numbers].sort());
});

test("every file that the guide names is there", () => {
  const named = lines.flatMap(({ files }) => files);
  expect(named.filter((file) => !existsSync(join(KERNEL, file)))).toEqual([]);
});

describe("a boot with 4 harts", () => {
  let watched: Watched;
  /** For each hart and for each task: the functions in the order in which it first entered them. */
  const flows = new Map<string, string[]>();

  beforeAll(async () => {
    watched = await Watched.create({ harts: 4 });
    const { memory, target } = watched;
    const noted = (flow: string, name: string): void => {
      const flowing = flows.get(flow) ?? [];
      flows.set(flow, flowing);
      if (!flowing.includes(name)) flowing.push(name);
    };
    for (const line of lines) {
      const image = isFirmware(line) ? "firmware" : "kernel";
      for (const name of line.functions) {
        const address = target.symbols.lookup(name, image);
        if (address === undefined) continue;
        const loaded = image === "kernel" ? memory.physical(name) : address;
        for (const place of new Set([address, loaded])) {
          target.breakpoints.add(place, (hart) => {
            noted(`hart ${hart}`, `${image} ${name}`);
            if (image === "kernel") noted(`task ${watched.register(hart, "tp")}`, `${image} ${name}`);
            return "go-on";
          });
        }
      }
    }
    await watched.machine.console.expect(/login: /);
  });
  afterAll(() => watched?.dispose());

  test.each(
    lines
      .filter(({ functions }) => functions.length > 0)
      .map((line) => [line.functions.join(", "), line] as const),
  )("%s: in the image, from these files", (_, line) => {
    const image = isFirmware(line) ? "firmware" : "kernel";
    const files = line.functions.map((name) => watched.memory.fileOf(name, image));
    expect(files).not.toContain(undefined);
    expect([...new Set(files)].sort()).toEqual([...line.files].sort());
  });

  test.each(ordered)("%s: called in this order", (_, table) => {
    const wanted = table.flatMap((line) =>
      line.functions.map((name) => `${isFirmware(line) ? "firmware" : "kernel"} ${name}`),
    );
    const found = [...flows.values()].map((flow) => flow.filter((name) => wanted.includes(name)));
    const nearest = found.reduce((best, flow) => (flow.length > best.length ? flow : best), []);
    expect(found.find((flow) => flow.join() === wanted.join()) ?? nearest).toEqual(wanted);
  });

  test("what comes in any order is called, too", () => {
    const some = [...tables]
      .filter(([title]) => title.startsWith("In any order"))
      .flatMap(([, table]) => table);
    const called = new Set([...flows.values()].flat());
    const missing = some
      .flatMap(({ functions }) => functions)
      .filter((name) => !called.has(`kernel ${name}`));
    // Nothing has to be stopped, no softirq comes too often, and the first look at the CPUs comes later.
    expect(
      missing.filter((name) => !["cpu_stopper_thread", "run_ksoftirqd", "watchdog"].includes(name)),
    ).toEqual([]);
  });
});
