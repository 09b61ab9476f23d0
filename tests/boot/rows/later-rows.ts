/** Sections 8 to 10 of the boot path: drivers and initcalls, the first program, user space. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { CpioEntry } from "../../../host/boot/cpio.ts";
import { archive, program } from "../../tools/guest.ts";
import { GuestShell } from "../guest-shell.ts";
import { INITRAMFS } from "../images.ts";
import { coresAreDumped, dumpableByRights, FORMATS, formatsOf, noMemoryIsTold } from "./exec-parts.ts";
import { constructorsRun, initcallsByLevel } from "./initcall-parts.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { type ObservedBoot, Watched } from "./observed-boot.ts";
import { outputOf } from "./provoked.ts";
import {
  after,
  before,
  changes,
  console,
  differs,
  holds,
  type Part,
  type Row,
  row,
  SOMETHING,
  task1,
  threads,
} from "./row.ts";

const PF_KTHREAD = 0x200000n;
const STACK_TOP = 0x4000000000n;
const [AT_PHDR, AT_PAGESZ, AT_ENTRY, AT_RANDOM] = [3n, 6n, 9n, 25n];

const children = (memory: KernelMemory, hart: number, node: string): string[] => {
  const names: string[] = [];
  let at = memory.c(`((struct kernfs_node *)${memory.c(node, hart)})->children.next`, hart);
  const head = memory.c(`&((struct kernfs_node *)${memory.c(node, hart)})->children`, hart);
  const offset = memory.c("&((struct kernfs_node *)0)->sibling");
  for (; at !== head; at = memory.c(`((struct list_head *)0x${at.toString(16)})->next`, hart))
    names.push(memory.text(`((struct kernfs_node *)0x${(at - offset).toString(16)})->name`, hart));
  return names;
};

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

const hex = (value: bigint): string => `0x${value.toString(16)}`;

const taskOf = (memory: KernelMemory, pid: number): string =>
  `((struct task_struct *)${hex(memory.tasks().find((task) => task.pid === pid)?.address ?? 0n)})`;

/** A member of the linux_binprm that a function of exec gets, before and after it. */
const bprm = (
  at: string,
  member: string,
  from: bigint | number,
  to: bigint | number | typeof SOMETHING,
): Part[] => [
  changes(
    at,
    (memory, hart, a0) => memory.c(`((struct linux_binprm *)${hex(a0)})->${member}`, hart),
    BigInt(from),
    typeof to === "number" ? BigInt(to) : to,
  ),
];

/** The mappings of a process. */
function mappings(memory: KernelMemory, pid: number): { start: bigint; flags: bigint }[] {
  const mm = `${taskOf(memory, pid)}->mm`;
  const head = memory.c(`&${mm}->mmap`);
  const offset = memory.c("&((struct vm_area_struct *)0)->vm_list");
  const found = [];
  for (
    let at = memory.c(`${mm}->mmap.next`);
    at !== head;
    at = memory.c(`((struct list_head *)${hex(at)})->next`)
  ) {
    const area = `((struct vm_area_struct *)${hex(at - offset)})`;
    found.push({ start: memory.c(`${area}->vm_start`), flags: memory.c(`${area}->vm_flags`) });
  }
  return found;
}

/** argv and envp of pid 1, from its own memory. */
function programArguments(memory: KernelMemory): string[] {
  const mm = `${taskOf(memory, 1)}->mm`;
  const table = memory.c(`${mm}->pgd`) - memory.c("kernel_map.va_pa_offset");
  const [from, to] = [memory.c(`${mm}->arg_start`), memory.c(`${mm}->env_end`)];
  const bytes = new Uint8Array(Number(to - from));
  bytes.forEach((_, index) => {
    const leaf = memory.leaf(from + BigInt(index), table);
    bytes[index] = memory.machine.readPhysical(Number(leaf?.to ?? 0n), 1)[0] ?? 0;
  });
  return new TextDecoder().decode(bytes).split("\0").filter(Boolean);
}

