/** Debian's own kernel, unmodified, with Debian's busybox: to a shell prompt, and what one does there. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NetworkHub } from "../../host/devices/virtio-net-hub.ts";
import { FileDisk } from "../../host/node/file-disk.ts";
import { OPENSBI } from "../boot/images.ts";
import { debianFirmware, whyNoDebian } from "../tools/debian-initramfs.ts";
import { requireTool, unless } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";
import { cableTest } from "./cable.ts";
import { debugTest } from "./debug.ts";
import { EchoHost } from "./net-echo.ts";
import { DATA, LinuxSession } from "./session.ts";

const FORKS = 500;

const FIRMWARE = {
  "our firmware": () => undefined,
  "OpenSBI of this Debian": () => OPENSBI,
  "OpenSBI of the kernel's Debian": debianFirmware,
} as const;

type FirmwareName = keyof typeof FIRMWARE;

/** A boot takes some four thousand million instructions: all combinations are for the long run. */
const LONG = process.env.HARTBEAT_LONG === "1";
const BOOTS: readonly (readonly [FirmwareName, number])[] = LONG
  ? (Object.keys(FIRMWARE) as FirmwareName[]).flatMap((name) => [[name, 1] as const, [name, 4] as const])
  : [
      ["OpenSBI of the kernel's Debian", 1],
      ["our firmware", 4],
    ];

function tool(name: "mke2fs" | "e2fsck" | "debugfs", ...words: string[]): string {
  const child = spawnSync(findTool(name) as string, words, { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`${name}: ${child.stdout}${child.stderr}`);
  return child.stdout;
}

function linuxTests(firmwareName: FirmwareName, harts: number): void {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-linux-"));
  const image = join(folder, "disk.img");
  const peer = new EchoHost();
  let linux: LinuxSession;
  let hvc = "";

  beforeAll(async () => {
    tool("mke2fs", "-q", "-t", "ext4", image, "32M");
    const firmware = FIRMWARE[firmwareName]();
    linux = await LinuxSession.open({
      harts,
      ...(firmware !== undefined && { firmware }),
      drives: [new FileDisk({ file: image, readonly: false })],
      virtio: [
        { device: "rng", seed: 1 },
        { device: "net", port: peer },
        {
          device: "console",
          port: {
            output: (bytes) => {
              hvc += Buffer.from(bytes).toString("latin1");
            },
            connect: () => {},
          },
        },
      ],
    });
  });

  afterAll(() => {
    linux?.machine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test("all harts are up", async () => {
    expect(await linux.run("nproc")).toBe(`${harts}\n`);
    const cpuinfo = await linux.run("cat /proc/cpuinfo");
    expect(cpuinfo.match(/^processor/gm)).toHaveLength(harts);
    expect(cpuinfo).toMatch(/^isa\s*: rv64imafdc/m);
  });

  test("sha256sum of 8 MiB is Node's", async () => {
    const expected = createHash("sha256").update(DATA.bytes).digest("hex");
    expect(await linux.run(`sha256sum ${DATA.path}`)).toBe(`${expected}  ${DATA.path}\n`);
  });

  test("floating point is the host's", async () => {
    const output = await linux.run(
      `awk 'BEGIN { printf "%.17g %.17g %.17g\\n", 0.1 + 0.2, 1 / 3, 1e22 * 1e-23 }'`,
    );
    expect(output.trim().split(" ").map(Number)).toEqual([0.1 + 0.2, 1 / 3, 1e22 * 1e-23]);
  });

  test("a shell loop forks 500 times", async () => {
    const loop = `i=0; while [ $i -lt ${FORKS} ]; do /bin/true && i=$((i+1)); done; echo $i`;
    expect(await linux.run(loop)).toBe(`${FORKS}\n`);
  });

  test("an ext4 disk is mounted, written and unmounted, and is sound outside", async () => {
    await linux.run("mount -t ext4 /dev/vda /mnt");
    await linux.run("echo kept > /mnt/file && cp /data /mnt && umount /mnt");
    tool("e2fsck", "-fn", image);
    expect(tool("debugfs", "-R", "cat /file", image)).toBe("kept\n");
    tool("debugfs", "-R", `dump /data ${join(folder, "data")}`, image);
    expect(readFileSync(join(folder, "data")).equals(DATA.bytes)).toBe(true);
  });

  test("the real-time clock is the machine's", async () => {
    expect(await linux.run("cat /sys/class/rtc/rtc0/name")).toMatch(/^goldfish_rtc/);
    expect(await linux.run("date -u +%Y-%m-%d")).toBe("2026-01-01\n");
  });

  test("the entropy device gives bytes", async () => {
    expect(await linux.run("cat /sys/class/misc/hw_random/rng_current")).toMatch(/^virtio_rng/);
    expect(await linux.run("dd if=/dev/hwrng bs=64 count=1 | wc -c")).toMatch(/^64$/m);
  });

  test("the virtio console carries text", async () => {
    await linux.run("echo over hvc0 > /dev/hvc0");
    expect(hvc).toContain("over hvc0\r\n");
  });

  test("the network card carries packets both ways", async () => {
    await linux.run("ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up");
    expect(await linux.run("ping -c 3 -W 5 10.0.2.2")).toContain("3 packets received, 0% packet loss");
    expect(peer.answered).toBe(3);
  });

  test("poweroff ends with status 0", () => {
    expect(linux.powerOff()).toEqual({ kind: "poweroff", status: 0 });
  });
}

/** Two machines take turns of a millisecond, so that frames arrive at the same guest time in every run. */
function twoMachinesTest(): void {
  test("ping each other", async () => {
    const hub = new NetworkHub();
    const pair: LinuxSession[] = [];
    for (const host of [1, 2]) {
      const mac = `52:54:00:00:00:0${host}`;
      const linux = await LinuxSession.open({ virtio: [{ device: "net", port: hub.plug(), mac }] });
      await linux.run(`ip addr add 10.0.0.${host}/24 dev eth0 && ip link set eth0 up`);
      pair.push(linux);
    }
    const [first, second] = pair as [LinuxSession, LinuxSession];
    first.machine.console.send("ping -c 3 -W 5 10.0.0.2\n");
    for (let turn = 0; turn < 20_000 && !/packets received/.test(first.machine.console.output); turn++) {
      first.machine.run({ cycles: 1_000_000 });
      second.machine.run({ cycles: 1_000_000 });
    }
    expect(first.machine.console.output).toContain("3 packets received, 0% packet loss");
    for (const { machine } of pair) machine.dispose();
  });
}

const why = whyNoDebian();
const describeLinux =
  why === undefined
    ? requireTool("opensbi", "xz", "mke2fs", "e2fsck", "debugfs")
    : unless(`needs Debian's packages: ${why}`);
for (const [firmware, harts] of BOOTS) {
  describeLinux(`Debian's kernel on ${harts} harts with ${firmware}`, () => linuxTests(firmware, harts));
}
if (LONG) {
  describeLinux("two machines on a hub", twoMachinesTest);
  describeLinux("a cable between Debian here and Debian on QEMU", cableTest);
  describeLinux("gdb on Debian's kernel with its debug symbols", () =>
    requireTool("gdb-multiarch")("at reset", debugTest),
  );
}
