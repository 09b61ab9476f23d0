/** CPUs that come and go while the kernel's tests from inside run on them. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INITRAMFS } from "../boot/images.ts";
import { archive, bootGuest, type Guest, program, Shell, script } from "../tools/guest.ts";
import { requireTool } from "../tools/require-tool.ts";
import { buildUsertests } from "./usertests.ts";

/** Takes CPUs 1 to 3 down and up in turn until /tmp/stop is there; tells how often. */
const PLUG = `#!/bin/sh
cd /sys/devices/system/cpu
rounds=0
while [ ! -e /tmp/stop ]; do
  for cpu in 1 2 3; do
    echo 0 > cpu$cpu/online || echo "cpu$cpu stays"
    sleep 0.002
    echo 1 > cpu$cpu/online || echo "cpu$cpu does not come"
  done
  rounds=$((rounds + 1))
done
echo $rounds rounds
`;

requireTool("riscv64-linux-gnu-gcc", "make")("hotplug", () => {
  describe("under load on 4 harts", () => {
    let guest: Guest;
    let shell: Shell;

    beforeAll(async () => {
      const files = archive([program("bin/usertests", buildUsertests()), script("bin/plug", PLUG)]);
      guest = await bootGuest(
        { machine: "hartbeat", harts: 4 },
        { initrd: [readFileSync(INITRAMFS), files] },
      );
      shell = await Shell.login(guest);
    });

    afterAll(() => guest.dispose());

    // What asks for a CPU by number, or how many there are, is not asked here.
    test.each(["files", "folders", "memory", "pipes", "processes", "programs", "signals", "threads"])(
      "%s",
      async (suite) => {
        await shell.run("rm -f /tmp/stop; plug > /tmp/plugged 2>&1 & sleep 0.01");
        const told = await shell.run(`usertests -n -t 60 ${suite}; touch /tmp/stop; wait`);
        expect(told.match(/^ok \d+/gm)?.length ?? 0).toBeGreaterThan(5);
        expect(told).not.toMatch(/^not ok[\s\S]*?$/m);
        // One test of memory takes all there is, so that a fork may be refused meanwhile.
        const plugged = (await shell.run("cat /tmp/plugged")).replace(
          suite === "memory" ? /^\/bin\/plug: cannot fork: Cannot allocate memory\n/gm : "",
          "",
        );
        expect(plugged).toMatch(/^[1-9]\d* rounds\n$/);
      },
    );

    test("in the end all are there, and nobody has complained", async () => {
      expect(await shell.run("cat /sys/devices/system/cpu/online; nproc")).toBe("0-3\n4\n");
      expect(await shell.run("dmesg")).not.toMatch(/WARN|BUG|Oops|stuck|failed/);
    });

    test("a CPU that comes and goes leaves nothing behind", async () => {
      const rounds = (count: number): Promise<string> =>
        shell.run(
          `cd /sys/devices/system/cpu; for i in $(seq ${count}); do echo 0 > cpu2/online; echo 1 > cpu2/online; done; cd`,
        );
      const free = async (): Promise<number> =>
        Number((await shell.run("sleep 0.3; cat /proc/meminfo")).match(/^MemFree: +(\d+)/m)?.[1]);
      await rounds(20);
      const before = await free();
      await rounds(40);
      // A task's stack alone is 8 KiB, and each round makes or wakes a handful of threads.
      expect(before - (await free())).toBeLessThan(40);
    });
  });
});
