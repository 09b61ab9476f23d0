/** One boot to the login prompt, watched from outside: who entered which function where, and what memory held. */

import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { type CreateOptions, Machine } from "../../../host/node/index.ts";
import { BOOT_PATH } from "../../../host/trace/boot-path.ts";
import { BootTrace, type TraceRecord } from "../../../host/trace/boot-trace.ts";
import { CYCLES_PER_SECOND } from "../../../spec/machine-map.ts";
import { KernelMemory } from "./kernel-memory.ts";

/** What a boot may take from the prompt until all of it is idle. */
const AFTERWARDS = 20_000_000;
const COMMAND_LINE = "loglevel=7 unknown=word";
/** Run before the MMU is on, hence at their load addresses. */
const EARLY = ["_start", "setup_vm", "relocate_enable_mmu", "secondary_start"];

/** What is to be looked at, with the hart that has come to the place, and the call's first argument. */
export type Look = (memory: KernelMemory, hart: number, argument: bigint) => unknown;

/** A look when a function is entered for the first time, or when that call returns. */
export interface Moment {
  readonly at: string;
  readonly when: "entry" | "return";
  readonly look: Look;
}

/** A machine at its power-on, with what a test needs to look into it and to stop it. */
export class Watched {
  readonly machine: Machine;
  readonly target: MachineTarget;
  readonly memory: KernelMemory;

  private constructor(machine: Machine, target: MachineTarget, memory: KernelMemory) {
    this.machine = machine;
    this.target = target;
    this.memory = memory;
  }

  static async create(options: CreateOptions): Promise<Watched> {
    return Watched.around(await Machine.create(options));
  }

  static async around(machine: Machine): Promise<Watched> {
    const target = new MachineTarget(machine);
    return new Watched(machine, target, await KernelMemory.of(target, machine));
  }

  /** Calls `then` whenever a hart enters a function, until it gives false. */
  onEntry(name: string, then: (hart: number) => unknown): void {
    const { memory, target } = this;
    const places = [memory.address(name), ...(EARLY.includes(name) ? [memory.physical(name)] : [])];
    const breakpoints = places.map((place) =>
      target.breakpoints.add(place, (hart) => {
        if (then(hart) === false) for (const breakpoint of breakpoints) breakpoint.remove();
        return "go-on";
      }),
    );
  }

  /** Calls `then` when the call that a hart has just entered returns. */
  onReturn(hart: number, then: (hart: number) => void): void {
    const stackPointer = this.register(hart, "sp");
    const breakpoint = this.target.breakpoints.add(this.register(hart, "ra"), (here) => {
      if (this.register(here, "sp") === stackPointer) {
        breakpoint.remove();
        then(here);
      }
      return "go-on";
    });
  }

  register(hart: number, name: string): bigint {
    return this.target.readRegister(hart, name) ?? 0n;
  }

  dispose(): void {
    this.machine.dispose();
  }
}

export interface FirmwareEntry {
  readonly hart: number;
  readonly privilege: string;
  readonly a0: bigint;
  readonly a1: bigint;
}

function firmwareEntriesOf({ target }: Watched): FirmwareEntry[] {
  const entries: FirmwareEntry[] = [];
  const entry = target.symbols.lookup("_start", "firmware") ?? 0n;
  target.breakpoints.add(entry, (hart) => {
    const [a0, a1] = ["a0", "a1"].map((name) => target.readRegister(hart, name) ?? 0n) as [bigint, bigint];
    entries.push({ hart, privilege: target.hartStatus(hart).privilege, a0, a1 });
    return "go-on";
  });
  return entries;
}

/** Puts ones where the kernel has to clear memory itself: RAM is 0 at power-on. */
function dirtyBss({ memory, target }: Watched): void {
  const [from, to] = [memory.address("__bss_start"), memory.address("__bss_stop")];
  target.writePhysical(memory.physical("__bss_start"), new Uint8Array(Number(to - from)).fill(0xff));
}

function attempt(look: () => unknown): unknown {
  try {
    return look();
  } catch (error) {
    return error;
  }
}

export class ObservedBoot {
  readonly commandLine = COMMAND_LINE;
  readonly harts: number;
  readonly records: readonly TraceRecord[];
  readonly memory: KernelMemory;
  readonly output: string;
  readonly #watched: Watched;
  readonly #seen: ReadonlyMap<Moment, unknown>;

  /** What each hart brought along when it came to the firmware. */
  readonly firmwareEntries: readonly FirmwareEntry[];

  /** The task with which each hart first came to its idle loop. */
  readonly idlers: ReadonlyMap<number, { pid: number; task: bigint }>;
  /** All interrupts of all harts in a second in which there is nothing to do. */
  readonly interruptsInIdleSecond: number;

