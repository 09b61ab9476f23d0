/** What the page weighs, and the small copies of the ELF files that it fetches. */
import { readFileSync, statSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { readElf } from "../../host/boot/elf.ts";
import { LineTable } from "../../host/dwarf/line-table.ts";
import { PACKAGE_FILES } from "../../host/node/files.ts";
import { measurePayload, PAYLOAD_LIMIT } from "../../web/payload.ts";
import { lineTableOnly, stripDebug } from "../../web/strip-elf.ts";

it("is small", () => {
  expect(measurePayload(PACKAGE_FILES.web).at(-1)?.gzipped).toBeLessThan(PAYLOAD_LIMIT);
});

it("has a core of less than 150 kB", () => {
  expect(statSync(PACKAGE_FILES.core).size).toBeLessThan(150_000);
});

it.each(["kernel", "firmware"] as const)("strips the %s to the same segments and symbols", (name) => {
  const full = new Uint8Array(readFileSync(PACKAGE_FILES[name]));
  const stripped = stripDebug(full, name);
  const [before, after] = [readElf(full, name), readElf(stripped, name)];
  const byName = (a: { name: string; address: bigint }, b: { name: string; address: bigint }): number =>
    a.name.localeCompare(b.name) || Number(a.address - b.address);
  expect(after.entry).toBe(before.entry);
  expect(after.segments).toEqual(before.segments);
  expect([...after.symbols].sort(byName)).toEqual([...before.symbols].sort(byName));
  expect(stripped.length).toBeLessThan(full.length / 2);
});

it("keeps the kernel's line table in a file of its own", async () => {
  const full = new Uint8Array(readFileSync(PACKAGE_FILES.kernel));
  const apart = await lineTableOnly(full, inflateSync);
  const [before, after] = [full, apart as Uint8Array].map((elf) => LineTable.read(elf, inflateSync));
  const address = readElf(full, "kernel").symbols.find(({ name }) => name === "rest_init")?.address as bigint;
  expect((await after)?.find(address)).toEqual((await before)?.find(address));
  expect((await after)?.size).toBe((await before)?.size);
});
