/** What the command line says about CPUs, and harts that are announced and never come. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findNode, readFdt } from "../../host/boot/fdt-reader.ts";
import { flattenFdt } from "../../host/boot/fdt-writer.ts";
import { Machine } from "../../host/node/index.ts";
import { Qemu } from "../tools/qemu.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";
import { GuestShell } from "./guest-shell.ts";
import { IMAGE, INITRAMFS } from "./images.ts";

const MASKS = "cd /sys/devices/system/cpu; cat possible present online isolated; nproc";

async function masks(append: string, harts = 4): Promise<string[]> {
  const shell = await GuestShell.boot({ harts, append });
  const lines = (await shell.run(MASKS)).split("\n");
  shell.dispose();
  return lines.slice(0, 5);
}

describe("the command line", () => {
  test.each([
    ["", ["0-3", "0-3", "0-3", "", "4"]],
    ["nr_cpus=3", ["0-2", "0-2", "0-2", "", "3"]],
    ["nr_cpus=1", ["0", "0", "0", "", "1"]],
    ["nr_cpus=0", ["0-3", "0-3", "0-3", "", "4"]],
    ["nr_cpus=99", ["0-3", "0-3", "0-3", "", "4"]],
    ["maxcpus=2", ["0-3", "0-3", "0-1", "", "2"]],
    ["maxcpus=0", ["0-3", "0", "0", "", "1"]],
    ["nosmp", ["0-3", "0", "0", "", "1"]],
    ["isolcpus=2-3", ["0-3", "0-3", "0-3", "2-3", "2"]],
    ["isolcpus=1,3", ["0-3", "0-3", "0-3", "1,3", "2"]],
    ["isolcpus=0", ["0-3", "0-3", "0-3", "", "4"]],
    ["maxcpus=3 isolcpus=2", ["0-3", "0-3", "0-2", "2", "2"]],
  ])("'%s'", async (append, expected) => {
    expect(await masks(append)).toEqual(expected);
  });

  test("maxcpus= leaves CPUs that can come later; nosmp leaves none", async () => {
    const some = await GuestShell.boot({ harts: 4, append: "maxcpus=1" });
    await some.run("cd /sys/devices/system/cpu");
    expect(await some.run("echo 1 > cpu2/online; cat online; nproc")).toContain("0,2\n2\n");
    some.dispose();
    const none = await GuestShell.boot({ harts: 4, append: "nosmp" });
    expect(await none.run("echo 1 > /sys/devices/system/cpu/cpu2/online")).toContain("Invalid argument");
    none.dispose();
  });

  test("no task comes to an isolated CPU by itself; one that is sent there stays", async () => {
    const shell = await GuestShell.boot({ harts: 4, append: "isolcpus=2-3" });
    for (const name of ["a", "b", "c"]) await shell.run(`sh -c 'while :; do :; done' & ${name}=$!`);
    /** State and CPU of the three. */
    const where = async (): Promise<string[]> => {
      const each = `for p in $a $b $c; do set -- $(cat /proc/$p/stat); echo $3 \${39}; done`;
      return (await shell.run(each)).trim().split("\n");
    };
    await shell.run("sleep 0.1");
    for (const line of await where()) expect(line).toMatch(/^R [01]$/);
    await shell.run("cd /sys/fs/cgroup; echo +cpuset > cgroup.subtree_control; mkdir apart");
    await shell.run("echo 3 > apart/cpuset.cpus; echo $b > apart/cgroup.procs; sleep 0.1");
    expect((await where())[1]).toBe("R 3");
    await shell.run("sleep 0.1");
    expect((await where()).map((line) => line === "R 3")).toEqual([false, true, false]);
    shell.dispose();
  });
});

/** The device tree, with one more hart under /cpus. */
function withHart(blob: Uint8Array, hartid: number): Uint8Array {
  const { root, reservations, bootCpu } = readFdt(blob);
  const cpus = findNode(root, "/cpus");
  const model = cpus?.children.find(({ name }) => name === "cpu@1");
  if (!cpus || !model) throw new Error("the tree has no /cpus/cpu@1");
  const extra = cpus.child(`cpu@${hartid}`);
  for (const [name, value] of model.properties) extra.bytes(name, value);
  for (const { name, properties } of model.children) {
    const child = extra.child(name);
    for (const [property, value] of properties) child.bytes(property, value);
    // A phandle is of one node.
    child.cells("phandle", 0x1000 + hartid);
  }
  extra.cells("reg", hartid);
  return flattenFdt(root, { reservations, bootCpu });
}

