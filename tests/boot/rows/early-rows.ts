/** Sections 0 and 1 of the boot path: from reset to start_kernel, and task 0. */
import { expect } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { Machine } from "../../../host/node/index.ts";
import { BootTrace } from "../../../host/trace/boot-trace.ts";
import { MACHINE_MAP } from "../../../spec/machine-map.ts";
import { DECOMPRESSOR, INITRAMFS, VMLINUX, VMLINUZ } from "../images.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { before, type Expected, holds, type Part, type Row, row } from "./row.ts";

const FDT_MAGIC = 0xd00dfeedn;
const THREAD_SIZE = 16384n;
const PF_KTHREAD = 0x200000;
const MAX_PRIO = 140;
const READ = 2n;
const WRITE = 4n;
const EXECUTE = 8n;
const SATP_SV39 = 8n;
const PAGE = 4096n;

const register = (memory: KernelMemory, hart: number, name: string): bigint =>
  memory.machine.registers.read(hart, name) ?? 0n;

const bigEndian = (memory: KernelMemory, address: bigint): bigint => {
  const bytes = memory.machine.readPhysical(Number(address), 4);
  return BigInt(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0));
};

const privileges = (memory: KernelMemory): bigint[] =>
  Array.from({ length: memory.machine.core.hartCount }, (_, hart) =>
    memory.machine.core.hart(hart).get("priv"),
  );

/** What a hart finds in a0 and a1 when it comes to the kernel. */
const bootArguments = (memory: KernelMemory, hart: number): unknown => [
  register(memory, hart, "a0") - BigInt(hart),
  bigEndian(memory, register(memory, hart, "a1")),
];

const bssOf = (memory: KernelMemory): boolean => {
  const length = Number(memory.address("__bss_stop") - memory.address("__bss_start"));
  return memory.machine
    .readPhysical(Number(memory.physical("__bss_start")), length)
    .every((byte) => byte === 0);
};

const rwx = (memory: KernelMemory, address: bigint, table: string): unknown => {
  const leaf = memory.leaf(address, memory.physical(table));
  return leaf && [leaf.to, (leaf.flags & (READ | WRITE | EXECUTE)) !== 0n];
};

/** What the linker has laid out, before any code has changed it. */
const initTask = (member: string, value: Expected): Part =>
  before("set_task_stack_end_magic", `init_task.${member}`, value);

