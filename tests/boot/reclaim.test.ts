/** Page reclaim: a machine reads more from its disk than it has memory. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryDisk } from "../../host/node/index.ts";
import { GuestShell } from "./guest-shell.ts";

const MIB = 2 ** 20;
const DISK_BYTES = 18 * MIB;

describe("a machine with 16 MiB of memory and a disk of 18", () => {
  let shell: GuestShell;
  let disk: MemoryDisk;

  beforeAll(async () => {
    disk = new MemoryDisk(new Uint8Array(DISK_BYTES));
    for (let at = 0; at < DISK_BYTES; at += 4096)
      disk.bytes.set(new TextEncoder().encode(`${`page ${at >> 12}`.padEnd(4095)}\n`), at);
    shell = await GuestShell.boot({
      harts: 2,
      ramBytes: 16 * MIB,
      drives: [disk],
    });
  });

  afterAll(() => shell.dispose());

  const counter = async (name: string): Promise<number> =>
    Number((await shell.run("cat /proc/vmstat")).match(new RegExp(`^${name} (\\d+)`, "m"))?.[1]);

  test("reads all of it; kswapd takes the oldest pages back meanwhile", async () => {
    expect(await shell.run("cat /dev/vda > /dev/null")).toBe("");
    expect(await counter("pgsteal_kswapd")).toBeGreaterThan(500);
    expect(await counter("pageoutrun")).toBeGreaterThan(0);
  });

  test("what the cache holds is available to programs", async () => {
    const before = Number((await shell.run("cat /proc/meminfo")).match(/^Cached: +(\d+)/m)?.[1]);
    expect(before).toBeGreaterThan(6_000);
    expect(await shell.run("head -c 3000000 /dev/zero > /tmp/big; wc -c /tmp/big")).toContain("3000000");
    const after = Number((await shell.run("cat /proc/meminfo")).match(/^Cached: +(\d+)/m)?.[1]);
    expect(before - after).toBeGreaterThan(1_000);
    await shell.run("rm /tmp/big");
  });

  test("what was reclaimed is read again, and right", async () => {
    expect(await shell.run("head -c 6 /dev/vda; echo")).toBe("page 0\n");
  });

  test("what is written to the device is on the disk when write returns", async () => {
    await shell.run("echo written > /dev/vda");
    expect(new TextDecoder().decode(disk.bytes.subarray(0, 8))).toBe("written\n");
    expect(disk.bytes[512]).toBe(32);
  });
});

test("page_owner=on names who has how many pages", async () => {
  const shell = await GuestShell.boot({ append: "page_owner=on" });
  expect(await shell.run("cat /proc/page_owner")).toMatch(
    /^\d+ pages in \d+ blocks, last by pid \d+: .*handle_mm_fault\+0x/m,
  );
  shell.dispose();
});
