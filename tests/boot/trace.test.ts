/** The boot path, asserted from outside the guest: order of function entries, hart, pid, privilege. */
import { beforeAll, describe, expect, test } from "vitest";
import { MachineTarget } from "../../host/debug/machine-target.ts";
import { Machine } from "../../host/node/index.ts";
import { BootTrace, type TraceRecord } from "../../host/trace/boot-trace.ts";

const HARTS = 4;

describe("the boot path on 4 harts", () => {
  let records: readonly TraceRecord[] = [];

  beforeAll(async () => {
    const machine = await Machine.create({ harts: HARTS });
    const trace = new BootTrace(new MachineTarget(machine));
    await machine.console.expect(/login: /);
    records = trace.records;
    machine.dispose();
  });

  const first = (name: string): TraceRecord => {
    const found = records.find((record) => record.name === name);
    if (!found) throw new Error(`${name} was not entered`);
    return found;
  };
  const names = (): string[] => records.map(({ name }) => name);

  test("reset to rest_init is task 0 on the boot hart, in the documented order", () => {
    const path = ["_start", "setup_vm", "start_kernel", "setup_arch", "sched_init", "rest_init"];
    const places = path.map((name) => names().indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    const boot = first("start_kernel");
    for (const name of path) expect(first(name).hart, name).toBe(boot.hart);
    expect(boot).toMatchObject({ pid: 0, privilege: "S" });
    expect(first("rest_init").pid).toBe(0);
  });

  test("kernel_init is pid 1 and kthreadd pid 2, both after rest_init", () => {
    expect(first("kernel_init")).toMatchObject({ pid: 1, privilege: "S" });
    expect(first("kthreadd")).toMatchObject({ pid: 2, privilege: "S" });
    expect(names().indexOf("kernel_init")).toBeGreaterThan(names().indexOf("rest_init"));
    expect(names().indexOf("kthreadd")).toBeGreaterThan(names().indexOf("rest_init"));
    expect(first("kernel_init_freeable").pid).toBe(1);
  });

  test("each secondary comes in at secondary_start, calls in, and goes idle as a pid 0", () => {
    const boot = first("start_kernel").hart;
    const others = Array.from({ length: HARTS }, (_, hart) => hart).filter((hart) => hart !== boot);
    for (const hart of others) {
      const mine = records.filter((record) => record.hart === hart).map(({ name }) => name);
      const path = ["secondary_start", "smp_callin", "cpu_startup_entry"].map((name) => mine.indexOf(name));
      expect(path, `hart ${hart}: ${mine}`).toEqual([...path].sort((a, b) => a - b));
      expect(path[0]).toBeGreaterThanOrEqual(0);
      const idle = records.find((record) => record.hart === hart && record.name === "cpu_startup_entry");
      expect(idle?.pid).toBe(0);
    }
  });

  test("/sbin/init runs in U-mode as the same pid 1 that was kernel_init", () => {
    const last = records.at(-1);
    expect(last).toMatchObject({ name: "/sbin/init", privilege: "U", pid: 1, image: "user" });
    expect(names().indexOf("start_thread")).toBeGreaterThan(names().indexOf("kernel_init"));
  });

  test("cycles never run backwards on one hart", () => {
    for (let hart = 0; hart < HARTS; hart++) {
      const cycles = records.filter((record) => record.hart === hart).map(({ cycle }) => cycle);
      expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
    }
  });
});
