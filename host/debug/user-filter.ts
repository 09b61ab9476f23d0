/**
 * Which user programs a breakpoint is meant for: all have the same addresses, so an address alone says little. A program is
 * known by its task's name, a process by its pid, an address space by the page of its root page table in satp.
 */
import { PRIVILEGE } from "../../spec/riscv.ts";
import type { Core } from "../core/core.ts";
import type { SymbolTable } from "./symbols.ts";

export type UserFilter =
  | { readonly program: string }
  | { readonly pid: number }
  /** Bits 43:0 of satp; address space identifiers are given anew now and then, root page tables stay. */
  | { readonly root: bigint };

/** The task that a hart works for. */
export interface CurrentTask {
  readonly address: bigint;
  readonly pid: number;
  readonly name: string;
}

/** User programs lie below this address. */
export const USER_END = 1n << 63n;
const ROOT_MASK = (1n << 44n) - 1n;
const COMM_BYTES = 16;

type Read = (hart: number, address: bigint, length: number) => Uint8Array;

/**
 * By the kernel's `task_struct`, where its ELF file tells the fields' offsets: in S-mode it is in tp; in U-mode in
 * sscratch; the firmware leaves both alone. Undefined before there are tasks.
 */
export function currentTask(
  { core, symbols }: { readonly core: Core; readonly symbols: SymbolTable },
  read: Read,
  hart: number,
): CurrentTask | undefined {
  const [nameAt, pidAt] = ["comm", "pid"].map((field) =>
    symbols.lookup(`__offset_task_struct_${field}`, "kernel"),
  );
  if (nameAt === undefined || pidAt === undefined) return undefined;
  const record = core.hart(hart);
  const tp = record.get("x", 4);
  const scratch = record.get("sscratch");
  const inKernel = record.get("priv") === BigInt(PRIVILEGE.S);
  // The first instruction of the trap entry swaps the two.
  const address = (inKernel ? [tp, scratch] : [scratch, tp]).find((candidate) => candidate >= USER_END);
  if (address === undefined) return undefined;
  const name = read(hart, address + nameAt, COMM_BYTES);
  const pid = read(hart, address + pidAt, 4);
  if (name.length < COMM_BYTES || pid.length < 4) return undefined;
  const end = name.indexOf(0);
  return {
    address,
    pid: new DataView(pid.buffer, pid.byteOffset).getInt32(0, true),
    name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
  };
}

/** What a filter asks about a hart. */
export interface HartInUser {
  task(): CurrentTask | undefined;
  satp(): bigint;
}

export function filterAdmits(filter: UserFilter, hart: HartInUser): boolean {
  if ("root" in filter) return (hart.satp() & ROOT_MASK) === filter.root;
  const task = hart.task();
  return "pid" in filter ? task?.pid === filter.pid : task?.name === filter.program;
}

export function describeFilter(filter: UserFilter | undefined): string {
  if (filter === undefined) return "any program";
  if ("program" in filter) return `${filter.program} only`;
  if ("pid" in filter) return `process ${filter.pid} only`;
  return `the address space with its root page table at 0x${(filter.root << 12n).toString(16)} only`;
}

/** The address space that a hart is in, for as long as its process lives. */
export const addressSpace = (satp: bigint): UserFilter => ({ root: satp & ROOT_MASK });
