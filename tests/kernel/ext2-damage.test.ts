/** Damaged ext2 images: whatever bits are wrong, mounting and using them gives errors, never an oops or a hang. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Machine, MemoryDisk } from "../../host/node/index.ts";
import { IMAGE, INITRAMFS } from "../boot/images.ts";
import { DISK_TOOLS, makeDisk } from "../tools/ext2-disk.ts";
import { archive, program } from "../tools/guest.ts";
import { compileForGuest } from "../tools/guest-compiler.ts";
import { TEST_LIMIT_MS } from "../tools/patience.ts";
import { requireTool } from "../tools/require-tool.ts";
import { randomNumbers } from "../tools/volatile-disk.ts";

const LONG = process.env.HARTBEAT_LONG === "1";
const IMAGES = LONG ? 5000 : 70;
const LIMIT_MS = LONG ? 7_200_000 : TEST_LIMIT_MS;
/** For one image, in guest cycles; most take a hundredth of it. */
const MOST_CYCLES = 20_000_000_000;

const BLOCK = 1024;
const SUPER = 1024;
const INODE = 256;
const INODES_USED = 40;
const IN_INODE_BLOCKS = 40;

const folder = mkdtempSync(join(tmpdir(), "hartbeat-damage-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where the image's own structures lie, by kind: byte ranges. */
function structures(image: Buffer): Record<string, [from: number, to: number][]> {
  const descriptor = 2 * BLOCK;
  const block = (number: number): [number, number] => [number * BLOCK, (number + 1) * BLOCK];
  const bitmaps = [0, 4].map((field) => block(image.readUInt32LE(descriptor + field)));
  const table = image.readUInt32LE(descriptor + 8) * BLOCK;
  const inodes = Array.from({ length: INODES_USED }, (_, i) => table + i * INODE);
  const pointer = (inode: number, index: number): number =>
    image.readUInt32LE(inode + IN_INODE_BLOCKS + 4 * index);
  const directories = inodes.filter((inode) => image.readUInt16LE(inode) >> 12 === 4);
  const files = inodes.filter((inode) => image.readUInt16LE(inode) >> 12 === 8);
  const indirect = files.flatMap((inode) => [12, 13].map((index) => pointer(inode, index))).filter(Boolean);
  return {
    "super block": [[SUPER, SUPER + 256]],
    descriptors: [[descriptor, descriptor + 32]],
    bitmaps,
    inodes: inodes.map((inode) => [inode, inode + 128]),
    "used inodes": [...directories, ...files].map((inode) => [inode, inode + 100]),
    directories: directories.map((inode) => block(pointer(inode, 0))),
    "indirect blocks": indirect.map(block),
  };
}

function noise(seed: number): Uint8Array {
  const random = randomNumbers(seed);
  return Uint8Array.from({ length: 2 ** 20 }, () => random() * 256);
}

/** One kind of structure with a few wrong bits or bytes. */
function damage(image: Buffer, seed: number): { bytes: Uint8Array; kind: string } {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const kinds = Object.entries(structures(image));
  const [kind, ranges] = kinds[seed % kinds.length] ?? ["", []];
  const bytes = new Uint8Array(image);
  for (let left = 1 + below(6); left > 0; left--) {
    const [from, to] = ranges[below(ranges.length)] ?? [0, 1];
    const at = from + below(to - from);
    const how = below(4);
    if (how === 0) bytes[at] = below(256);
    else if (how === 1) bytes.fill(0xff, at & ~3, (at & ~3) + 4);
    // Numbers that make sense somewhere else.
    else if (how === 2) new DataView(bytes.buffer).setUint32(at & ~3, below(1200), true);
    else bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
  }
  return { bytes, kind };
}

requireTool(
  ...DISK_TOOLS,
  "riscv64-linux-gnu-gcc",
  "riscv64-libc",
)("damaged ext2", () => {
  let machine: Machine;
  let disk: MemoryDisk;
  let image: Buffer;

  beforeAll(async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `d${i % 4}/e/f${i}`,
        Buffer.alloc(i < 10 ? 700 * i : 30_000 * i, i),
      ]),
    );
    image = readFileSync(
      makeDisk(join(folder, "sound.img"), "1M", { system: false, files }, [
        "-b",
        String(BLOCK),
        "-N",
        "64",
        "-I",
        "256",
      ]),
    );
    disk = new MemoryDisk(image);
    const more = archive([program("bin/disk-walk", compileForGuest("disk-walk", "static"))]);
    machine = await Machine.create({
      harts: 2,
      kernel: IMAGE,
      initrd: {
        name: "RAM disk of the test",
        bytes: new Uint8Array(Buffer.concat([readFileSync(INITRAMFS), more])),
      },
      drives: [disk],
    });
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# $/);
    machine.console.send("stty -echo\n");
    await machine.console.expect(/# $/);
  });
  afterAll(() => machine?.dispose());

  /** Runs commands; gives what they wrote. */
  async function run(commands: string): Promise<string> {
    const from = machine.console.output.length;
    machine.console.send(`${commands}; echo "=$?="\n`);
    await machine.console.expect(/=\d+=\r\n[\s\S]*# $/, { timeoutCycles: MOST_CYCLES });
    return machine.console.output.slice(from);
  }

  const WALK = "disk-walk /mnt >/dev/null; disk-walk -c /mnt; umount /mnt";

  test("images with wrong bits in their structures", { timeout: LIMIT_MS }, async () => {
    const told = { refused: 0, damaged: 0, unnoticed: 0 };
    const free = async () => Number(/^MemFree: +(\d+)/m.exec(await run("cat /proc/meminfo"))?.[1]);
    disk.bytes.set(image);
    await run(`mount /dev/vda /mnt && { ${WALK}; }`);
    const before = await free();
    for (let seed = 0; seed < IMAGES; seed++) {
      const { bytes, kind } = damage(image, seed);
      disk.bytes.set(bytes);
      const flags = ["", "-r ", "-o errors=continue "][Math.floor(seed / 7) % 3];
      const output = await run(`mount ${flags}-t ext2 /dev/vda /mnt && { ${WALK}; }`);
      const what = `seed ${seed}, ${kind}:\n${output}`;
      expect(output, what).not.toMatch(/Oops|BUG|panic|WARNING|Unable to handle|stuck|Call Trace|umount: /);
      told[/mount: /.test(output) ? "refused" : /EXT2-fs error/.test(output) ? "damaged" : "unnoticed"]++;
    }
    // All is given back: a leaked page for each image would be seen.
    expect(await free()).toBeGreaterThan(before - 4 * (IMAGES / 2));
    console.log(`damaged images: ${JSON.stringify(told)}`);
    expect(told.refused).toBeGreaterThan(IMAGES / 20);
    expect(told.damaged).toBeGreaterThan(IMAGES / 20);
    disk.bytes.set(image);
    const sound = await run("mount /dev/vda /mnt && disk-walk /mnt; umount /mnt");
    expect(sound.match(/^10 \/mnt\/d/gm)?.length).toBe(12);
  });

  test.each([
    ["zeroes", () => new Uint8Array(2 ** 20)],
    ["noise", () => noise(1)],
    [
      "noise behind a super block",
      () => {
        const bytes = noise(2);
        bytes.set(image.subarray(SUPER, 2 * SUPER), SUPER);
        return bytes;
      },
    ],
  ])("%s", async (_, make) => {
    disk.bytes.set(make());
    const output = await run("mount -t ext2 /dev/vda /mnt && umount /mnt");
    expect(output).toMatch(/EXT2-fs: [^\n]+\r\n[\s\S]*mount: \/mnt: Invalid argument/);
  });

  test("a file system that the device cuts off", async () => {
    const bytes = new Uint8Array(image);
    new DataView(bytes.buffer).setUint32(SUPER + 4, 4096, true);
    disk.bytes.set(bytes);
    expect(await run("mount -t ext2 /dev/vda /mnt")).toContain("it is larger than the device");
  });
});
