/** What the kernel starts when there is no /init: the root file system on a disk, init=, four paths; and how it gives up. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FileDisk, Machine } from "../../host/node/index.ts";
import { DISK_TOOLS, makeDisk } from "../tools/ext2-disk.ts";
import { archive, program, script } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { unpackCpio } from "../tools/unpack-cpio.ts";
import { IMAGE, INITRAMFS } from "./images.ts";

const folder = mkdtempSync(join(tmpdir(), "hartbeat-fallbacks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

unpackCpio(readFileSync(INITRAMFS), join(folder, "system"));
const SHELL = readFileSync(join(folder, "system/bin/sh"));
/** A program that only tells that it runs, and as what; its interpreter is none of the paths that the kernel tries. */
const init = (path: string) =>
  script(path, `#!/lib/sh\necho "$0 is process $$"\nwhile :; do sleep 1000; done\n`);
const ramdisk = (...files: Parameters<typeof archive>[0]) => archive([program("lib/sh", SHELL), ...files]);

interface Boot {
  readonly files?: Uint8Array;
  readonly append?: string;
  readonly drives?: FileDisk[];
}

/** Boots until `pattern` is on the console; gives all that is. */
async function boot({ files, append, drives }: Boot, pattern: RegExp): Promise<string> {
  const machine = await Machine.create({
    harts: 2,
    kernel: IMAGE,
    ...(files && { initrd: { name: "RAM disk of the test", bytes: files } }),
    ...(append && { append }),
    ...(drives && { drives }),
  });
  try {
    await machine.console.expect(pattern);
    return machine.console.output.replace(/\r/g, "");
  } finally {
    machine.dispose();
  }
}

/** What the kernel says that it runs, in order. */
const tried = (output: string): string[] =>
  [...output.matchAll(/Run (\S+) as init process/g)].map(([, path]) => path as string);

