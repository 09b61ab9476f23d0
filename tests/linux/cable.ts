/** Debian on our command line and Debian on QEMU, with a cable between their network cards and a file behind a console. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { debianInitramfs, debianKernel, PROMPT } from "../tools/debian-initramfs.ts";
import { HartbeatProcess } from "../tools/hartbeat-process.ts";
import { Qemu } from "../tools/qemu.ts";

const folder = mkdtempSync(join(tmpdir(), "hartbeat-cable-"));
function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/** What both machines boot with, and their end of the cable. */
function words(netdev: string, mac: string): string[] {
  const kernel = ["-kernel", file("kernel", debianKernel().bytes)];
  const initrd = ["-initrd", file("initrd", debianInitramfs().bytes)];
  const net = ["-netdev", `socket,id=n,${netdev}`, "-device", `virtio-net-device,netdev=n,mac=${mac}`];
  return [...kernel, ...initrd, "-m", "256M", "-append", "console=ttyS0", ...net];
}

async function cable(): Promise<void> {
  const chardev = ["-chardev", `file,id=c,path=${join(folder, "hvc")}`];
  const ours = new HartbeatProcess([
    ...["boot", ...words("listen=:0", "52:54:00:00:00:01")],
    ...[...chardev, "-device", "virtio-serial-device", "-device", "virtconsole,chardev=c"],
  ]);
  try {
    await expect.poll(() => ours.stderr).toMatch(/listens on port \d+\n/);
    const [, port] = /listens on port (\d+)/.exec(ours.stderr) ?? [];
    const qemu = new Qemu(words(`connect=127.0.0.1:${port}`, "52:54:00:00:00:02"));
    try {
      await qemu.expect(new RegExp(PROMPT));
      qemu.send("ip addr add 10.0.0.2/24 dev eth0 && ip link set eth0 up && echo is-up\n");
      await qemu.expect(/\nis-up/);
      const prompt = await ours.expect(new RegExp(PROMPT));
      ours.send("ip addr add 10.0.0.1/24 dev eth0; ip link set eth0 up; ping -c 3 -W 10 10.0.0.2\n");
      await ours.expect(/3 packets received, 0% packet loss/, prompt);
      qemu.send("ping -c 3 -W 10 10.0.0.1\n");
      await qemu.expect(/3 packets received, 0% packet loss/);
    } finally {
      qemu.kill();
    }
    ours.send("echo over hvc0 > /dev/hvc0; poweroff -f\n");
    expect(await ours.end()).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, "hvc"), "latin1")).toContain("over hvc0\r\n");
  } finally {
    ours.kill();
  }
}

/** To be called where tests are described. */
export function cableTest(): void {
  afterAll(() => rmSync(folder, { recursive: true }));
  test("carries pings both ways", cable);
}
