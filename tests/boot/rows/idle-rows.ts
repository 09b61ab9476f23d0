/** Section 5 of the boot path: the idle loop, and how other CPUs end it. */
import { expect } from "vitest";
import { CYCLES_PER_SECOND } from "../../../spec/machine-map.ts";
import { GuestShell } from "../guest-shell.ts";
import { pointer } from "./kernel-memory.ts";
import { type ObservedBoot, Watched } from "./observed-boot.ts";
import { after, before, type Part, type Row, row, SOMETHING } from "./row.ts";

const [TASK_RUNNING, TASK_WAKING] = [0n, 0x200n];
const POLLING = 1n << 4n;
const SIE = 1n << 1n;
const flags = "current->thread_info.flags & 0x10";

/** The idle task of a CPU says that it watches its own flag. */
const polls = ({ memory }: Watched, cpu: bigint): boolean =>
  memory.c(`runqueues@${cpu}.curr == runqueues@${cpu}.idle`) === 1n &&
  (memory.c(`runqueues@${cpu}.idle->thread_info.flags`) & POLLING) !== 0n;

/** Interrupts are on, or off, when the function is entered. */
const interrupts = (at: string, on: boolean): Part =>
  before(at, (memory, hart) => ((memory.machine.registers.read(hart, "sstatus") ?? 0n) & SIE) !== 0n, on);

const TURN = [
  "do_idle",
  "tick_nohz_idle_enter",
  "arch_cpu_idle_enter",
  "cpuidle_idle_call",
  "arch_cpu_idle",
  "arch_cpu_idle_exit",
  "tick_nohz_idle_exit",
  "schedule_preempt_disabled",
];
/** One turn of the loop: it may be needed elsewhere before it waits, or in the middle of its preparations. */
const WHOLE_TURN =
  /^do_idle tick_nohz_idle_enter (arch_cpu_idle_enter cpuidle_idle_call (arch_cpu_idle )?arch_cpu_idle_exit )*tick_nohz_idle_exit schedule_preempt_disabled $/;

/** What pid 0 enters on each hart, cut before each `do_idle`; the last turn may not be over. */
function turnsOf(watched: Watched): string[][] {
  const turns: string[][] = [];
  for (const name of TURN) {
    watched.onEntry(name, (hart) => {
      if (watched.memory.c("current->pid", hart) !== 0n) return;
      turns[hart] ??= [];
      const mine = turns[hart];
      if (name === "do_idle") mine.push("");
      if (mine.length > 0) mine.push(`${mine.pop()}${name} `);
    });
  }
  return turns;
}

interface Wakings {
  /** Tasks that were put on another CPU's list. */
  queued: number;
  /** Those whose CPU saw by itself that it was to look at its list. */
  unsent: number;
  /** What was not as it should be. */
  wrong: string[];
  /** The turns of the idle loop on each hart. */
  turns: string[][];
}

/** One more boot to the prompt: who is woken by way of a wake_list, and who is interrupted for it. */
async function wakingsOf(boot: ObservedBoot, append: string): Promise<Wakings> {
  const watched = await boot.another({ append });
  const { memory } = watched;
  const found: Wakings = { queued: 0, unsent: 0, wrong: [], turns: turnsOf(watched) };
  const pending = new Map<bigint, bigint>();
  watched.onEntry("ttwu_queue_remote", (hart) => {
    const [task, cpu] = [watched.register(hart, "a0"), watched.register(hart, "a1")];
    found.queued++;
    if (memory.c(`${pointer("struct task_struct", task)}->__state`, hart) !== TASK_WAKING)
      found.wrong.push("not TASK_WAKING");
    if (memory.c(`${pointer("struct task_struct", task)}->on_rq`, hart) !== 0n)
      found.wrong.push("on a queue already");
    if (pending.has(task)) found.wrong.push("twice on a list");
    pending.set(task, cpu);
    let sent = false;
    watched.onEntry("smp_send_reschedule", (other) => {
      sent ||= other === hart;
      return other !== hart;
    });
    watched.onReturn(hart, () => {
      if (!sent) found.unsent++;
    });
  });
  watched.onEntry("smp_send_reschedule", (hart) => {
    if (polls(watched, watched.register(hart, "a0"))) found.wrong.push("interrupts one that polls");
  });
  watched.onEntry("sched_ttwu_pending", (hart) => {
    const cpu = memory.c("current->thread_info.cpu", hart);
    const mine = [...pending].filter(([, there]) => there === cpu).map(([task]) => task);
    for (const task of mine) pending.delete(task);
    watched.onReturn(hart, (here) => {
      for (const task of mine) {
        const [state, on, where] = ["__state", "on_rq", "thread_info.cpu"].map((member) =>
          memory.c(`${pointer("struct task_struct", task)}->${member}`, here),
        );
        if (state !== TASK_RUNNING || on !== 1n || where !== cpu) found.wrong.push("not queued");
      }
    });
  });
  await watched.machine.console.expect(/login: /);
  // One hart alone has never idled until now. Who polls would take his time over a second.
  if (append === "") watched.machine.run({ cycles: CYCLES_PER_SECOND });
  watched.dispose();
  return found;
}