  private constructor(
    watched: Watched,
    records: readonly TraceRecord[],
    seen: ReadonlyMap<Moment, unknown>,
    firmwareEntries: readonly FirmwareEntry[],
    idlers: ReadonlyMap<number, { pid: number; task: bigint }>,
    interruptsInIdleSecond: number,
  ) {
    this.idlers = idlers;
    this.interruptsInIdleSecond = interruptsInIdleSecond;
    this.firmwareEntries = firmwareEntries;
    this.#watched = watched;
    this.harts = watched.target.hartCount;
    this.records = records;
    this.memory = watched.memory;
    this.output = watched.machine.console.output;
    this.#seen = seen;
  }

  /** `names` are functions to be traced beside those of the boot path that people see. */
  static async watch(
    harts: number,
    moments: readonly Moment[],
    names: readonly string[],
    options: CreateOptions = {},
  ): Promise<ObservedBoot> {
    const watched = await Watched.create({ append: COMMAND_LINE, ...options, harts });
    const { machine, memory, target } = watched;
    dirtyBss(watched);
    const entries = firmwareEntriesOf(watched);
    const known = new Set(BOOT_PATH.map(({ name }) => name));
    const more = [...new Set(names)].filter((name) => !known.has(name));
    const steps = more.map((name) => ({ name, image: "kernel", firstOnly: true }) as const);
    const trace = new BootTrace(target, [...BOOT_PATH, ...steps]);
    const seen = new Map<Moment, unknown>();
    for (const name of new Set(moments.map(({ at }) => at))) {
      const list = moments.filter(({ at }) => at === name);
      if (name === "reset") for (const moment of list) seen.set(moment, moment.look(memory, 0, 0n));
      if (!memory.has(name)) continue;
      const pid = BOOT_PATH.find((step) => step.name === name)?.pid;
      watched.onEntry(name, (hart) => {
        if (pid !== undefined && memory.c("current->pid", hart) !== BigInt(pid)) return true;
        const argument = watched.register(hart, "a0");
        const look = (moment: Moment, here: number): unknown =>
          seen.set(
            moment,
            attempt(() => moment.look(memory, here, argument)),
          );
        for (const moment of list) {
          if (moment.when === "entry") look(moment, hart);
          else watched.onReturn(hart, (here) => void look(moment, here));
        }
        return false;
      });
    }
    const idlers = new Map<number, { pid: number; task: bigint }>();
    watched.onEntry("cpu_startup_entry", (hart) => {
      idlers.set(hart, { pid: Number(memory.c("current->pid", hart)), task: watched.register(hart, "tp") });
    });
    await machine.console.expect(/login: /);
    machine.run({ cycles: AFTERWARDS });
    const interrupts = { count: 0 };
    const counter = target.breakpoints.add(memory.address("do_irq"), () => {
      interrupts.count++;
      return "go-on";
    });
    machine.run({ cycles: CYCLES_PER_SECOND });
    counter.remove();
    return new ObservedBoot(watched, trace.records, seen, entries, idlers, interrupts.count);
  }

  /** What there was to see at a moment. */
  saw(moment: Moment): unknown {
    if (!this.#seen.has(moment)) throw new Error(`${moment.at} was not seen at its ${moment.when}`);
    const value = this.#seen.get(moment);
    if (value instanceof Error) throw value;
    return value;
  }

  /** The CPUs' numbers are those of the device tree, with the boot hart in front; here are the harts by CPU. */
  get hartOf(): number[] {
    return Array.from({ length: this.harts }, (_, cpu) =>
      Number(this.memory.c(`__cpuid_to_hartid_map[${cpu}]`)),
    );
  }

  /** A mask with one bit for each CPU. */
  get allCpus(): bigint {
    return (1n << BigInt(this.harts)) - 1n;
  }

  /** The function at an address. */
  symbolAt(address: bigint): string {
    return this.#watched.target.symbols.describe(address);
  }

  all(name: string): TraceRecord[] {
    return this.records.filter((record) => record.name === name && record.image === "kernel");
  }

  first(name: string): TraceRecord {
    const found = this.all(name)[0];
    if (!found) throw new Error(`${name} was not entered`);
    return found;
  }

  /** The functions were entered one after the other, each for the first time. */
  inOrder(...names: string[]): void {
    const places = names.map((name) => this.records.indexOf(this.first(name)));
    for (let i = 1; i < places.length; i++) {
      if ((places[i - 1] ?? 0) >= (places[i] ?? 0))
        throw new Error(`${names[i]} came before ${names[i - 1]}`);
    }
  }

  /** Another machine with as many harts, not yet running. */
  another(options: CreateOptions = {}): Promise<Watched> {
    return Watched.create({ ...options, harts: this.harts });
  }

  dispose(): void {
    this.#watched.dispose();
  }
}
