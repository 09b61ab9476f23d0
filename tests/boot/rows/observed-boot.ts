/** One boot to the login prompt, watched from outside: who entered which function where, and what memory held. */
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { type CreateOptions, Machine } from "../../../host/node/index.ts";
import { BOOT_PATH } from "../../../host/trace/boot-path.ts";
import { BootTrace, type TraceRecord } from "../../../host/trace/boot-trace.ts";

/** What a boot may take from the prompt until all of it is idle. */
const AFTERWARDS = 20_000_000;

/** Words of the kernel's memory by symbol, and fields of its tasks. Field offsets are symbols of the kernel, too. */
export class KernelMemory {
  readonly #target: MachineTarget;
  readonly #machine: Machine;

  constructor(target: MachineTarget, machine: Machine) {
    this.#target = target;
    this.#machine = machine;
  }

  address(symbol: string): bigint {
    const address = this.#target.symbols.lookup(symbol, "kernel");
    if (address === undefined) throw new Error(`the kernel has no symbol ${symbol}`);
    return address;
  }

  has(symbol: string): boolean {
    return this.#target.symbols.lookup(symbol, "kernel") !== undefined;
  }

  /** The flags of the Sv39 leaf that maps an address for the kernel; 0n where there is none. */
  leafFlags(address: bigint): bigint {
    let table = this.#machine.core.translate(0, this.address("swapper_pg_dir")) ?? 0;
    for (const shift of [30n, 21n, 12n]) {
      const index = Number((address >> shift) & 0x1ffn);
      const bytes = this.#machine.readPhysical(table + 8 * index, 8);
      const entry = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
      if ((entry & 1n) === 0n) return 0n;
      if ((entry & 0xen) !== 0n) return entry & 0xffn;
      table = Number((entry >> 10n) << 12n);
    }
    return 0n;
  }

  u64(place: string | bigint): bigint {
    return this.#view(place, 8).getBigUint64(0, true);
  }

  u32(place: string | bigint): number {
    return this.#view(place, 4).getUint32(0, true);
  }

  u8(place: string | bigint): number {
    return this.#view(place, 1).getUint8(0);
  }

  text(place: string | bigint, most = 256): string {
    const address = typeof place === "string" ? this.address(place) : place;
    const bytes = this.#target.readMemory(0, address, most);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  field(base: bigint, struct: string, member: string): bigint {
    return base + this.address(`__offset_${struct}_${member}`);
  }

  /** A per-CPU variable of one CPU. */
  perCpu(symbol: string, cpu: number): bigint {
    return this.address(symbol) + this.u64(this.address("__per_cpu_offset") + BigInt(8 * cpu));
  }

  /** The leaders of all thread groups but task 0's. */
  tasks(): { address: bigint; pid: number; parent: number; comm: string }[] {
    const links = this.address("__offset_task_struct_tasks");
    const init = this.address("init_task");
    const tasks = [];
    for (let at = this.u64(init + links) - links; at !== init; at = this.u64(at + links) - links) {
      tasks.push({
        address: at,
        pid: this.u32(this.field(at, "task_struct", "pid")),
        parent: this.u32(this.field(this.u64(this.field(at, "task_struct", "parent")), "task_struct", "pid")),
        comm: this.text(this.field(at, "task_struct", "comm"), 16),
      });
    }
    return tasks;
  }

  #view(place: string | bigint, length: number): DataView {
    const address = typeof place === "string" ? this.address(place) : place;
    const bytes = this.#target.readMemory(0, address, length);
    if (bytes.length !== length) throw new Error(`0x${address.toString(16)} is not mapped`);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}

/** A look into memory when a function is entered for the first time. */
export type Probe = (memory: KernelMemory) => unknown;

function look(probe: Probe, memory: KernelMemory): unknown {
  try {
    return probe(memory);
  } catch (error) {
    return error;
  }
}

export class ObservedBoot {
  readonly harts: number;
  readonly records: readonly TraceRecord[];
  readonly memory: KernelMemory;
  readonly output: string;
  readonly #machine: Machine;
  readonly #seen: ReadonlyMap<Probe, unknown>;
  /** The pid with which each hart first came to its idle loop. */
  readonly idlers: ReadonlyMap<number, number>;

  private constructor(
    machine: Machine,
    target: MachineTarget,
    records: readonly TraceRecord[],
    seen: ReadonlyMap<Probe, unknown>,
    idlers: ReadonlyMap<number, number>,
  ) {
    this.idlers = idlers;
    this.#machine = machine;
    this.harts = target.hartCount;
    this.records = records;
    this.memory = new KernelMemory(target, machine);
    this.output = machine.console.output;
    this.#seen = seen;
  }

  /** `probes` are looked at when the functions that they are listed under are entered. */
  static async watch(
    harts: number,
    probes: ReadonlyMap<string, readonly Probe[]>,
    options: Pick<CreateOptions, "append" | "drives"> = {},
  ): Promise<ObservedBoot> {
    const machine = await Machine.create({ harts, ...options });
    const target = new MachineTarget(machine);
    const trace = new BootTrace(target, [
      ...BOOT_PATH,
      { name: "numa_default_policy", image: "kernel" },
      { name: "pti_finalize", image: "kernel" },
      { name: "set_mems_allowed", image: "kernel" },
      { name: "kunit_run_all_tests", image: "kernel" },
      { name: "firmware_init", image: "kernel" },
      { name: "hypervisor_init", image: "kernel" },
      { name: "container_dev_init", image: "kernel" },
    ]);
    const memory = new KernelMemory(target, machine);
    const seen = new Map<Probe, unknown>();
    for (const [name, list] of probes) {
      if (!memory.has(name)) continue;
      const breakpoint = target.breakpoints.add(memory.address(name), () => {
        breakpoint.remove();
        for (const probe of list) seen.set(probe, look(probe, memory));
        return "go-on";
      });
    }
    const idlers = new Map<number, number>();
    target.breakpoints.add(memory.address("cpu_startup_entry"), (hart) => {
      const task = target.readRegister(hart, "tp") ?? 0n;
      idlers.set(hart, memory.u32(memory.field(task, "task_struct", "pid")));
      return "go-on";
    });
    await machine.console.expect(/login: /);
    machine.run({ cycles: AFTERWARDS });
    return new ObservedBoot(machine, target, trace.records, seen, idlers);
  }

  /** What the probe saw, or the error that it met. */
  saw(probe: Probe): unknown {
    return this.#seen.get(probe);
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

  dispose(): void {
    this.#machine.dispose();
  }
}
