/** Disk images in files. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FileDisk } from "../../host/node/file-disk.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hartbeat-disk-"));
  file = join(folder, "disk.img");
});
afterEach(() => rmSync(folder, { recursive: true }));

it("reads and writes sectors of the file", () => {
  writeFileSync(file, new Uint8Array(1536).fill(7));
  const disk = new FileDisk({ file, readonly: false });
  expect(disk.sectors).toBe(3);
  disk.write(1, new Uint8Array(512).fill(9));
  const sectors = new Uint8Array(1024);
  disk.read(1, sectors);
  const before = disk.state();
  disk.flush();
  expect(disk.state()).toEqual(before);
  disk.write(2, new Uint8Array(512));
  expect(disk.state()).not.toEqual(before);
  disk.close();
  expect([sectors[0], sectors[511], sectors[512]]).toEqual([9, 9, 7]);
  expect(readFileSync(file).subarray(511, 1025)).toEqual(
    Buffer.concat([Buffer.of(7), Buffer.alloc(512, 9), Buffer.of(0)]),
  );
});

it("fills the last sector with zeros", () => {
  writeFileSync(file, new Uint8Array(600).fill(7));
  const disk = new FileDisk({ file, readonly: true });
  const sector = new Uint8Array(512).fill(1);
  disk.read(1, sector);
  disk.close();
  expect(disk.sectors).toBe(2);
  expect([sector[87], sector[88], sector[511]]).toEqual([7, 0, 0]);
});

it("refuses what is no image, in plain words", () => {
  writeFileSync(file, "");
  expect(() => new FileDisk({ file, readonly: true })).toThrow(/disk\.img' is empty/);
  expect(() => new FileDisk({ file: folder, readonly: true })).toThrow(/is no plain file/);
  expect(() => new FileDisk({ file: folder, readonly: false })).toThrow(/it is a directory/);
  expect(() => new FileDisk({ file: join(folder, "none"), readonly: true })).toThrow(/no such file/);
});

it("turns failures of the system into errors that a device understands", () => {
  writeFileSync(file, new Uint8Array(512));
  const disk = new FileDisk({ file, readonly: true });
  expect(() => disk.write(0, new Uint8Array(512))).toThrow(/Cannot write the drive/);
  disk.close();
});
