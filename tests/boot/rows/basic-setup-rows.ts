/** Section 8 of the boot path: drivers and initcalls. */
import { expect } from "vitest";
import { constructorsRun, initcallsByLevel } from "./initcall-parts.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { outputOf } from "./provoked.ts";
import { after, changes, console, differs, holds, type Row, row, SOMETHING, task1, threads } from "./row.ts";

/** The names in a folder of kernfs. */
const children = (memory: KernelMemory, hart: number, node: string): string[] =>
  memory
    .list(`((struct kernfs_node *)${memory.c(node, hart)})->children`, "struct kernfs_node", "sibling", hart)
    .map((child) => memory.text(`${child}->name`, hart));

/** The function makes a folder (or file) in a folder of /sys. */
const makesEntry = (at: string, node: string, name: string) =>
  changes(
    at,
    (memory, hart) => memory.c(node, hart) !== 0n && children(memory, hart, node).includes(name),
    false,
    true,
  );

/** How many the linker has collected. */
const initcallsOf = (memory: KernelMemory): number =>
  Number(
    (memory.address("__initcall_end") - memory.address("__initcall_start")) /
      memory.c("sizeof(struct initcall_entry)"),
  );

export const BASIC_SETUP_ROWS: readonly Row[] = [
  row(
    "8.1 cpuset_init_smp",
    task1("do_basic_setup", "cpuset_init_smp", "usermodehelper_init"),
    changes("cpuset_init_smp", "cgrp_dfl_root.cpuset.cpus_allowed.bits[0]", 0xff, (boot) => boot.allCpus),
    after("cpuset_init_smp", "cgrp_dfl_root.cpuset.effective_cpus.bits[0]", (boot) => boot.allCpus),
  ),
  row(
    "8.2 usermodehelper_init",
    task1("cpuset_init_smp", "usermodehelper_init", "shmem_init"),
    changes("usermodehelper_init", "umh_wq", 0, SOMETHING),
  ),
  row(
    "8.3 shmem_init",
    task1("usermodehelper_init", "shmem_init", "driver_init"),
    changes("shmem_init", "shm_mnt", 0, SOMETHING),
    holds((memory) => memory.text("shm_mnt->mnt_sb->s_type->name"), "tmpfs"),
  ),
  row(
    "8.4 devtmpfs_init",
    task1("driver_init", "devtmpfs_init", "devices_init"),
    changes("devtmpfs_init", "dev_mnt", 0, SOMETHING),
    threads("kdevtmpfs"),
    console(/devtmpfs: initialized/),
  ),
  row(
    "8.5 devices_init",
    task1("devtmpfs_init", "devices_init", "buses_init"),
    makesEntry("devices_init", "sysfs_root", "devices"),
  ),
  row(
    "8.6 buses_init",
    task1("devices_init", "buses_init", "classes_init"),
    makesEntry("buses_init", "sysfs_root", "bus"),
  ),
  row(
    "8.7 classes_init",
    task1("buses_init", "classes_init", "firmware_init"),
    makesEntry("classes_init", "sysfs_root", "class"),
  ),
  row(
    "8.8 firmware_init",
    task1("classes_init", "firmware_init", "hypervisor_init"),
    makesEntry("firmware_init", "sysfs_root", "firmware"),
  ),
  row(
    "8.9 hypervisor_init",
    task1("firmware_init", "hypervisor_init", "platform_bus_init"),
    makesEntry("hypervisor_init", "sysfs_root", "hypervisor"),
  ),
  row(
    "8.10 platform_bus_init",
    task1("hypervisor_init", "platform_bus_init", "cpu_dev_init"),
    makesEntry("platform_bus_init", "bus_kn", "platform"),
    changes("platform_bus_init", "platform_bus_ready", 0, 1),
  ),
  row(
    "8.11 cpu_dev_init",
    task1("platform_bus_init", "cpu_dev_init", "memory_dev_init"),
    makesEntry("cpu_dev_init", "bus_kn", "cpu"),
    (boot) => {
      const found = children(boot.memory, 0, "system_root.kn");
      expect(found).toContain("cpu");
    },
  ),
  row(
    "8.12 memory_dev_init",
    task1("cpu_dev_init", "memory_dev_init", "container_dev_init"),
    makesEntry("memory_dev_init", "bus_kn", "memory"),
  ),
  row(
    "8.13 container_dev_init",
    task1("memory_dev_init", "container_dev_init", "of_core_init"),
    makesEntry("container_dev_init", "bus_kn", "container"),
  ),
  row(
    "8.14 of_core_init",
    task1("container_dev_init", "of_core_init", "do_initcalls"),
    makesEntry("of_core_init", "firmware_kn", "devicetree"),
  ),
  row(
    "8.15 init_irq_proc",
    task1("of_core_init", "init_irq_proc", "do_initcalls"),
    changes("init_irq_proc", "root_irq_dir", 0, SOMETHING),
  ),
  row("8.16 do_ctors", task1("init_irq_proc", "do_ctors", "usermodehelper_enable"), ...constructorsRun),
  row(
    "8.17 usermodehelper_enable",
    task1("do_ctors", "usermodehelper_enable", "do_initcalls"),
    changes("usermodehelper_enable", "usermodehelper_disabled", 1, 0),
  ),
  row(
    "8.18 do_initcalls",
    task1("do_initcalls", "wait_for_initramfs"),
    (boot) => {
      const entries = boot.all("do_one_initcall");
      for (const { pid } of entries) expect(pid).toBe(1);
      expect(entries).toHaveLength(initcallsOf(boot.memory));
    },
    async (boot) => {
      const output = await outputOf(boot, /Run \/\S+ as init/, undefined, { append: "initcall_debug" });
      const called = [...output.matchAll(/calling {2}(\w+) @ 1\n/g)].map(([, name]) => name);
      const ended = [...output.matchAll(/initcall (\w+) returned -?\d+ after \d+ usecs/g)].map(
        ([, name]) => name,
      );
      expect(called).toHaveLength(initcallsOf(boot.memory));
      expect(ended).toEqual(called);
    },
    initcallsByLevel,
  ),
  row("8.19 drivers bind by compatible", async (boot) => {
    expect(boot.memory.c("platform_devices_bound")).toBeGreaterThan(0n);
    expect(boot.memory.text("console_drivers->name")).toMatch(/^ttyS/);
    // The same machine, with another word in its tree: the driver finds nothing.
    const watched = await boot.another();
    watched.onEntry("_start", (hart) => {
      const tree = watched.register(hart, "a1");
      const bytes = watched.target.readPhysical(tree, 0x8000);
      const at = Buffer.from(bytes).indexOf("ns16550a");
      watched.target.writePhysical(tree + BigInt(at), new TextEncoder().encode("xs"));
      return false;
    });
    await watched.machine.console.expect(/Run \/\S+ as init process/);
    const bound = watched.memory.c("platform_devices_bound");
    const name = watched.memory.text("console_drivers->name");
    watched.dispose();
    expect(bound).toBe(boot.memory.c("platform_devices_bound") - 1n);
    expect(name).toBe("sbi");
  }),
  row("8.20 random secret", differs("random_seed_init", "crng_key[0]")),
];
