/** What ext2 does when it finds damage: as the super block says, unless the mount says otherwise. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { DISK_TOOLS, debugfs, makeDisk } from "../tools/ext2-disk.ts";
import { bootGuest, Shell } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";

const OUTSIDE = 9_999_999;

requireTool(...DISK_TOOLS)("a file with a block outside of the file system", () => {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-ext2-errors-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** An image whose super block says what to do. */
  const damaged = (errors: string): string => {
    const image = join(folder, `${errors}.img`);
    makeDisk(image, "2M", { system: false, files: { bad: "lost", good: "kept" } }, ["-e", errors]);
    execFileSync("debugfs", ["-w", "-R", `set_inode_field /bad block[0] ${OUTSIDE}`, image], {
      stdio: "pipe",
    });
    return image;
  };

  beforeAll(() => expect(debugfs(damaged("continue"), "stat /bad")).toContain(`${OUTSIDE}`));

  test.each([
    ["continue", "", "continue"],
    ["remount-ro", "", "remount-ro"],
    ["panic", "", "panic"],
    ["panic", "-o errors=continue", "continue"],
    ["continue", "-o errors=remount-ro", "remount-ro"],
    ["remount-ro", "-o errors=panic", "panic"],
  ])("tune2fs -e %s, mount %s: %s", async (superBlock, options, effect) => {
    const disk = damaged(superBlock);
    const guest = await bootGuest(
      { machine: "hartbeat", harts: 1 },
      { initrd: [readFileSync(INITRAMFS)], disk },
    );
    try {
      const shell = await Shell.login(guest);
      await shell.run(`mkdir -p /mnt; mount -t ext2 ${options} /dev/vda /mnt; touch /mnt/before`);
      const told = /EXT2-fs error \(device vda\): inode \d+ has block 9999999, which is outside/;
      if (effect === "panic") {
        guest.send("cat /mnt/bad\n");
        await guest.expect(/Kernel panic - not syncing: EXT2-fs \(device vda\): panic forced after error/);
        expect(guest.output).toMatch(told);
        return;
      }
      await shell.run("cat /mnt/bad", 1);
      expect(guest.output).toMatch(told);
      expect(await shell.run("cat /mnt/good; echo")).toBe("kept\n");
      const after = await shell.run("touch /mnt/after", effect === "continue" ? 0 : 1);
      if (effect === "remount-ro") expect(after).toMatch(/Read-only file system/);
      await shell.run("umount /mnt; sync");
      expect(debugfs(disk, "show_super_stats -h")).toMatch(/Filesystem state: +.*with errors/);
    } finally {
      guest.dispose();
    }
  });
});
