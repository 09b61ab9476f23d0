/** Sections 3 and 4 of the boot path: the scheduler, and the first two tasks. */
import { expect } from "vitest";
import { CPUHP_ONLINE, pointer } from "./kernel-memory.ts";
import { after, before, changes, forCpus, holds, type Row, row, SOMETHING, task0 } from "./row.ts";

const SCHEDULING = 1;

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
      expect(memory.c(`${memory.task(2)}->sched_task_group == &root_task_group`)).toBe(1n);
      expect(memory.c(`${memory.task(1)}->sched_task_group == &root_task_group`)).toBe(0n);
      expect(memory.c(`${memory.task(1)}->sched_task_group->autogroup != 0`)).toBe(1n);
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
    changes("init_sched_fair_class", "softirq_vec[1]", 0, ({ memory }) =>
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
    const found = ranks.map((at) => memory.c(`${pointer("struct sched_class", at)}->next`));
    expect(found).toEqual([...ranks.slice(1), 0n]);
    expect(memory.c("runqueues@0.stop->sched_class")).toBe(ranks[0]);
    expect(memory.c(`${memory.task(1)}->sched_class`)).toBe(ranks[3]);
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
    holds("cpuhp_state@0.state", CPUHP_ONLINE),
  ),
];
