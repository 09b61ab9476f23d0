/** Section 6 of the boot path: pid 2, and the kernel threads that it makes. */
import { expect } from "vitest";
import { CPUHP_ONLINE, pointer } from "./kernel-memory.ts";
import { forCpus, holds, type Row, row, SOMETHING, threads, threadsOfEachCpu } from "./row.ts";

const TASK_INTERRUPTIBLE = 1n;
const PF_NOFREEZE = 0x8000n;
const NICE_HIGHPRI = 100n;
const NICE_0 = 120n;

export const THREAD_ROWS: readonly Row[] = [
  row(
    "6.1 kthreadd",
    ({ memory }) => {
      const kthreadd = memory.task(2);
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
      return pid > 2 && memory.c(`${pointer("struct task_struct", address)}->mm`) === 0n;
    });
    expect(kernelThreads.map(({ comm }) => comm).sort()).toEqual(children.map(({ comm }) => comm).sort());
    expect(entries.length).toBeGreaterThan(4 * boot.harts);
  }),
  row(
    "6.3 kworker/N:M",
    threadsOfEachCpu("kworker", ":0"),
    threadsOfEachCpu("kworker", ":0H"),
    ({ memory }) => {
      const nice = (comm: string): bigint => memory.c(`${memory.task(memory.pidOf(comm) ?? 0)}->static_prio`);
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
      expect(memory.c(`${memory.task(memory.pidOf("rcu_sched") ?? 0)}->nvcsw`)).toBeGreaterThan(1n),
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
      forCpus((m, cpu) => m.c(`cpuhp_state@${cpu}.state`) === CPUHP_ONLINE),
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
    expect(memory.c(`${memory.task(memory.pidOf("kdevtmpfs") ?? 0)}->nvcsw`)).toBeGreaterThan(1n),
  ),
];