/** A shell on another machine, which has some files more. */
function shellOf(boot: ObservedBoot, files: readonly CpioEntry[] = []): Promise<GuestShell> {
  const bytes = new Uint8Array(Buffer.concat([readFileSync(INITRAMFS), archive(files)]));
  return GuestShell.boot({ harts: boot.harts, initrd: { name: "RAM disk of the test", bytes } });
}

export const LATER_ROWS: readonly Row[] = [
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

  row(
    "9.1 unshare_files, linux_binprm",
    task1(
      "run_init_process",
      "kernel_execve",
      "do_execve",
      "do_execveat_common",
      "unshare_files",
      "alloc_bprm",
    ),
    after("unshare_files", "current->files->count.counter", 1),
    after("unshare_files", "current->files == &init_files", 0),
    after(
      "alloc_bprm",
      (memory, hart) => {
        const made = hex(memory.machine.registers.read(hart, "a0") ?? 0n);
        return memory.text(`((struct linux_binprm *)${made})->filename`, hart);
      },
      (boot) => boot.first("run_init_process").argument ?? "",
    ),
  ),
  row(
    "9.2 prepare_bprm_creds",
    task1("alloc_bprm", "prepare_bprm_creds", "check_unsafe_exec"),
    ...bprm("prepare_bprm_creds", "cred", 0, SOMETHING),
  ),
  row(
    "9.3 check_unsafe_exec, in_execve",
    task1("prepare_bprm_creds", "check_unsafe_exec", "do_open_execat"),
    ...bprm("check_unsafe_exec", "unsafe", 0, 1),
    before("check_unsafe_exec", "current->in_execve", 0),
    before("do_open_execat", "current->in_execve", 1),
  ),
  row(
    "9.4 do_open_execat",
    task1("check_unsafe_exec", "do_open_execat", "sched_exec"),
    after(
      "do_open_execat",
      (memory, hart) =>
        memory.c(
          `((struct file *)${hex(memory.machine.registers.read(hart, "a0") ?? 0n)})->f_inode->i_mode & 0x49`,
          hart,
        ),
      0o111,
    ),
  ),
  row(
    "9.5 sched_exec",
    task1("do_open_execat", "sched_exec", "bprm_mm_init"),
    after(
      "sched_exec",
      (memory, hart) => {
        const load = (cpu: number): bigint => memory.c(`runqueues@${cpu}.nr_running`, hart);
        const mine = Number(memory.c("current->thread_info.cpu", hart));
        const others = Array.from({ length: memory.machine.core.hartCount }, (_, cpu) => cpu).filter(
          (cpu) => cpu !== mine,
        );
        return others.every((cpu) => load(mine) <= load(cpu) + 1n);
      },
      true,
    ),
  ),
  row(
    "9.6 bprm_mm_init",
    task1("sched_exec", "bprm_mm_init", "prepare_binprm"),
    ...bprm("bprm_mm_init", "mm", 0, SOMETHING),
    ...bprm("bprm_mm_init", "vma", 0, SOMETHING),
  ),
  row(
    "9.7 argv and envp are counted",
    before(
      "prepare_binprm",
      (memory, hart, a0) => [
        memory.c(`((struct linux_binprm *)${hex(a0)})->argc`, hart),
        memory.c(`((struct linux_binprm *)${hex(a0)})->envc`, hart),
      ],
      [1n, 3n],
    ),
  ),
  row(
    "9.8 prepare_binprm",
    task1("bprm_mm_init", "prepare_binprm", "copy_strings"),
    ...bprm("prepare_binprm", "buf[1] == 'E'".replace("'E'", "0x45"), 0, 1),
    after(
      "prepare_binprm",
      (memory, hart, a0) => memory.text(`&((struct linux_binprm *)${hex(a0)})->buf[1]`, hart).slice(0, 3),
      "ELF",
    ),
  ),
  row(
    "9.9 copy_strings",
    task1("prepare_binprm", "copy_strings", "would_dump"),
    // By the time of would_dump the strings lie below the top of the new stack, the arguments lowest.
    before(
      "would_dump",
      (memory, hart, a0) => memory.c(`((struct linux_binprm *)${hex(a0)})->p`, hart) < STACK_TOP - 30n,
      true,
    ),
    holds(
      (memory) => programArguments(memory),
      (boot) => [boot.first("run_init_process").argument, "HOME=/", "TERM=linux", "unknown=word"],
    ),
  ),
  row(
    "9.10 would_dump",
    task1("copy_strings", "would_dump", "exec_binprm"),
    ...bprm("would_dump", "not_readable", 0, 0),
    dumpableByRights,
  ),
  row(
    "9.11 search_binary_handler",
    task1("exec_binprm", "search_binary_handler", "load_elf_binary"),
    (boot) => expect(formatsOf(boot)).toEqual(FORMATS),
    holds((memory) => memory.c(`${taskOf(memory, 1)}->mm->binfmt->load_binary == &load_elf_binary`), 1),
    coresAreDumped,
  ),
  row(
    "9.12 binfmt_elf",
    task1("load_elf_binary", "begin_new_exec", "setup_arg_pages", "create_elf_tables", "start_thread"),
    ...bprm("begin_new_exec", "point_of_no_return", 0, 1),
    changes("begin_new_exec", "current->flags & 0x200000", PF_KTHREAD, 0),
    changes("begin_new_exec", "current->mm", 0, SOMETHING),
    changes("begin_new_exec", (memory, hart) => memory.text("current->comm", hart), "swapper", "init"),
    (boot) => {
      const { memory } = boot;
      const rights = mappings(memory, 1).map(({ flags }) => flags & 7n);
      expect(rights, "text").toContain(5n);
      expect(rights, "data").toContain(3n);
      expect(
        rights.filter((flags) => (flags & 6n) === 6n),
        "writable and executable",
      ).toEqual([]);
      const auxv = Array.from({ length: 16 }, (_, i) =>
        memory.c(`${taskOf(memory, 1)}->mm->saved_auxv[${2 * i}]`),
      );
      for (const key of [AT_PHDR, AT_PAGESZ, AT_ENTRY, AT_RANDOM]) expect(auxv, `AUXV ${key}`).toContain(key);
    },
  ),
  row("9.13 binfmt_script", async (boot) => {
    const script = program("hello", new TextEncoder().encode('#!/bin/sh\necho "script $0 $1"\n'));
    const shell = await shellOf(boot, [script]);
    const said = await shell.run("/hello world");
    shell.dispose();
    expect(said).toBe("script /hello world\n");
  }),
  row("9.14 errors come back as errno", async (boot) => {
    const shell = await shellOf(boot, [program("bad", new TextEncoder().encode("\0no program"))]);
    const watched = await Watched.around(shell.machine);
    const errors: bigint[] = [];
    watched.onEntry("do_execveat_common", (hart) =>
      watched.onReturn(hart, (here) => void errors.push(BigInt.asIntN(32, watched.register(here, "a0")))),
    );
    await shell.run("/nothing");
    await shell.run("/etc/passwd");
    await shell.run("/bad");
    await shell.run("ln -s /ring /ring; /ring");
    await shell.run(
      "A=1234567890123456; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do A=$A$A; done; /bin/echo $A",
    );
    const alive = await shell.run("echo alive");
    await noMemoryIsTold(shell, watched);
    shell.dispose();
    expect(errors).toEqual(expect.arrayContaining([-2n, -13n, -8n, -40n, -7n]));
    expect(alive).toBe("alive\n");
  }),
  row(
    "9.15 pid 1 is the same task",
    (boot) => {
      expect(boot.records.at(-1)).toMatchObject({ image: "user", pid: 1, privilege: "U" });
      expect(
        boot.all("kernel_thread").filter(({ pid }) => pid === 1),
        "pid 1 forks nothing by itself",
      ).toEqual([]);
    },
    before(
      "kernel_init",
      "current",
      ({ memory }) => memory.tasks().find(({ pid }) => pid === 1)?.address ?? 0n,
    ),
  ),

  row(
    "10.1 init",
    ({ memory }) => {
      expect(memory.tasks().find(({ pid }) => pid === 1)).toMatchObject({ comm: "init", parent: 0 });
    },
    async (boot) => {
      const shell = await shellOf(boot);
      expect(await shell.run("grep -c : /etc/inittab")).toMatch(/^[1-9]/);
      expect(await shell.run("runlevel")).toMatch(/^N \d\n/);
      // An orphan goes to init, which collects it.
      expect(
        await shell.run(
          "(sleep 1 & echo $!) > /tmp/pid; sleep 2; ps -eo pid,ppid,command | grep -c 'slee[p]'",
        ),
      ).toBe("0\n");
      shell.machine.console.send("exit\n");
      await shell.machine.console.expect(/login: $/);
      shell.dispose();
    },
  ),
  row("10.2 getty", ({ memory }) => {
    expect(memory.tasks().find(({ comm }) => comm === "getty")).toMatchObject({ parent: 1 });
  }),
  row("10.3 login", async (boot) => {
    const { memory } = boot;
    const shell = await shellOf(boot);
    const watched = await Watched.around(shell.machine);
    const [sh] = watched.memory.tasks().filter(({ comm }) => comm.endsWith("sh"));
    const who = await shell.run("id -u; pwd; echo $SHELL");
    shell.dispose();
    expect(sh, "the same task from getty to the shell").toMatchObject({
      pid: memory.pidOf("getty"),
      parent: 1,
    });
    expect(who).toBe("0\n/root\n/bin/sh\n");
  }),
  row("10.4 sh", async (boot) => {
    const shell = await shellOf(boot);
    expect(await shell.run("echo b a | tr a-z A-Z 2>/dev/null || echo a | cat")).toMatch(/\n$/);
    expect(await shell.run("seq 3 | wc -l")).toMatch(/^\s*3\n/);
    expect(await shell.run("A=5; echo $((A * 2)) > /tmp/f; cat < /tmp/f")).toBe("10\n");
    expect(await shell.run("sleep 9 & kill %1; wait; echo done")).toContain("done");
    shell.dispose();
  }),
  row("10.5 ps", async (boot) => {
    const shell = await shellOf(boot);
    const lines = (await shell.run("ps -eo pid,ppid,command")).trim().split("\n").slice(1);
    const rows = lines.map(
      (line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)?.slice(1) as [string, string, string],
    );
    const full = (await shell.run("ps -ef")).trim().split("\n");
    shell.dispose();
    expect(full[0]).toMatch(/^UID +PID +PPID +C +STIME +TTY +TIME +CMD$/);
    const parentOf = new Map(rows.map(([pid, parent]) => [Number(pid), Number(parent)]));
    expect([parentOf.get(1), parentOf.get(2)]).toEqual([0, 0]);
    for (const [pid, parent, command] of rows) {
      const isKernel = /^\[.*\]$/.test(command);
      if (Number(pid) > 2) expect(isKernel, command).toBe(parent === "2");
      let ancestor = Number(pid);
      while (ancestor > 2) ancestor = parentOf.get(ancestor) ?? 0;
      expect(ancestor, command).toBe(isKernel ? 2 : 1);
      expect(full.some((line) => line.endsWith(command)) || /^ps/.test(command), command).toBe(true);
    }
    const commands = rows.map(([, , command]) => command);
    for (let cpu = 0; cpu < boot.harts; cpu++)
      for (const name of ["cpuhp", "migration", "ksoftirqd", "watchdog"])
        expect(commands).toContain(`[${name}/${cpu}]`);
  }),
  row("10.6 the usual small tools", async (boot) => {
    const shell = await shellOf(boot);
    const tools =
      "ls cat echo cp mv rm mkdir mount umount dmesg free uptime uname nproc top kill sleep wc grep hexdump head tail poweroff reboot";
    const missing = await shell.run(`for t in ${tools}; do type $t > /dev/null || echo $t; done`);
    expect(await shell.run("nproc")).toBe(`${boot.harts}\n`);
    shell.dispose();
    expect(missing).toBe("");
  }),
];
