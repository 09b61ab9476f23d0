/** The documented boot path, as the trace sees our kernel take it on two harts. */
import { beforeAll, describe, expect, it } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { Machine } from "../../../host/node/index.ts";
import { BootTrace, type TraceRecord } from "../../../host/trace/boot-trace.ts";

const HARTS = 2;
/** Harts take turns of so many cycles. */
const ROUND = 2000;

async function boot(traced: boolean): Promise<{ machine: Machine; trace: BootTrace | undefined }> {
  const machine = await Machine.create({ harts: HARTS });
  const trace = traced ? new BootTrace(new MachineTarget(machine)) : undefined;
  await machine.console.expect("login: ");
  return { machine, trace };
}

/** The functions that must be entered in this order, each after the one before it. */
const START = `
  _start setup_vm relocate_enable_mmu start_kernel setup_arch setup_per_cpu_areas trap_init mm_init sched_init
  init_IRQ time_init console_init vfs_caches_init proc_root_init rest_init kernel_thread
`;
const KERNEL_INIT = `
  kernel_init kernel_init_freeable smp_prepare_cpus smp_init do_basic_setup do_initcalls do_one_initcall
  run_init_process do_execve search_binary_handler load_elf_binary start_thread
`;
const SECONDARY = "secondary_start smp_callin cpu_startup_entry do_idle";

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Those of `names` that come in `records` after the ones before them. */
function inOrder(names: readonly string[], records: readonly TraceRecord[]): string[] {
  let from = 0;
  return names.filter((name) => {
    const at = records.findIndex((record, i) => i >= from && record.name === name);
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
}

describe("the boot of our kernel", () => {
  let machine: Machine;
  let trace: BootTrace;
  let kernel: TraceRecord[];

  beforeAll(async () => {
    const traced = await boot(true);
    machine = traced.machine;
    trace = traced.trace as BootTrace;
    kernel = trace.records.filter(({ image }) => image === "kernel");
  });

  function first(name: string, hart?: number): TraceRecord | undefined {
    return kernel.find((record) => record.name === name && (hart === undefined || record.hart === hart));
  }

  it("runs start_kernel to rest_init as task 0 on the boot hart", () => {
    const pid0 = kernel.filter(({ hart, pid }) => hart === 0 && (pid === 0 || pid === undefined));
    expect(inOrder(words(START), pid0)).toEqual(words(START));
    expect(first("setup_vm")?.pid).toBeUndefined();
    expect(first("start_kernel")).toMatchObject({ hart: 0, pid: 0, privilege: "S" });
    expect(first("rest_init")).toMatchObject({ hart: 0, pid: 0 });
  });

  it("starts pid 1 and pid 2 from rest_init, and idles", () => {
    const threads = kernel.filter(({ name, pid }) => name === "kernel_thread" && pid === 0);
    expect(threads.map(({ argument }) => argument)).toEqual(["kernel_init", "kthreadd"]);
    expect(first("kernel_init")).toMatchObject({ pid: 1, depth: 0 });
    expect(first("kthreadd")).toMatchObject({ pid: 2, depth: 0 });
    expect(first("do_idle", 0)).toMatchObject({ pid: 0 });
  });

  it("runs kernel_init to the first program as pid 1", () => {
    const pid1 = kernel.filter(({ pid }) => pid === 1);
    expect(inOrder(words(KERNEL_INIT), pid1)).toEqual(words(KERNEL_INIT));
  });

  it("brings the other hart through secondary_start to its idle loop", () => {
    const others = kernel.filter(({ hart, pid }) => hart === 1 && !pid);
    expect(inOrder(words(SECONDARY), others)).toEqual(words(SECONDARY));
    expect(first("secondary_start")).toMatchObject({ hart: 1, pid: undefined });
    expect(first("smp_callin")).toMatchObject({ hart: 1, pid: 0 });
  });

  it("ends with pid 1 in user mode", () => {
    expect(trace.finished).toBe(true);
    const path = kernel.filter(({ name }) => name === "run_init_process").at(-1)?.argument;
    expect(trace.records.at(-1)).toMatchObject({
      name: path,
      image: "user",
      pid: 1,
      privilege: "U",
      depth: 0,
    });
  });

  it("nests calls as the source does", () => {
    const depth = (name: string): number => first(name)?.depth ?? Number.NaN;
    expect(depth("setup_arch")).toBe(depth("start_kernel") + 1);
    expect(depth("kernel_init_freeable")).toBe(depth("kernel_init") + 1);
    expect(depth("do_initcalls")).toBe(depth("do_basic_setup") + 1);
    expect(depth("do_one_initcall")).toBeGreaterThan(depth("kernel_init_freeable"));
    expect(depth("load_elf_binary")).toBeGreaterThan(depth("do_execve"));
  });

  it("counts cycles that do not run backwards, within a round and on each hart", () => {
    const { records } = trace;
    for (const [i, { cycle }] of records.entries()) {
      expect(cycle).toBeGreaterThan((records[i - 1]?.cycle ?? 0) - ROUND);
    }
    for (let hart = 0; hart < HARTS; hart += 1) {
      const cycles = records.filter((record) => record.hart === hart).map(({ cycle }) => cycle);
      expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
    }
  });

  it("is the same without the trace", async () => {
    const plain = await boot(false);
    expect(plain.machine.cycles).toBe(machine.cycles);
    expect(plain.machine.console.output).toBe(machine.console.output);
    expect(plain.machine.stateHash()).toBe(machine.stateHash());
  });
});
