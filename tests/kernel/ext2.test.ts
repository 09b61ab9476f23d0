/** The kernel's ext2 on a virtio disk: root file system, what the host's tools find there afterwards. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileDisk, Machine } from "../../host/node/index.ts";
import { IMAGE } from "../boot/images.ts";
import { DISK_TOOLS, type DiskContents, debugfs, fsck, makeDisk } from "../tools/ext2-disk.ts";
import { bootGuest, describeInEachPlace, type Guest, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { buildUsertests, results } from "./usertests.ts";

const folder = mkdtempSync(join(tmpdir(), "hartbeat-ext2-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Numbers, one a line: what `seq 1 last` writes. */
const numbers = (last: number): string => Array.from({ length: last }, (_, i) => `${i + 1}\n`).join("");

/** An image in this test's folder, which can be booted. */
const disk = (
  name: string,
  size: string,
  words: readonly string[] = [],
  contents: DiskContents = {},
): string => makeDisk(join(folder, `${name}.img`), size, contents, words);

requireTool(
  ...DISK_TOOLS,
  "riscv64-linux-gnu-gcc",
  "make",
)("ext2", () => {
  describeInEachPlace("is the root file system", (place) => {
    let image: string;
    let guest: Guest;
    let shell: Shell;

    beforeAll(async () => {
      // Small blocks: a file of moderate size needs indirect blocks of all kinds that matter.
      const files = { "bin/usertests": buildUsertests() };
      image = disk(`${place.machine}${place.harts}`, "20M", ["-b", "1024"], { files });
      guest = await bootGuest(place, {
        initrd: [],
        disk: image,
        append: "root=/dev/vda rootfstype=ext2 rw rootwait",
      });
      shell = await Shell.login(guest);
    });

    afterAll(() => guest?.dispose());

    test("it is mounted and everybody's root", async () => {
      expect(guest.output).toContain("VFS: Mounted root (ext2 filesystem) on device 254:0.");
      expect(await shell.run("mount")).toMatch(/^\/dev\/root on \/ type ext2 \(rw\)$/m);
      expect(await shell.run("ls -1 /dev/vda /proc/1/comm")).toBe("/dev/vda\n/proc/1/comm\n");
    });

    test("files of all sizes keep what is written to them", async () => {
      await shell.run("mkdir -p /data/a/b; seq 1 80000 > /data/large; seq 1 5000 > /data/a/small");
      await shell.run("cat /data/a/small /data/a/small >> /data/a/b/appended; : > /data/empty");
      expect(await shell.run("wc -c /data/large")).toBe(`${numbers(80000).length} /data/large\n`);
    });

    test("names: links, renames, removals, long ones", async () => {
      const long = "n".repeat(255);
      await shell.run(
        `cd /data; ln large hard; ln -s a/small soft; ln -s ${"x".repeat(100)} far; echo l > ${long}`,
      );
      await shell.run("mv a/b moved; mv a/small a/renamed; rm empty; mkdir empty; rmdir empty");
      expect(await shell.run("cat soft", 1)).toContain("No such file");
      expect(await shell.run(`readlink far; cat ${long}; ls -l hard | wc -l`)).toBe(
        `${"x".repeat(100)}\nl\n1\n`,
      );
      await shell.run(`touch ${long}n`, 1);
      await shell.run("rmdir a", 1);
    });

    test("the usertests of files and folders succeed on it", async () => {
      const told = results(await shell.run("cd /; usertests -n files folders mounts"));
      expect(told.size).toBeGreaterThan(40);
      expect([...told].filter(([, failure]) => failure !== undefined)).toEqual([]);
    });

    test("a full disk says so, and what is removed is free again", async () => {
      const before = await shell.run("df / | tail -n 1");
      expect(await shell.run("cat /dev/zero > /data/full", 1)).toContain("No space left on device");
      await shell.run("rm /data/full; sync");
      expect(await shell.run("df / | tail -n 1")).toBe(before);
    });

    test("after poweroff e2fsck finds nothing to repair, and debugfs what was written", async () => {
      guest.send("poweroff\n");
      expect(await guest.ended()).toBe(0);
      expect(fsck(image, "-n")).toMatchObject({ status: 0 });
      expect(debugfs(image, "show_super_stats -h")).toMatch(/Filesystem state: +clean$/m);
      expect(debugfs(image, "cat /data/large")).toBe(numbers(80000));
      expect(debugfs(image, "cat /data/hard")).toBe(numbers(80000));
      expect(debugfs(image, "cat /data/moved/appended")).toBe(numbers(5000).repeat(2));
      expect(debugfs(image, "stat /data/large")).toMatch(/Links: 2 /);
    });
  });

  describe("on our machine", () => {
    const boot = (disk: string, append: string): Promise<Machine> =>
      Machine.create({
        harts: 2,
        kernel: IMAGE,
        append,
        drives: [new FileDisk({ file: disk, readonly: false })],
      });

    test("what is no ext2, or has more than it, is refused in a sentence", async () => {
      const image = disk("refused", "4M");
      const modern = join(folder, "modern.img");
      execFileSync("mke2fs", ["-q", "-t", "ext4", modern, "8M"]);
      const zeroes = join(folder, "zeroes.img");
      writeFileSync(zeroes, new Uint8Array(2 ** 20));
      const machine = await Machine.create({
        drives: [image, modern, zeroes].map((file) => new FileDisk({ file, readonly: file === image })),
      });
      await machine.console.expect(/login: /);
      machine.console.send("root\n");
      await machine.console.expect(/# $/);
      for (const [command, answer] of [
        ["mount -t ext2 /dev/vda /mnt", /Permission denied/],
        [
          "mount -t ext2 /dev/vdb /mnt",
          /EXT2-fs: cannot mount \/dev\/vdb: it has features that are not supported/,
        ],
        ["mount -t ext2 /dev/vdc /mnt", /EXT2-fs: cannot mount \/dev\/vdc: it has no ext2 super block/],
        ["mount -t ext2 /dev/vdz /mnt", /No such file/],
        [
          "mount -r -t ext2 /dev/vda /mnt; ls -d /mnt/bin; touch /mnt/x",
          /\/mnt\/bin\r\n[\s\S]*Read-only file system/,
        ],
      ] as const) {
        machine.console.send(`${command}\n`);
        await machine.console.expect(answer);
      }
      machine.dispose();
    });

    test("extended attributes of files stay, and go with the last file that has them", async () => {
      const image = disk("attributes", "1M", ["-I", "128"], {
        system: false,
        files: { keep: "kept", go: "gone", last: "gone" },
      });
      for (const request of [
        "symlink link keep",
        "ea_set keep user.a 1",
        "ea_set go user.a 1",
        "ea_set link user.b 2",
      ])
        execFileSync("debugfs", ["-w", "-R", request, image], { stdio: "ignore" });
      expect(fsck(image, "-n")).toMatchObject({ status: 0 });
      const machine = await Machine.create({ drives: [new FileDisk({ file: image, readonly: false })] });
      await machine.console.expect(/login: /);
      machine.console.send("root\n");
      await machine.console.expect(/# $/);
      machine.console.send(
        "mount /dev/vda /mnt; cat /mnt/link; echo more >> /mnt/keep; rm /mnt/go /mnt/link; umount /mnt; echo e'n'd\n",
      );
      await machine.console.expect(/keptend\r/);
      machine.dispose();
      expect(fsck(image, "-n")).toMatchObject({ status: 0 });
      expect(debugfs(image, "ea_get keep user.a")).toContain('"1"');
      expect(debugfs(image, "cat keep")).toBe("keptmore\n");
    });

    test("without rw the root is read-only until it is remounted", async () => {
      const image = disk("ro", "4M");
      const machine = await boot(image, "root=254:0");
      await machine.console.expect(/Mounted root \(ext2 filesystem\) readonly/);
      await machine.console.expect(/login: /);
      machine.console.send("root\n");
      await machine.console.expect(/# $/);
      machine.console.send("touch /x; mount -o remount,rw /; touch /y; ls /x /y\n");
      await machine.console.expect(
        /touch: \/x: Read-only file system[\s\S]*ls: \/x: No such file[\s\S]*\n\/y\r/,
      );
      machine.dispose();
    });
  });
});
