/** What all packet handlers share: the session as they see it, error replies, thread ids. */
import type { DebugTarget } from "../target.ts";
import type { WatchRange } from "../watchpoints.ts";
import { parseCount } from "./hex.ts";
import type { RegisterSet } from "./registers.ts";

/** The session's state that packets read and change. */
export interface RspContext {
  readonly target: DebugTarget;
  readonly registers: RegisterSet;
  /** Absolute path of the ELF file that the machine runs, in UTF-8, one character to a byte. */
  readonly execFile: string | undefined;
  /** Hart of `g`, `m` and the like (`Hg`). */
  generalHart: number;
  /** The hart that people look at, as far as packets tell (`SelectedHart`). */
  readonly selectedHart: number;
  /** GDB read the list of threads. */
  threadsListed(): void;
  /** GDB asked whether the thread of this hart is there. */
  threadAsked(hart: number): void;
  /** Hart of `c` and `s` (`Hc`); undefined means all of them. */
  resumeHart: number | undefined;
  /** Whether the client knows the `swbreak` stop reason. */
  reportsBreakpoints: boolean;
  /** No more `+` and `-` after the reply to the present packet. */
  acknowledges: boolean;
  /** Breakpoint kinds (`Z0`, `Z1`) held at each address: packets may be repeated, so kinds do not count twice. */
  readonly breakpoints: Map<bigint, Set<string>>;
  /** Watched ranges (`Z2` to `Z4`), by the packet that set them. */
  readonly watchpoints: Map<string, WatchRange>;
  /** Addresses of `m`, `M` and `X` are physical (`monitor phys`). */
  physicalAddresses: boolean;
  /** Lets the machine go; its next stop is the reply. */
  resume(): void;
  /** Steps one hart; the stop is the reply. */
  step(hart: number): void;
  /** The same until its pc has left [first, end). */
  stepRange(hart: number, first: bigint, end: bigint): void;
  /** The same backwards. */
  stepBack(hart: number): void;
  resumeBack(): void;
  /** The stop reply of the present moment; undefined when it comes later, the machine being stopped first. */
  stopReply(): string | undefined;
  /** Forgets breakpoints and lets the machine run. */
  detach(): void;
}

/** Gives the reply, or undefined when none is due now. An empty reply says "not supported". */
export type Handler = (args: string, context: RspContext) => string | undefined;

/** Handlers by packet prefix; the longest prefix of a packet wins. */
export type CommandTable = Readonly<Record<string, Handler>>;

export const OK = "OK";
export const UNSUPPORTED = "";
/** The client sent something malformed: EINVAL. */
export const E_MALFORMED = "E16";
/** Memory or a register that cannot be reached: EFAULT. */
export const E_FAULT = "E0e";
/** No such thread: ESRCH. */
export const E_NO_THREAD = "E03";

/** GDB counts threads from 1. */
export function threadOfHart(hart: number): string {
  return (hart + 1).toString(16);
}

/** A thread id of the protocol, `TID` or `pPID.TID`: one hart, `any` (0), `all` (-1), or nothing sensible. */
export function parseThread(text: string, hartCount: number): number | "any" | "all" | undefined {
  const id = /^(?:p-?[0-9a-fA-F]+\.)?(-1|[0-9a-fA-F]{1,8})$/.exec(text)?.[1];
  if (id === undefined) return undefined;
  if (id === "-1") return "all";
  const thread = parseCount(id) ?? 0;
  if (thread === 0) return "any";
  return thread <= hartCount ? thread - 1 : undefined;
}

/** The text that `info threads` shows for a hart, as QEMU words it, and its task. */
export function describeHart(target: DebugTarget, hart: number): string {
  const { privilege, activity } = target.hartStatus(hart);
  const task = target.hartTask(hart);
  return `CPU#${hart} [${privilege}, ${activity}]${task ? ` ${task.name}, pid ${task.pid}` : ""}`;
}