/** That of an ordinary boot, which several rows look at. */
function wakingsIn(boot: ObservedBoot): Promise<Wakings> {
  const found = seen.get(boot) ?? wakingsOf(boot, "");
  seen.set(boot, found);
  return found;
}
const seen = new WeakMap<ObservedBoot, Promise<Wakings>>();

export const IDLE_ROWS: readonly Row[] = [
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
    "5.4 TIF_POLLING_NRFLAG",
    before("tick_nohz_idle_enter", flags, SOMETHING),
    before("arch_cpu_idle", flags, 0),
    after("cpuidle_idle_call", flags, SOMETHING),
    before("tick_nohz_idle_exit", flags, SOMETHING),
    ({ harts, memory }) => {
      for (let cpu = 0; cpu < harts; cpu++)
        expect(memory.c(`runqueues@${cpu}.idle->thread_info.flags`) & POLLING).toBe(0n);
    },
  ),
  row(
    "5.5 arch_cpu_idle_enter, arch_cpu_idle_exit",
    async (boot) => {
      const { turns } = await wakingsIn(boot);
      const whole = turns.flatMap((mine) => mine.slice(0, -1));
      expect(whole.filter((turn) => !WHOLE_TURN.test(turn))).toEqual([]);
      expect(whole.filter((turn) => turn.includes("arch_cpu_idle ")).length).toBeGreaterThan(0);
    },
    interrupts("arch_cpu_idle_enter", false),
    interrupts("arch_cpu_idle", false),
    interrupts("arch_cpu_idle_exit", true),
    // All that can wake the hart may do so.
    before("arch_cpu_idle_enter", (memory, hart) => memory.machine.registers.read(hart, "sie"), 0x222n),
  ),
  row("5.6 arch_cpu_idle_dead", async (boot) => {
    const shell = await GuestShell.boot({ harts: boot.harts });
    const watched = await Watched.around(shell.machine);
    const dead: [number, bigint, boolean][] = [];
    watched.onEntry("arch_cpu_idle_dead", (hart) => {
      const off = (watched.register(hart, "sstatus") & SIE) === 0n;
      dead.push([hart, watched.memory.c("current->pid", hart), off]);
    });
    for (let cpu = 1; cpu < boot.harts; cpu++)
      await shell.run(`echo 0 > /sys/devices/system/cpu/cpu${cpu}/online`);
    const said = await shell.run("nproc");
    const stopped = boot.hartOf.slice(1).map((hart) => watched.target.hartStatus(hart).privilege);
    shell.dispose();
    expect(dead).toEqual(boot.hartOf.slice(1).map((hart) => [hart, 0n, true]));
    expect(stopped).toEqual(boot.hartOf.slice(1).map(() => "M"));
    expect(said).toBe("1\n");
  }),
  row("5.7 cpu_idle_poll", async (boot) => {
    const polling = await wakingsOf(boot, "nohlt");
    expect(polling.wrong).toEqual([]);
    if (boot.harts === 1) return;
    expect(polling.queued).toBeGreaterThan(10);
    // But for a CPU that is just on its way into its idle loop, or out of it.
    expect(polling.unsent).toBeGreaterThan(0.9 * polling.queued);
  }),
  row("5.8 sched_ttwu_pending", async (boot) => {
    const waking = await wakingsIn(boot);
    expect(waking.wrong).toEqual([]);
    if (boot.harts === 1) expect(waking.queued).toBe(0);
    else expect(waking.queued).toBeGreaterThan(10);
    if (boot.harts > 1) expect(waking.unsent).toBeLessThan(0.5 * waking.queued);
  }),
];