const PANIC = /---\[ end Kernel panic - not syncing: [^\n]*/;
const NO_INIT = /Kernel panic - not syncing: No working init found\. {2}Try passing init= option to kernel/;
const PATHS = ["sbin/init", "etc/init", "bin/init", "bin/sh"];

describe("the RAM disk", () => {
  test("its /init is the first program, whatever else there is", async () => {
    const files = ramdisk(init("init"), ...PATHS.map(init), init("other"));
    const output = await boot({ files, append: "init=/other root=/dev/vdx" }, /is process 1\r/);
    expect(output).toContain("/init is process 1");
    expect(tried(output)).toEqual(["/init"]);
  });

  test("rdinit= names another", async () => {
    const files = ramdisk(init("init"), init("other"));
    expect(await boot({ files, append: "rdinit=/other" }, /is process 1\r/)).toContain("/other is process 1");
  });

  test("an rdinit= that is not there is said and passed over", async () => {
    const files = ramdisk(init("init"), init("sbin/init"));
    const output = await boot({ files, append: "rdinit=/none" }, /is process 1\r/);
    expect(output).toContain("check access for rdinit=/none failed: -2, ignoring");
    expect(tried(output)).toEqual(["/sbin/init"]);
  });

  test("an /init that cannot be run is said, and the search goes on", async () => {
    const files = ramdisk(script("init", "no program\n"), init("sbin/init"));
    const output = await boot({ files }, /is process 1\r/);
    expect(output).toContain("Failed to execute /init (error -8)");
    expect(tried(output)).toEqual(["/init", "/sbin/init"]);
  });
});

describe("init=", () => {
  test("is the first program if there is no /init", async () => {
    const output = await boot(
      { files: ramdisk(init("sbin/init"), init("mine")), append: "init=/mine" },
      /process 1\r/,
    );
    expect(tried(output)).toEqual(["/mine"]);
  });

  test.each([
    ["that is not there", "/none", -2],
    ["that cannot be run", "/text", -8],
    ["that is a folder", "/lib", -13],
  ])("one %s panics", async (_, path, error) => {
    const files = ramdisk(script("text", "no program\n"), init("sbin/init"));
    const output = await boot({ files, append: `init=${path}` }, PANIC);
    expect(output).toContain(`Kernel panic - not syncing: Requested init ${path} failed (error ${error}).`);
    expect(tried(output)).toEqual([path]);
  });
});

describe("the four paths", () => {
  test.each(PATHS.map((path, index) => [path, index] as const))("/%s", async (path, index) => {
    const output = await boot({ files: ramdisk(...PATHS.slice(index).map(init)) }, /is process 1\r/);
    expect(output).toContain(`/${path} is process 1`);
    expect(tried(output)).toEqual(PATHS.slice(0, index + 1).map((each) => `/${each}`));
  });

  test("one that cannot be run is said, and the next is tried", async () => {
    const output = await boot({ files: ramdisk(script("sbin/init", "\n"), init("bin/init")) }, /process 1\r/);
    expect(output).toContain("Starting init: /sbin/init exists but couldn't execute it (error -8)");
    expect(output).toContain("/bin/init is process 1");
  });

  test("none of them panics, with advice and a backtrace", async () => {
    const output = await boot({ files: ramdisk() }, PANIC);
    expect(output).toMatch(NO_INIT);
    expect(tried(output)).toEqual(PATHS.map((path) => `/${path}`));
    expect(output).toMatch(/\bkernel_init\+0x/);
  });
});

requireTool(...DISK_TOOLS)("root=", () => {
  const image = (name: string, files: Record<string, string> = {}, size = "2M"): string =>
    makeDisk(join(folder, `${name}.img`), size, {
      system: false,
      files: { "lib/sh": SHELL, "dev/.keep": "", ...files },
    });
  const drive = (file: string, readonly = false): FileDisk => new FileDisk({ file, readonly });
  const INIT = `#!/lib/sh\necho "$0 is process $$"\nwhile :; do sleep 1000; done\n`;

  test("without a RAM disk, its /sbin/init", async () => {
    const output = await boot(
      { files: archive([]), append: "root=/dev/vda", drives: [drive(image("a", { "sbin/init": INIT }))] },
      /process 1\r/,
    );
    expect(output).toContain("VFS: Mounted root (ext2 filesystem) readonly on device 254:0.");
    expect(output).toContain("/sbin/init is process 1");
  });

  test("with a RAM disk that has no /init, not that one's /sbin/init", async () => {
    const drives = [drive(image("b", { "bin/init": INIT }))];
    const output = await boot(
      { files: ramdisk(init("sbin/init")), append: "root=/dev/vda rw", drives },
      /process 1\r/,
    );
    expect(tried(output)).toEqual(["/sbin/init", "/etc/init", "/bin/init"]);
  });

  test("its init=", async () => {
    const drives = [drive(image("c", { "sbin/init": INIT })), drive(image("d", { mine: INIT }))];
    const append = "root=254:16 init=/mine rootwait rootfstype=ext4,ext2 rootflags=errors=panic";
    const output = await boot({ append, drives }, /process 1\r/);
    expect(output).toContain("/mine is process 1");
    expect(output).toContain("on device 254:16.");
  });

  test("a disk without any init panics", async () => {
    expect(await boot({ append: "root=/dev/vda", drives: [drive(image("e"))] }, PANIC)).toMatch(NO_INIT);
  });

  test("a device that there is not panics, and says which there are", async () => {
    const drives = [drive(image("f")), drive(image("g", {}, "3M"), true)];
    const output = await boot({ append: "root=/dev/vdx", drives }, PANIC);
    expect(output).toContain('VFS: Cannot open root device "/dev/vdx" or unknown-block(0,0): error -6');
    expect(output).toMatch(
      /here are the available partitions:\n.*\] fe00 +2048 vda\n.*\] fe10 +3072 vdb \(read-only\)\n/,
    );
    expect(output).toContain(
      "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    );
  });

  test("what is on it may be no file system, or one that the kernel has not", async () => {
    const file = join(folder, "zeroes.img");
    writeFileSync(file, new Uint8Array(2 ** 20));
    const output = await boot(
      { append: "root=/dev/vda rootfstype=ext2,xfs", drives: [drive(file, true)] },
      PANIC,
    );
    expect(output).toContain("EXT2-fs: cannot mount /dev/root: it has no ext2 super block");
    expect(output).toContain('VFS: there is no file system "xfs"');
    expect(output).toContain(
      "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(254,0)",
    );
  });

  test("rootflags= that there are not are named", async () => {
    const output = await boot({ append: "root=/dev/vda rootflags=acl", drives: [drive(image("h"))] }, PANIC);
    expect(output).toContain('EXT2-fs: unrecognized mount option "acl"');
  });

  test("a write-protected disk is mounted read-only in spite of rw", async () => {
    const file = makeDisk(join(folder, "i.img"), "4M");
    const output = await boot({ append: "root=/dev/vda rw", drives: [drive(file, true)] }, /login: /);
    expect(output).toContain("VFS: the root device is write-protected, mounting it read-only");
  });
});
