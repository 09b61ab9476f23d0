/** Disks on a web server: what is asked for and when, what goes wrong there, and a guest that notices nothing of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpDisk } from "../../host/devices/http-disk.ts";
import { OverlayDisk } from "../../host/devices/overlay-disk.ts";
import { MemoryBackend } from "../../host/devices/virtio-blk.ts";
import { Machine } from "../../host/node/index.ts";
import { runHartbeat } from "../tools/hartbeat-process.ts";
import { type ImageServer, serveImage } from "../tools/image-server.ts";

const SECTOR = 512;
const BLOCK = 128 * 1024;
/** Two MiB and a bit, in which each sector begins with its number. */
const IMAGE = new Uint8Array(2 * 2 ** 20 + 700);
for (let at = 0; at < IMAGE.length; at += SECTOR) new DataView(IMAGE.buffer).setUint16(at, at / SECTOR);

let server: ImageServer;
beforeEach(async () => {
  server = await serveImage(IMAGE);
});
afterEach(() => server.close());

const open = (url = server.url) => HttpDisk.open({ url, fetch, retryMs: [1, 1] });

/** Waits for sectors as a machine does, and reads them. */
async function fetched(disk: HttpDisk, sector: number, sectors: number): Promise<Uint8Array> {
  while (!disk.prepare(sector, sectors)) await disk.pending;
  const bytes = new Uint8Array(sectors * SECTOR);
  disk.read(sector, bytes);
  return bytes;
}

describe("a disk on a web server", () => {
  it("has the image's size, and zeros behind its end", async () => {
    const disk = await open();
    expect(disk.sectors).toBe(Math.ceil(IMAGE.length / SECTOR));
    const last = await fetched(disk, disk.sectors - 2, 2);
    const expected = new Uint8Array(2 * SECTOR);
    expected.set(IMAGE.subarray((disk.sectors - 2) * SECTOR));
    expect(last).toEqual(expected);
  });

  it("asks for what is read, in blocks, once", async () => {
    const disk = await open();
    expect(await fetched(disk, 600, 8)).toEqual(IMAGE.subarray(600 * SECTOR, 608 * SECTOR));
    await fetched(disk, 599, 20);
    await fetched(disk, 0, 1);
    // Blocks 8 to 15 in one go, over which the next read reaches on both sides.
    await fetched(disk, (8 * BLOCK) / SECTOR, (8 * BLOCK) / SECTOR);
    await fetched(disk, (7 * BLOCK) / SECTOR, (9 * BLOCK) / SECTOR + 2);
    const range = (first: number, end: number) => `bytes=${first}-${end - 1}`;
    expect(server.asked).toEqual([
      range(0, BLOCK),
      range(2 * BLOCK, 3 * BLOCK),
      range(8 * BLOCK, 16 * BLOCK),
      range(7 * BLOCK, 8 * BLOCK),
      range(16 * BLOCK, IMAGE.length),
    ]);
  });

  it.each([404, 500])("tries again after faults that may pass, and not after others: %i", async (status) => {
    let faults = 2;
    server.before = (_, response) => {
      if (faults-- <= 0) return false;
      if (status === 404) response.writeHead(404).end();
      else if (faults === 1) response.destroy();
      else response.writeHead(503).end();
      return true;
    };
    const opening = open();
    if (status === 404) await expect(opening).rejects.toThrow(/no such file \(404\)/);
    else expect((await opening).sectors).toBeGreaterThan(0);
  });

  it.each<[string, RegExp, (response: import("node:http").ServerResponse) => unknown]>([
    ["no ranges", /whole file only/, (response) => response.writeHead(200).end(IMAGE)],
    ["no size", /does not tell the size/, (response) => response.writeHead(206).end("x")],
    [
      "another range",
      /another range/,
      (response) => response.writeHead(206, { "content-range": "bytes 1-2/9" }).end("xx"),
    ],
    [
      "too little",
      /1 bytes of 9/,
      (response) => response.writeHead(206, { "content-range": "bytes 0-8/9" }).end("x"),
    ],
    ["a denial", /answers 403/, (response) => response.writeHead(403).end()],
    ["a fault that stays", /answers 502/, (response) => response.writeHead(502).end()],
  ])("says what is wrong with a server that gives %s", async (_, message, answer) => {
    server.before = (_request, response) => {
      answer(response);
      return true;
    };
    await expect(open()).rejects.toThrow(message);
  });

  it("notices that the image has changed, and says so wherever one waits", async () => {
    const disk = await open();
    server.etag = '"two"';
    expect(disk.prepare(1000, 1)).toBe(false);
    await disk.pending;
    expect(disk.prepare(1000, 1)).toBe(false);
    await expect(disk.pending).rejects.toThrow(/has changed on the server/);
    expect(disk.prepare(0, 1)).toBe(true);
  });
});

