/** Sections 3 to 6 of the boot path: the scheduler, the first two tasks, the idle loop, kernel threads. */
import { expect } from "vitest";
import type { KernelMemory } from "./kernel-memory.ts";
import {
  after,
  before,
  changes,
  holds,
  type Row,
  row,
  SOMETHING,
  task0,
  threads,
  threadsOfEachCpu,
} from "./row.ts";

const SCHEDULING = 1;
const TASK_INTERRUPTIBLE = 1n;
const PF_NOFREEZE = 0x8000n;
const NICE_HIGHPRI = 100n;
const NICE_0 = 120n;

const taskOf = (memory: KernelMemory, pid: number): string => {
  const task = memory.tasks().find((each) => each.pid === pid);
  if (!task) throw new Error(`there is no task ${pid}`);
  return `((struct task_struct *)0x${task.address.toString(16)})`;
};

const forCpus = (what: (memory: KernelMemory, cpu: number) => boolean) => (memory: KernelMemory) =>
  Array.from({ length: memory.machine.core.hartCount }, (_, cpu) => what(memory, cpu)).every(Boolean);

export const SCHEDULER_ROWS: readonly Row[] = [
  row(
    "3.1 wait_bit_init",
    task0("sched_init", "wait_bit_init", "init_idle"),
    changes("wait_bit_init", "bit_wait_table[255].head.next", 0, SOMETHING),
    after("wait_bit_init", "bit_wait_table[0].head.next == &bit_wait_table[0].head", 1),
  ),
  row(
    "3.2 root_task_group",
    changes("sched_init", "root_task_group.shares", 0, 1024),
    after("sched_init", "init_task.sched_task_group == &root_task_group", 1),
    after(
      "sched_init",
      forCpus((m, cpu) => m.c(`root_task_group.cfs_rq[${cpu}] == &runqueues@${cpu}.cfs`) === 1n),
      true,
    ),
  ),
  row(
    "3.3 bandwidth of real-time tasks",
    changes("sched_init", "def_rt_bandwidth.rt_period", 0, 1_000_000_000),
    changes("sched_init", "def_rt_bandwidth.rt_runtime", 0, 950_000_000),
  ),
  row(
    "3.4 default root domain",
    changes("sched_init", "def_root_domain.span.bits[0]", 0, (boot) => boot.allCpus),
    changes("sched_init", "def_root_domain.online.bits[0]", 0, 1),
    holds("def_root_domain.online.bits[0]", (boot) => boot.allCpus),
    holds(
      forCpus((m, cpu) => m.c(`runqueues@${cpu}.rd == &def_root_domain`) === 1n),
      true,
    ),
  ),
  row(
    "3.5 autogroup",
    changes("sched_init", "root_task_group.autogroup == &autogroup_default", 0, 1),
    holds("sysctl_sched_autogroup_enabled", 1),
    ({ memory }) => {
      expect(memory.c(`${taskOf(memory, 2)}->sched_task_group == &root_task_group`)).toBe(1n);
      expect(memory.c(`${taskOf(memory, 1)}->sched_task_group == &root_task_group`)).toBe(0n);
      expect(memory.c(`${taskOf(memory, 1)}->sched_task_group->autogroup != 0`)).toBe(1n);
    },
  ),
  row(
    "3.6 run queues",
    before(
      "sched_init",
      forCpus((m, cpu) => m.c(`runqueues@${cpu}.cfs.tasks_timeline.next`) === 0n),
      true,
    ),
    ...["cfs.tasks_timeline", "rt.queue[0]", "rt.queue[99]", "dl.queue"].map((queue) =>
      after(
        "sched_init",
        forCpus((m, cpu) => m.c(`runqueues@${cpu}.${queue}.next == &runqueues@${cpu}.${queue}`) === 1n),
        true,
      ),
    ),
    after(
      "sched_init",
      forCpus((m, cpu) => m.c(`runqueues@${cpu}.cpu`) === BigInt(cpu)),
      true,
    ),
    after(
      "sched_init",
      forCpus((m, cpu) => m.c(`runqueues@${cpu}.nr_running`) === 0n),
      true,
    ),
  ),
  row("3.7 set_load_weight", changes("sched_init", "init_task.se.load.weight", 0, 1024)),
  row(
    "3.8 init_idle",
    task0("wait_bit_init", "init_idle", "init_sched_fair_class"),
    changes("init_idle", "init_task.sched_class == &idle_sched_class", 0, 1),
    changes("init_idle", "runqueues@0.curr == &init_task", 0, 1),
    after("init_idle", "runqueues@0.idle == &init_task", 1),
  ),
  row(
    "3.9 init_sched_fair_class",
    task0("init_idle", "init_sched_fair_class", "rcu_init"),
    changes("init_sched_fair_class", "softirq_vec[2]", 0, ({ memory }) =>
      memory.address("run_rebalance_domains"),
    ),
  ),
  row(
    "3.10 scheduler_running",
    changes("sched_init", "scheduler_running", 0, 1),
    before(
      "rest_init",
      forCpus((m, cpu) => m.c(`runqueues@${cpu}.nr_switches`) === 0n),
      true,
    ),
  ),
  row("3.11 classes by rank", ({ memory }) => {
    const ranks = ["stop", "dl", "rt", "fair", "idle"].map((name) => memory.address(`${name}_sched_class`));
    const found = ranks.map((at) => memory.c(`((struct sched_class *)0x${at.toString(16)})->next`));
    expect(found).toEqual([...ranks.slice(1), 0n]);
    expect(memory.c("runqueues@0.stop->sched_class")).toBe(ranks[0]);
    expect(memory.c(`${taskOf(memory, 1)}->sched_class`)).toBe(ranks[3]);
    expect(memory.c("runqueues@0.idle->sched_class")).toBe(ranks[4]);
    expect(memory.c("sched_prio_to_weight[0]")).toBe(88761n);
    expect(memory.c("sched_prio_to_weight[39]")).toBe(15n);
  }),

  row(
    "4.1 rcu_scheduler_starting",
    task0("rest_init", "rcu_scheduler_starting", "kernel_thread"),
    changes("rcu_scheduler_starting", "rcu_scheduler_active", 0, 1),
  ),
  row(
    "4.2 kernel_thread(kernel_init)",
    (boot) => {
      const made = boot.all("kernel_thread").filter(({ pid }) => pid === 0);
      expect(made.map(({ argument }) => argument)).toEqual(["kernel_init", "kthreadd"]);
      expect(boot.first("kernel_init")).toMatchObject({ pid: 1, hart: boot.first("start_kernel").hart });
    },
    // Pinned to the boot CPU until sched_init_smp.
    before("kernel_init", "current->cpus_mask.bits[0]", 1),
    before("kernel_init", "current->pid", 1),
    before("kernel_init", "current->fs == &init_fs", 1),
  ),
  row("4.3 numa_default_policy", task0("kernel_thread", "numa_default_policy", "schedule_preempt_disabled")),
  row(
    "4.4 kernel_thread(kthreadd)",
    (boot) => expect(boot.first("kthreadd").pid).toBe(2),
    before("schedule_preempt_disabled", "kthreadd_task->pid", 2),
    before("numa_default_policy", "kthreadd_task", 0),
  ),
  row(
    "4.5 system_state = SYSTEM_SCHEDULING",
    before("numa_default_policy", "system_state", 0),
    before("schedule_preempt_disabled", "system_state", SCHEDULING),
  ),
  row(
    "4.6 complete(&kthreadd_done)",
    before("numa_default_policy", "kthreadd_done.done", 0),
    before("schedule_preempt_disabled", "kthreadd_done.done", 1),
    before("kernel_init_freeable", "kthreadd_done.done", 0),
  ),
  row(
    "4.7 schedule_preempt_disabled",
    task0("rest_init", "schedule_preempt_disabled"),
    before("schedule_preempt_disabled", "runqueues@0.nr_switches", 0),
    after("schedule_preempt_disabled", "runqueues@0.nr_switches", SOMETHING),
  ),
  row(
    "4.8 cpu_startup_entry",
    (boot) => {
      expect(boot.idlers.get(boot.first("start_kernel").hart)?.pid).toBe(0);
      expect(boot.first("rest_init").end, "rest_init returns").toBeUndefined();
    },
    holds("cpuhp_state@0.state", 12),
  ),

  row("5.1 the idle loop", (boot) => {
    for (let cpu = 0; cpu < boot.harts; cpu++) {
      const hart = boot.hartOf[cpu] ?? 0;
      expect(boot.memory.c(`runqueues@${cpu}.idle_time`)).toBeGreaterThan(0n);
      expect(
        boot.memory.c(`runqueues@${cpu}.curr == runqueues@${cpu}.idle`),
        `CPU ${cpu} runs its idle task`,
      ).toBe(1n);
      expect(boot.memory.c(`runqueues@${cpu}.nr_running`)).toBe(0n);
      expect(boot.memory.machine.core.hart(hart).get("waiting"), `hart ${hart} waits in wfi`).not.toBe(0n);
      const stack = boot.memory.stack(hart);
      const path = ["arch_cpu_idle", "cpuidle_idle_call", "do_idle", "cpu_startup_entry"];
      expect(stack.filter((name) => path.includes(name))).toEqual(path);
    }
  }),
  row("5.2 tick_nohz_idle_enter", (boot) => {
    for (let cpu = 0; cpu < boot.harts; cpu++)
      expect(boot.memory.c(`tick_cpu_sched@${cpu}.stopped`), `the tick of CPU ${cpu} stands`).toBe(1n);
    // The tick of one CPU alone would be a hundred.
    expect(boot.interruptsInIdleSecond).toBeLessThan(20);
  }),
  row(
    "5.3 tick_nohz_idle_exit",
    before("tick_nohz_idle_exit", "current->pid", 0),
    after(
      "tick_nohz_idle_exit",
      (memory, hart) =>
        memory.c(`tick_cpu_sched@${memory.c("current->thread_info.cpu", hart)}.stopped`, hart),
      0,
    ),
    after("tick_nohz_idle_exit", "current->thread_info.flags & 2", SOMETHING),
  ),

  row(
    "6.1 kthreadd",
    ({ memory }) => {
      const kthreadd = taskOf(memory, 2);
      expect(memory.text(`${kthreadd}->comm`)).toBe("kthreadd");
      expect(memory.c(`${kthreadd}->__state`)).toBe(TASK_INTERRUPTIBLE);
      expect(memory.c(`${kthreadd}->flags`) & PF_NOFREEZE).toBe(PF_NOFREEZE);
      expect(memory.c(`${kthreadd}->cpus_mask.bits[0]`)).toBe(memory.c("__cpu_possible_mask.bits[0]"));
      for (let signal = 0; signal < 64; signal++)
        expect(memory.c(`${kthreadd}->sighand->action[${signal}].sa.sa_handler`)).toBe(1n);
    },
    holds("kthread_create_list.next == &kthread_create_list", 1),
  ),
  row("6.2 create_kthread", (boot) => {
    const { memory } = boot;
    const entries = boot.all("create_kthread");
    for (const { pid } of entries) expect(pid).toBe(2);
    const children = memory.tasks().filter(({ parent }) => parent === 2);
    const kernelThreads = memory.tasks().filter(({ address, pid }) => {
      return pid > 2 && memory.c(`((struct task_struct *)0x${address.toString(16)})->mm`) === 0n;
    });
    expect(kernelThreads.map(({ comm }) => comm).sort()).toEqual(children.map(({ comm }) => comm).sort());
    expect(entries.length).toBeGreaterThan(4 * boot.harts);
  }),
  row(
    "6.3 kworker/N:M",
    threadsOfEachCpu("kworker", ":0"),
    threadsOfEachCpu("kworker", ":0H"),
    ({ memory }) => {
      const nice = (comm: string): bigint =>
        memory.c(`${taskOf(memory, memory.pidOf(comm) ?? 0)}->static_prio`);
      expect(nice("kworker/0:0")).toBe(NICE_0);
      expect(nice("kworker/0:0H")).toBe(NICE_HIGHPRI);
    },
  ),
  row("6.4 mm_percpu_wq", threads("mm_percpu_wq"), holds("mm_percpu_wq", SOMETHING)),
  row(
    "6.5 rcu_sched",
    threads("rcu_sched"),
    // A grace period has come to its end: its waiters went on.
    ({ memory }) =>
      expect(memory.c(`${taskOf(memory, memory.pidOf("rcu_sched") ?? 0)}->nvcsw`)).toBeGreaterThan(1n),
  ),
  row(
    "6.6 ksoftirqd/N",
    threadsOfEachCpu("ksoftirqd"),
    holds(
      forCpus((m, cpu) => m.c(`ksoftirqd@${cpu}->thread_info.cpu`) === BigInt(cpu)),
      true,
    ),
  ),
  row(
    "6.7 migration/N",
    threadsOfEachCpu("migration"),
    holds(
      forCpus((m, cpu) => m.c(`runqueues@${cpu}.stop->sched_class == &stop_sched_class`) === 1n),
      true,
    ),
  ),
  row(
    "6.8 cpuhp/N",
    threadsOfEachCpu("cpuhp"),
    holds(
      forCpus((m, cpu) => m.c(`cpuhp_state@${cpu}.state`) === 12n),
      true,
    ),
  ),
  row(
    "6.9 watchdog/N",
    threadsOfEachCpu("watchdog"),
    holds(
      forCpus((m, cpu) => m.c(`watchdog_cpus@${cpu}.touched`) > 0n),
      true,
    ),
  ),
  row("6.10 kswapd0", threads("kswapd0"), ({ memory }) =>
    expect(memory.text("contig_page_data.kswapd->comm")).toBe("kswapd0"),
  ),
  row("6.11 kdevtmpfs", threads("kdevtmpfs"), ({ memory }) =>
    expect(memory.c(`${taskOf(memory, memory.pidOf("kdevtmpfs") ?? 0)}->nvcsw`)).toBeGreaterThan(1n),
  ),
];