/** The same tree with hart 0 behind the others. */
function withBootHartLast(blob: Uint8Array): Uint8Array {
  const { root, reservations, bootCpu } = readFdt(blob);
  const isBoot = ({ name }: { name: string }): number => Number(name === "cpu@0");
  findNode(root, "/cpus")?.children.sort((a, b) => isBoot(a) - isBoot(b));
  return flattenFdt(root, { reservations, bootCpu });
}

/** The blob that a machine hands to its firmware. */
async function ownTree(harts: number): Promise<Uint8Array> {
  const machine = await Machine.create({ harts });
  machine.run({ cycles: 10 });
  const address = Number(machine.registers.read(0, "a1"));
  const size = new DataView(machine.readPhysical(address, 8).slice().buffer).getUint32(4);
  const blob = machine.readPhysical(address, size).slice();
  machine.dispose();
  return blob;
}

test("the boot hart counts among nr_cpus wherever the device tree has it", async () => {
  const tree = { name: "boot hart last", bytes: withBootHartLast(await ownTree(4)) };
  const shell = await GuestShell.boot({ harts: 4, deviceTree: tree, append: "nr_cpus=3" });
  expect(shell.machine.console.output).toMatch(/more harts than nr_cpus \(3\), the rest stays off/);
  expect((await shell.run(MASKS)).split("\n").slice(0, 5)).toEqual(["0-2", "0-2", "0-2", "", "3"]);
  shell.dispose();
});

describe("a hart that the device tree has and the machine has not", () => {
  test("the firmware starts it, it never comes: the boot goes on without it", async () => {
    const tree = withHart(await ownTree(3), 3);
    const shell = await GuestShell.boot({ harts: 3, deviceTree: { name: "one more", bytes: tree } });
    expect(shell.machine.console.output).toMatch(/CPU3: failed to come online/);
    expect(shell.machine.console.output).toMatch(/Brought up 1 node, 3 CPUs/);
    expect((await shell.run(MASKS)).split("\n").slice(0, 5)).toEqual(["0-3", "0-3", "0-2", "", "3"]);
    // Its start is pending for good: the firmware refuses another.
    expect(await shell.run("echo 1 > cpu3/online; cat online")).toMatch(/Invalid argument[\s\S]*0-2\n/);
    expect(await shell.run("echo 0 > cpu2/online; echo 1 > cpu2/online; cat online")).toContain("0-2\n");
    shell.dispose();
  });

  test("the firmware refuses it: the boot goes on", async () => {
    const tree = withHart(await ownTree(3), 77);
    const shell = await GuestShell.boot({ harts: 3, deviceTree: { name: "one more", bytes: tree } });
    expect(shell.machine.console.output).toMatch(/CPU3: failed to start \(-22\)/);
    expect((await shell.run(MASKS)).split("\n").slice(0, 5)).toEqual(["0-3", "0-3", "0-2", "", "3"]);
    shell.dispose();
  });
});

requireTool("qemu-system-riscv64", "opensbi")("on QEMU", () => {
  async function boots(words: string[], expected: string, seen?: RegExp): Promise<void> {
    const qemu = new Qemu(["-kernel", IMAGE, "-initrd", INITRAMFS, "-m", "128M", ...words]);
    await qemu.expect(/login: /);
    if (seen) expect(qemu.output).toMatch(seen);
    qemu.send("root\n");
    await qemu.expect(/# /);
    qemu.send(`${MASKS}\n`);
    await qemu.expect(new RegExp(expected.replace(/ /g, "\\r\\n")));
    qemu.kill();
  }

  test("the same words do the same", async () => {
    await boots(["-smp", "4", "-append", "nr_cpus=3 maxcpus=2"], "0-2 0-2 0-1  2");
    await boots(["-smp", "4", "-append", "isolcpus=3"], "0-3 0-3 0-3 3 3");
    await boots(["-smp", "4", "-append", "nosmp"], "0-3 0 0  1");
  });

  test("a hart that OpenSBI cannot start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hartbeat-dtb-"));
    try {
      const dtb = join(folder, "virt.dtb");
      const qemu = findTool("qemu-system-riscv64") ?? "";
      const dump = spawnSync(qemu, ["-M", `virt,dumpdtb=${dtb}`, "-m", "128M", "-smp", "2"], {
        encoding: "utf8",
      });
      expect(dump.status, dump.stderr).toBe(0);
      writeFileSync(dtb, withHart(readFileSync(dtb), 2));
      await boots(["-smp", "2", "-dtb", dtb], "0-2 0-2 0-1  2", /CPU2: failed to (start|come online)/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