export const EARLY_ROWS: readonly Row[] = [
  row(
    "0.1 reset",
    before("reset", privileges, (boot) => Array.from({ length: boot.harts }, () => 3n)),
    before(
      "reset",
      (memory) => {
        const harts = Array.from({ length: memory.machine.core.hartCount }, (_, hart) => hart);
        return harts.every((hart) => {
          const pc = memory.machine.core.hart(hart).get("pc");
          return (
            pc >= BigInt(MACHINE_MAP.bootRom.base) &&
            pc < BigInt(MACHINE_MAP.bootRom.base + MACHINE_MAP.bootRom.size)
          );
        });
      },
      true,
    ),
    (boot) => {
      const entries = boot.firmwareEntries;
      expect(entries.map(({ hart }) => hart).sort()).toEqual(
        Array.from({ length: boot.harts }, (_, hart) => hart),
      );
      for (const { hart, a0, a1 } of entries) {
        expect(a0).toBe(BigInt(hart));
        expect(bigEndian(boot.memory, a1), "magic number of the device tree").toBe(FDT_MAGIC);
      }
    },
  ),
  row(
    "0.2 firmware",
    (boot) => {
      const [firmware] = boot.records.filter(({ image }) => image === "firmware");
      expect(firmware).toMatchObject({ name: "_start", privilege: "M" });
      expect(boot.first("_start").privilege).toBe("S");
      expect(boot.all("_start"), "one hart comes to the kernel by itself").toHaveLength(1);
      expect(boot.all("secondary_start")).toHaveLength(boot.harts - 1);
      for (const { privilege } of boot.all("secondary_start")) expect(privilege).toBe("S");
    },
    before(
      "start_kernel",
      (memory, hart) => privileges(memory).filter((level, h) => h !== hart && level !== 3n),
      [],
    ),
  ),
  row("0.3 compressed image", async ({ harts }) => {
    const files = { kernel: VMLINUZ, symbols: VMLINUX, decompressor: DECOMPRESSOR, initrd: INITRAMFS };
    const machine = await Machine.create({ ...files, harts });
    const { records } = new BootTrace(new MachineTarget(machine));
    await machine.console.expect(/login: /);
    const entered = records.findIndex(({ name, image }) => name === "_start" && image === "kernel");
    const before = records.slice(0, entered).filter(({ image }) => image === "bootstrap");
    expect(before.map(({ name }) => name)).toEqual(["start", "restart", "decompress_kernel", "gunzip"]);
    const { hart } = records[entered] ?? {};
    for (const step of before) expect(step).toMatchObject({ hart, pid: undefined, privilege: "S" });
    expect(before.at(-1)?.end?.cycle).toBeLessThan(records[entered]?.cycle ?? 0);
    expect(machine.console.output).toContain(`Brought up 1 node, ${harts} CPU`);
    machine.dispose();
  }),
  row(
    "0.4 _start",
    before("_start", bootArguments, [0n, FDT_MAGIC]),
    before("_start", bssOf, false),
    before("setup_vm", bssOf, true),
    before("setup_vm", (memory, hart) => bigEndian(memory, register(memory, hart, "a0")), FDT_MAGIC),
    holds("boot_cpu_hartid", (boot) => BigInt(boot.first("start_kernel").hart)),
    holds("*(unsigned int *)hart_lottery", 1),
    (boot) => boot.inOrder("_start", "setup_vm", "relocate_enable_mmu", "start_kernel"),
  ),
  row(
    "0.5 setup_vm",
    before("setup_vm", (memory) => rwx(memory, memory.address("start_kernel"), "early_pg_dir"), undefined),
    before(
      "relocate_enable_mmu",
      (memory) => rwx(memory, memory.address("start_kernel"), "early_pg_dir"),
      (boot) => [boot.memory.physical("start_kernel"), true],
    ),
    before(
      "relocate_enable_mmu",
      (memory) => rwx(memory, memory.physical("start_kernel"), "early_pg_dir"),
      (boot) => [boot.memory.physical("start_kernel"), true],
    ),
  ),
  row(
    "0.6 relocate_enable_mmu",
    before("relocate_enable_mmu", (memory, hart) => register(memory, hart, "satp"), 0),
    before(
      "relocate_enable_mmu",
      (memory, hart) => register(memory, hart, "pc"),
      (boot) => boot.memory.physical("relocate_enable_mmu"),
    ),
    before(
      "start_kernel",
      (memory, hart) => register(memory, hart, "satp"),
      (boot) => {
        return (SATP_SV39 << 60n) | (boot.memory.physical("early_pg_dir") / PAGE);
      },
    ),
    before(
      "start_kernel",
      (memory, hart) => register(memory, hart, "pc"),
      (boot) => boot.memory.address("start_kernel"),
    ),
  ),
  row(
    "0.7 __primary_switched",
    before(
      "start_kernel",
      (memory, hart) => register(memory, hart, "tp"),
      (boot) => boot.memory.address("init_task"),
    ),
    before(
      "start_kernel",
      (memory, hart) => register(memory, hart, "sp") - memory.address("init_stack"),
      (boot) => {
        return THREAD_SIZE - ((boot.memory.c("sizeof(struct pt_regs)") + 15n) & ~15n);
      },
    ),
    before(
      "start_kernel",
      (memory, hart) => register(memory, hart, "stvec"),
      (boot) => boot.memory.address("handle_exception"),
    ),
    before("start_kernel", "kernel_map.va_kernel_pa_offset", (boot) => {
      return boot.memory.address("_start") - boot.memory.physical("_start");
    }),
  ),
  row("0.8 linker script", ({ memory }) => {
    expect(memory.address("init_stack") % THREAD_SIZE).toBe(0n);
    expect(memory.c("init_task.stack")).toBe(memory.address("init_stack"));
    const within = (name: string, [from, to]: [string, string]): void => {
      expect(memory.address(name), name).toBeGreaterThanOrEqual(memory.address(from));
      expect(memory.address(name), name).toBeLessThan(memory.address(to));
    };
    within("start_kernel", ["_stext", "_etext"]);
    within("sched_init", ["_sinittext", "_einittext"]);
    within("sched_init", ["__init_begin", "__init_end"]);
    within("runqueues", ["__per_cpu_start", "__per_cpu_end"]);
    within("__ctors_start", ["__init_begin", "__init_end"]);
    const levels = ["", "0", "1", "2", "3", "4", "5", "rootfs", "6", "7"].map((level) =>
      memory.address(`__initcall${level}_start`),
    );
    expect(levels).toEqual([...levels].sort((a, b) => Number(a - b)));
    expect(memory.address("__initcall_end")).toBeGreaterThan(levels[0] ?? 0n);
  }),
  row(
    "0.9 a debugger at start_kernel",
    before("start_kernel", (memory, hart) => memory.stack(hart), ["start_kernel", "_start"]),
  ),

  row(
    "1.1 init_task",
    initTask("__state", 0),
    initTask("stack", ({ memory }) => memory.address("init_stack")),
    initTask("usage.refs.counter", 2),
    initTask("flags", PF_KTHREAD),
    initTask("prio", MAX_PRIO - 20),
    initTask("static_prio", MAX_PRIO - 20),
    initTask("normal_prio", MAX_PRIO - 20),
    initTask("policy", 0),
    initTask("cpus_mask.bits[0]", 0xff),
    initTask("mm", 0),
    initTask("active_mm", ({ memory }) => memory.address("init_mm")),
    initTask("parent", ({ memory }) => memory.address("init_task")),
    initTask("fs", ({ memory }) => memory.address("init_fs")),
    initTask("files", ({ memory }) => memory.address("init_files")),
    initTask("signal", ({ memory }) => memory.address("init_signals")),
    initTask("sighand", ({ memory }) => memory.address("init_sighand")),
    before("set_task_stack_end_magic", (memory, hart) => memory.text("init_task.comm", hart), "swapper"),
  ),
  row(
    "1.2 init_task becomes CPU 0's idle task",
    (boot) => {
      const hart = boot.first("start_kernel").hart;
      expect(boot.idlers.get(hart)).toEqual({ pid: 0, task: boot.memory.address("init_task") });
    },
    holds("runqueues@0.idle == &init_task", 1),
    holds("init_task.pid", 0),
    holds("init_task.mm", 0),
    holds("init_task.utime", 0),
  ),
  row("1.3 idle tasks of the secondaries", (boot) => {
    const { memory } = boot;
    const idle = Array.from({ length: boot.harts }, (_, cpu) => memory.c(`runqueues@${cpu}.idle`));
    expect(new Set(idle).size).toBe(boot.harts);
    expect(boot.hartOf.map((hart) => boot.idlers.get(hart))).toEqual(idle.map((task) => ({ pid: 0, task })));
    for (let cpu = 1; cpu < boot.harts; cpu++) {
      expect(memory.c(`runqueues@${cpu}.idle->pid`)).toBe(0n);
      expect(memory.text(`runqueues@${cpu}.idle->comm`)).toBe(`swapper/${cpu}`);
    }
  }),
];
