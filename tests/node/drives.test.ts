/** Which disks the command line plugs in, in which order, and which of them forget. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseDrive } from "../../host/arguments.ts";
import { parseDevice } from "../../host/backend-arguments.ts";
import type { BlockBackend } from "../../host/devices/virtio-blk.ts";
import { openDrives } from "../../host/node/drives.ts";

const SECTOR = 512;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hartbeat-drives-"));
  for (const name of ["a", "b", "c"]) {
    writeFileSync(join(folder, name), new Uint8Array(4 * SECTOR).fill(name.charCodeAt(0)));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(drives: string[], devices: string[] = [], snapshot = false): Promise<BlockBackend[]> {
  return openDrives({
    drives: drives.map((text) => parseDrive(`file=${folder}/${text}`)),
    devices: devices.map(parseDevice),
    snapshot,
  });
}

function letters(disk: BlockBackend, sector = 0, count = 1): string {
  const bytes = new Uint8Array(count * SECTOR);
  disk.read(sector, bytes);
  return Array.from({ length: count }, (_, i) => String.fromCharCode(bytes[i * SECTOR] as number)).join("");
}

it("plugs in first what needs no -device", async () => {
  const disks = await open(["a,if=none,id=x", "b", "c,if=none,id=y"], ["drive=y", "drive=x"].map(virtioBlk));
  expect(disks.map((disk) => letters(disk))).toEqual(["b", "c", "a"]);
});

it("leaves out what no -device names, and refuses names that are unknown or taken", async () => {
  expect(await open(["a,if=none,id=x"])).toEqual([]);
  const twice = [virtioBlk("drive=x"), virtioBlk("drive=x")];
  await expect(open([], [virtioBlk("drive=x")])).rejects.toThrow(/no -drive if=none,id=x that is still free/);
  await expect(open(["a,if=none,id=x"], twice)).rejects.toThrow(/still free/);
  await expect(open(["a,if=none,id=x", "b,if=none,id=x"])).rejects.toThrow(/Two drives have id=x/);
});

it.each([
  ["snapshot=on", ["a,snapshot=on"], false],
  ["-snapshot", ["a"], true],
])("with %s the guest reads what it wrote, and the file stays", async (_name, drives, snapshot) => {
  const [disk] = (await open(drives, [], snapshot)) as [BlockBackend];
  disk.write(1, new Uint8Array(2 * SECTOR).fill(120));
  disk.flush();
  expect(letters(disk, 0, 4)).toBe("axxa");
  expect(readFileSync(join(folder, "a")).every((byte) => byte === 97)).toBe(true);
  expect(disk.readOnly).toBe(false);
});

it("a disk that may only be read stays so", async () => {
  const [disk] = await open(["a,readonly=on"], [], true);
  expect(disk?.readOnly).toBe(true);
});

function virtioBlk(text: string): string {
  return `virtio-blk-device,${text}`;
}
