/** Control groups, sessions as groups, namespaces: what the shell of a booted machine can do with them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GuestShell } from "./guest-shell.ts";

const LOOP = "while :; do :; done";

describe("on one hart", () => {
  let shell: GuestShell;

  beforeAll(async () => {
    shell = await GuestShell.boot({ harts: 1 });
    await shell.run("cd /sys/fs/cgroup; echo +cpu +pids > cgroup.subtree_control");
  });

  afterAll(() => shell.dispose());

  const usage = async (group: string): Promise<number> =>
    Number((await shell.run(`cat ${group}/cpu.stat`)).match(/usage_usec (\d+)/)?.[1]);

  test("cpu.weight divides the processor", async () => {
    await shell.run("mkdir a b; echo 100 > a/cpu.weight; echo 300 > b/cpu.weight");
    for (const group of ["a", "b"])
      await shell.run(`sh -c 'echo $$ > ${group}/cgroup.procs; ${LOOP}' & sleep 0`);
    await shell.run("sleep 0.1");
    const [a, b] = [await usage("a"), await usage("b")];
    expect(a + b).toBeGreaterThan(80_000);
    expect(b / a).toBeGreaterThan(2.7);
    expect(b / a).toBeLessThan(3.3);
  });

  test("a group with processes cannot be removed; cgroup.kill ends them all", async () => {
    expect(await shell.run("rmdir a")).toContain("busy");
    await shell.run("echo 1 > a/cgroup.kill; echo 1 > b/cgroup.kill; sleep 1");
    expect(await shell.run("cat a/cgroup.events")).toContain("populated 0");
    await shell.run("rmdir a b");
    expect(await shell.run("ls -d a b")).toMatch(/a: No such file[\s\S]*b: No such file/);
  });

  test("pids.max refuses the fork that would exceed it, and tells how often", async () => {
    await shell.run("mkdir few; echo 3 > few/pids.max");
    const out = await shell.run("sh -c 'echo $$ > few/cgroup.procs; sleep 1 & sleep 1 & sleep 1 & wait'");
    expect(out).toContain("temporarily unavailable");
    expect(await shell.run("cat few/pids.events")).toBe("max 1\n");
    expect(await shell.run("cat few/pids.current; rmdir few")).toBe("0\n");
  });

  test("a controller that the parent does not give is not there", async () => {
    await shell.run("mkdir none");
    expect(await shell.run("ls none")).not.toContain("cpuset.cpus");
    expect(await shell.run("echo +cpuset > none/cgroup.subtree_control")).toContain("No such file");
    expect(await shell.run("echo +nonsense > cgroup.subtree_control")).toContain("Invalid argument");
    await shell.run("rmdir none");
  });

  test("each session is a task group with a nice value of its own", async () => {
    expect(await shell.run("cat /proc/self/autogroup")).toMatch(/^\/autogroup-\d+ nice 0$/m);
    expect(await shell.run("cat /proc/2/autogroup")).toBe("");
    await shell.run("echo 5 > /proc/self/autogroup");
    expect(await shell.run("cat /proc/self/autogroup")).toContain("nice 5");
    expect(await shell.run("echo 20 > /proc/self/autogroup")).toContain("Invalid argument");
  });
});

describe("on four harts", () => {
  let shell: GuestShell;

  beforeAll(async () => {
    shell = await GuestShell.boot({ harts: 4 });
  });

  afterAll(() => shell.dispose());

  test("cpuset.cpus keeps a group's tasks, those it has and those to come, on its CPUs", async () => {
    await shell.run("cd /sys/fs/cgroup; echo +cpuset > cgroup.subtree_control; mkdir set");
    expect(await shell.run("cat set/cpuset.cpus.effective")).toBe("0-3\n");
    await shell.run("sh -c 'echo $$ > set/cgroup.procs; sleep 60' & sleep 0");
    await shell.run("echo 2-3 > set/cpuset.cpus");
    expect(await shell.run("cat set/cpuset.cpus.effective")).toBe("2-3\n");
    expect(await shell.run("sh -c 'echo $$ > set/cgroup.procs; nproc'")).toBe("2\n");
    expect(await shell.run("echo 9 > set/cpuset.cpus")).toMatch(/out of range/i);
    expect(await shell.run("echo 1 > set/cgroup.kill; sleep 1; rmdir set; nproc")).toContain("4\n");
  });

  test("a CPU goes and comes back; who ran there goes on elsewhere", async () => {
    await shell.run("cd /sys/devices/system/cpu");
    expect(await shell.run("cat possible online")).toBe("0-3\n0-3\n");
    await shell.run(`for i in 1 2 3; do sh -c '${LOOP}' & done; sleep 0.02`);
    expect(await shell.run("echo 0 > cpu1/online; echo 0 > cpu3/online; cat online; nproc")).toContain(
      "0,2\n2\n",
    );
    expect(await shell.run("echo 0 > cpu0/online")).toContain("busy");
    expect(await shell.run("ps -eo comm | grep -c 'sh$'")).toBe("4\n");
    await shell.run("echo 1 > cpu3/online; echo 1 > cpu1/online");
    expect(await shell.run("cat online; nproc; kill %1 %2 %3; sleep 0.02")).toContain("0-3\n4\n");
  });

  test("/proc/PID/ns tells namespaces apart by number", async () => {
    const mine = await shell.run("readlink /proc/self/ns/uts /proc/self/ns/pid");
    expect(mine).toBe("uts:[4026531838]\npid:[4026531836]\n");
    expect(await shell.run("readlink /proc/1/ns/uts /proc/1/ns/pid")).toBe(mine);
  });

  test("/proc/PID/fd leads to the file itself, even one without a name", async () => {
    expect(await shell.run("echo hi | cat /proc/self/fd/0")).toBe("hi\n");
    expect(await shell.run("echo x > /tmp/f; sh -c 'rm /tmp/f; cat /proc/self/fd/0' < /tmp/f")).toBe("x\n");
  });

  test("/sys shows what the device tree has and who drives it", async () => {
    expect(await shell.run("ls /sys/bus/platform/drivers/of_serial")).toContain("serial@10000000");
    expect(await shell.run("ls /sys/class/mem")).toMatch(/full\s+null\s+random/);
    expect(await shell.run("ls /sys/firmware/devicetree/base")).toMatch(/cpus.*memory@80000000/s);
  });
});
