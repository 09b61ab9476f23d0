/** The kernel's task list, read from guest memory with the offsets that its ELF file exports. */
import type { SymbolTable } from "../debug/symbols.ts";

export interface Task {
  /** Address of the task_struct. */
  readonly address: bigint;
  readonly pid: number;
  readonly parent: number | undefined;
  readonly name: string;
  readonly state: string;
  readonly cpu: number | undefined;
  /** Has no user memory of its own. */
  readonly kernelThread: boolean;
}

type Read = (address: bigint, length: number) => Uint8Array;

const COMM_BYTES = 16;
/** A damaged list must not be followed for ever. */
const MOST_TASKS = 1000;

/** Bits of `__state` and the letters that ps shows for them. */
const STATES: readonly [number, string][] = [
  [0x1, "sleeping"],
  [0x2, "waiting"],
  [0x4, "stopped"],
  [0x8, "traced"],
  [0x20, "zombie"],
  [0x10, "dead"],
  [0x80, "dead"],
  [0x400, "idle"],
];

function stateName(state: number): string {
  if (state === 0) return "running";
  return STATES.find(([bit]) => state & bit)?.[1] ?? `0x${state.toString(16)}`;
}

/** Undefined when the kernel does not tell where the fields of its task_struct are. */
export function readTasks(symbols: SymbolTable, read: Read): Task[] | undefined {
  const first = symbols.lookup("init_task", "kernel");
  const offset = (field: string): bigint | undefined =>
    symbols.lookup(`__offset_task_struct_${field}`, "kernel");
  const tasksAt = offset("tasks");
  const pidAt = offset("pid");
  if (first === undefined || tasksAt === undefined || pidAt === undefined) return undefined;

  const word = (address: bigint, size: 4 | 8): bigint | undefined => {
    const bytes = read(address, size);
    if (bytes.length < size) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    return size === 8 ? view.getBigUint64(0, true) : BigInt(view.getInt32(0, true));
  };
  const field = (task: bigint, name: string, size: 4 | 8): bigint | undefined => {
    const at = offset(name);
    return at === undefined ? undefined : word(task + at, size);
  };
  const comm = (task: bigint): string => {
    const at = offset("comm");
    const bytes = at === undefined ? new Uint8Array(0) : read(task + at, COMM_BYTES);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  };

  const tasks: Task[] = [];
  let address = first;
  do {
    const pid = field(address, "pid", 4);
    if (pid === undefined) break;
    const parent = field(address, "parent", 8);
    const parentPid = parent === undefined ? undefined : field(parent, "pid", 4);
    const cpu = field(address, "cpu", 4);
    tasks.push({
      address,
      pid: Number(pid),
      parent: parentPid === undefined ? undefined : Number(parentPid),
      name: comm(address),
      state: stateName(Number(field(address, "__state", 4) ?? 0n)),
      cpu: cpu === undefined ? undefined : Number(cpu),
      kernelThread: field(address, "mm", 8) === 0n,
    });
    const next = word(address + tasksAt, 8);
    if (next === undefined || next === 0n) break;
    address = next - tasksAt;
  } while (address !== first && tasks.length < MOST_TASKS);
  return tasks;
}