describe("a machine with such a disk", () => {
  const COMMANDS = ["head -c 3000000 /dev/vda | wc -c", "echo kept > /dev/vda; head -c 5 /dev/vda"];

  async function session(machine: Machine): Promise<void> {
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# /);
    for (const command of COMMANDS) {
      machine.console.send(`${command}\n`);
      await machine.console.expect(/# /);
    }
  }

  it("waits for it, and runs as if the image were at hand", async () => {
    // Answers take their time, and not the same.
    let count = 0;
    server.before = async () => {
      await new Promise((resolve) => setTimeout(resolve, (count++ * 7) % 20));
      return false;
    };
    const far = await Machine.create({ harts: 2, drives: [new OverlayDisk(await open())] });
    const near = await Machine.create({ harts: 2, drives: [new MemoryBackend(IMAGE)] });
    await session(far);
    await session(near);
    expect(far.console.output).toBe(near.console.output);
    expect(far.console.output).toContain(`${Math.ceil(IMAGE.length / SECTOR) * SECTOR}\r\n`);
    expect(far.console.output).toContain("kept\r\n");
    expect(far.cycles).toBe(near.cycles);
    expect(count).toBeGreaterThan(2);
  });

  it("does nothing while it waits, and takes input after what it waited for", async () => {
    const machine = await Machine.create({ drives: [await open()] });
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# /);
    let answer: () => void = () => undefined;
    server.before = () => new Promise((resolve) => (answer = () => resolve(false)));
    machine.console.send("head -c 1000000 /dev/vda | wc -c\n");
    while (machine.run({ cycles: 1_000_000 }) !== "waiting");
    const { cycles } = machine;
    expect(machine.run({ cycles: 1_000_000 })).toBe("waiting");
    machine.console.send("echo typed\n");
    expect(machine.run({ cycles: 1_000_000 })).toBe("waiting");
    expect(machine.cycles).toBe(cycles);
    server.before = () => false;
    const pending = machine.pending;
    answer();
    await pending;
    await machine.console.expect(/1000000\r\n.*typed\r\n/s);
    // Repeated from its log, with all data at hand, the run is the same.
    const log = machine.recording();
    const again = await Machine.create({ drives: [await open()] });
    again.replay(log);
    for (let end = ""; end !== "replayed"; ) {
      end = again.run({ cycles: 1_000_000_000 });
      await again.pending;
    }
    expect(again.replayedTruly).toBe(true);
  });

  it("ends with a sentence when the image changes under it", async () => {
    const machine = await Machine.create({ drives: [await open()] });
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# /);
    server.etag = '"two"';
    machine.console.send("head -c 1000000 /dev/vda | wc -c\n");
    await expect(machine.console.expect(/1000000\r\n/)).rejects.toThrow(
      /^Cannot read the drive .* has changed/,
    );
  });

  it("is refused with one line when the server does not have it", async () => {
    const drive = (url: string) => runHartbeat("boot", "-drive", `file=${url}`, "--max-cycles", "1M");
    const missing = await drive(server.url.replace("disk", "other"));
    expect(missing).toMatchObject({ status: 1, stdout: "" });
    expect(missing.stderr).toMatch(/^hartbeat: Cannot read the drive 'http:.*other.img': .*404\)\.\n$/);
    expect(await drive(server.url)).toMatchObject({ status: 124 });
  });
});
