/** Files that are completed or unpacked before they are loaded: device trees, gzip'ed kernels; and cpio archives. */
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { writeCpio } from "../../../host/boot/cpio.ts";
import { findNode, propertyCells, propertyStrings, readFdt } from "../../../host/boot/fdt-reader.ts";
import { FdtNode, flattenFdt } from "../../../host/boot/fdt-writer.ts";
import { givenTree } from "../../../host/boot/given-tree.ts";
import { unpackKernel } from "../../../host/boot/gzip.ts";

describe("a device tree from a file", () => {
  const root = new FdtNode();
  root.child("cpus");
  root.child("chosen").strings("bootargs", "old").strings("stdout-path", "/uart");
  const reservations = [{ address: 0x8000_0000n, size: 0x1000n }];
  const file = { name: "a.dtb", bytes: flattenFdt(root, { reservations, bootCpu: 3 }) };

  test("gets command line and initial RAM disk, and keeps all else", () => {
    const initrd = { start: 0x8400_0000, end: 0x8400_1000 };
    const fdt = readFdt(givenTree(file, { bootArguments: "new", initrd }));
    const chosen = findNode(fdt.root, "/chosen") as FdtNode;
    expect(propertyStrings(chosen, "bootargs")).toEqual(["new"]);
    expect(propertyStrings(chosen, "stdout-path")).toEqual(["/uart"]);
    expect(propertyCells(chosen, "linux,initrd-end")).toEqual([0, initrd.end]);
    expect(fdt).toMatchObject({ reservations, bootCpu: 3 });
  });

  test("keeps its own command line when none is given", () => {
    const fdt = readFdt(givenTree(file, {}));
    expect(propertyStrings(findNode(fdt.root, "/chosen") as FdtNode, "bootargs")).toEqual(["old"]);
  });

  test("is refused by name when it is damaged", () => {
    const damaged = { name: "bad.dtb", bytes: file.bytes.subarray(0, 60) };
    expect(() => givenTree(damaged, {})).toThrow(/^The device tree 'bad\.dtb' cannot be used: /);
  });
});

describe("a gzip'ed kernel", () => {
  const bytes = new Uint8Array(100_000).map((_, index) => index);

  test("is unpacked; any other is left alone", async () => {
    const packed = { name: "Image.gz", bytes: new Uint8Array(gzipSync(bytes)) };
    expect(await unpackKernel(packed)).toEqual({ name: "Image.gz", bytes });
    const plain = { name: "Image", bytes };
    expect(await unpackKernel(plain)).toBe(plain);
  });

  test("is refused by name when it is damaged or cut off", async () => {
    const packed = new Uint8Array(gzipSync(bytes));
    for (const part of [packed.subarray(0, packed.length - 9), Uint8Array.of(0x1f, 0x8b, 8, 0)]) {
      await expect(unpackKernel({ name: "k.gz", bytes: part })).rejects.toThrow(
        /'k\.gz'.*gzip data is damaged/,
      );
    }
  });
});

test("a cpio archive is what the cpio of the machine reads, and the same for the same entries", () => {
  const entries = [
    { kind: "directory", path: "bin" },
    { kind: "file", path: "bin/sh", bytes: Uint8Array.of(104, 105, 10), executable: true },
    { kind: "link", path: "sh", target: "bin/sh" },
    { kind: "character", path: "console", major: 5, minor: 1 },
  ] as const;
  const archive = writeCpio(entries);
  expect(writeCpio(entries)).toEqual(archive);
  expect(archive.length % 4).toBe(0);
  const text = Buffer.from(archive).toString("latin1");
  expect(text.match(/070701/g)).toHaveLength(entries.length + 1);
  const cpio = spawnSync("cpio", ["-tv"], { input: archive, encoding: "utf8" });
  if (cpio.error) return;
  expect(cpio.stdout).toMatch(/^drwxr-xr-x .* bin$/m);
  expect(cpio.stdout).toMatch(/^-rwxr-xr-x .* 3 .* bin\/sh$/m);
  expect(cpio.stdout).toMatch(/^lrwxrwxrwx .* sh -> bin\/sh$/m);
  expect(cpio.stdout).toMatch(/^crw------- .*5, +1 .* console$/m);
});
