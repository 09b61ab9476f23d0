/** ext2 when the power is cut in the middle of work: e2fsck repairs it, and what was synced is whole. Clean ends need no repair. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { IMAGE, INITRAMFS } from "../boot/images.ts";
import { DISK_TOOLS, debugfs, fsck, makeDisk } from "../tools/ext2-disk.ts";
import { archive, program } from "../tools/guest.ts";
import { compileForGuest } from "../tools/guest-compiler.ts";
import { TEST_LIMIT_MS } from "../tools/patience.ts";
import { requireTool } from "../tools/require-tool.ts";
import { randomNumbers, VolatileDisk } from "../tools/volatile-disk.ts";

const LONG = process.env.HARTBEAT_LONG === "1";
const CUTS = LONG ? 300 : 12;
const LIMIT_MS = LONG ? 3_600_000 : TEST_LIMIT_MS;
const MOST_CYCLES = 30_000_000;

const folder = mkdtempSync(join(tmpdir(), "hartbeat-power-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the guest's programs have promised: size and first byte of each file that was synced. */
function promised(output: string): Map<string, { size: number; first: number }> {
  const files = new Map<string, { size: number; first: number }>();
  for (const [, what, path = "", size, first] of output.matchAll(
    /^(kept|dropped) \/mnt(\S+) (\d+) (\d+)\r$/gm,
  )) {
    if (what === "kept") files.set(path, { size: Number(size), first: Number(first) });
    else files.delete(path);
  }
  return files;
}

function contents({ size, first }: { size: number; first: number }): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0; i < size; i++) bytes[i] = first + 7 * i + Math.floor(i / 256);
  return bytes;
}

const fnv1a = (bytes: Uint8Array): number => {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
};

requireTool(
  ...DISK_TOOLS,
  "riscv64-linux-gnu-gcc",
  "riscv64-libc",
)("ext2 and the power", () => {
  let initrd: Uint8Array;

  beforeAll(() => {
    const programs = ["disk-load", "disk-walk"].map((name) =>
      program(`bin/${name}`, compileForGuest(name, "static")),
    );
    initrd = new Uint8Array(Buffer.concat([readFileSync(INITRAMFS), archive(programs)]));
  });

  /** A shell whose /mnt is a disk of this block size. */
  async function start(harts: number, blockSize: number): Promise<{ machine: Machine; disk: VolatileDisk }> {
    const image = join(folder, "new.img");
    makeDisk(image, "6M", { system: false }, ["-b", String(blockSize), "-N", "512"]);
    const disk = new VolatileDisk(readFileSync(image));
    const machine = await Machine.create({
      harts,
      kernel: IMAGE,
      initrd: { name: "RAM disk of the test", bytes: initrd },
      drives: [disk],
    });
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# $/);
    machine.console.send("mount -t ext2 /dev/vda /mnt && echo mounted\n");
    await machine.console.expect(/\nmounted\r/);
    return { machine, disk };
  }

  describe.each([
    [1, 1024],
    [4, 1024],
    [4, 4096],
  ])("on %i harts with blocks of %i bytes", (harts, blockSize) => {
    test("after a power cut at any time", { timeout: LIMIT_MS }, async () => {
      const random = randomNumbers(harts * 10_000 + blockSize);
      const { machine, disk } = await start(harts, blockSize);
      machine.console.send("disk-load /mnt/a 1 & disk-load /mnt/b 2 &\n");
      let [cached, kept, repaired] = [0, 0, 0];
      for (let cut = 0; cut < CUTS; cut++) {
        machine.run({ cycles: Math.floor(random() * MOST_CYCLES) });
        const image = join(folder, "cut.img");
        const rescued = join(folder, "rescued");
        writeFileSync(image, disk.afterPowerCut(random));
        const what = `cut ${cut} at cycle ${machine.cycles}`;
        const { status, said } = fsck(image, "-y");
        expect(status, `${what}: ${said}`).toBeLessThan(4);
        expect(fsck(image, "-n"), what).toMatchObject({ status: 0 });
        rmSync(rescued, { recursive: true, force: true });
        mkdirSync(rescued);
        debugfs(image, `rdump / ${rescued}`);
        for (const [path, file] of promised(machine.console.output)) {
          expect(readFileSync(join(rescued, path)).equals(contents(file)), `${what}: ${path}`).toBe(true);
          kept++;
        }
        cached += disk.cachedSectors;
        repaired += Number(status !== 0);
      }
      expect(machine.console.output).not.toMatch(/EXT2-fs error|Oops|panic/);
      machine.dispose();
      // Otherwise the cuts came when nothing was at stake.
      expect(cached).toBeGreaterThan(CUTS);
      expect(kept).toBeGreaterThan(2 * CUTS);
      expect(repaired).toBeGreaterThan(CUTS / 2);
    });

    test("after umount there is nothing to repair, and all is there", { timeout: LIMIT_MS }, async () => {
      const { machine, disk } = await start(harts, blockSize);
      machine.console.send("disk-load /mnt/a 3 400 & disk-load /mnt/b 4 400; wait; echo all done\n");
      await machine.console.expect(/\nall done\r/);
      machine.console.send(
        "cd /mnt; disk-walk . > /tmp/list; cd /; umount /mnt; cat /tmp/list; echo that is all\n",
      );
      const [text] = await machine.console.expect(/\n4 \.\r\n[\s\S]*\nthat is all\r/);
      machine.dispose();
      expect(disk.cachedSectors).toBe(0);
      const image = join(folder, "end.img");
      const read = join(folder, "read");
      writeFileSync(image, disk.bytes);
      expect(fsck(image, "-n")).toMatchObject({ status: 0 });
      rmSync(read, { recursive: true, force: true });
      mkdirSync(read);
      debugfs(image, `rdump / ${read}`);
      const files = [...text.matchAll(/^10 (\S+) (\d+) (\d+)\r$/gm)];
      expect(files.length).toBeGreaterThan(20);
      for (const [, path = "", size, hash] of files) {
        const bytes = readFileSync(join(read, path));
        expect([path, bytes.length, fnv1a(bytes)]).toEqual([path, Number(size), Number(hash)]);
      }
      const names = readdirSync(read, { recursive: true, withFileTypes: true });
      expect(names.filter((entry) => entry.isFile()).length).toBe(files.length);
      expect(statSync(join(read, "a/kept")).isDirectory()).toBe(true);
    });
  });
});
