/** What a debugger needs of a machine: harts, registers by name, memory by virtual address, breakpoints, run control. */

import type { Inspector } from "./inspector.ts";
import type { CurrentTask, UserFilter } from "./user-filter.ts";
import type { WatchKind, WatchRange } from "./watchpoints.ts";

/** Privilege mode of a hart. */
export type Privilege = "M" | "S" | "U";

/** `wfi`: waits for an interrupt. */
export type HartActivity = "running" | "wfi";

export interface HartStatus {
  readonly privilege: Privilege;
  readonly activity: HartActivity;
}

/** Why the machine stands still. A machine that ended answers resume and step with the same `exit` again. */
export type Stop =
  | { readonly kind: "breakpoint" | "step" | "interrupt"; readonly hart: number }
  /** A watched access at `address`, just made, or just undone when going back. */
  | { readonly kind: "watch"; readonly hart: number; readonly address: bigint; readonly access: WatchKind }
  /** The start of what can be gone back to. */
  | { readonly kind: "begin"; readonly hart: number }
  | { readonly kind: "exit"; readonly status: number };

/** All harts stop and go together. Registers and memory may be used whenever the machine is not inside its core. */
export interface DebugTarget {
  readonly hartCount: number;
  /** Whether the machine is meant to run (it may be idle). */
  readonly running: boolean;
  /** Guest cycles since reset. */
  readonly cycles: number;

  hartStatus(hart: number): HartStatus;
  /** The task that the hart works for, where the kernel tells. */
  hartTask(hart: number): CurrentTask | undefined;
  /** Names: the ABI names of the x registers, `pc`, `priv`, CSR names, ABI names of the f registers. */
  readRegister(hart: number, name: string): bigint | undefined;
  /** False when the hart has no such register or it is read-only. */
  writeRegister(hart: number, name: string, value: bigint): boolean;
  /** Reads through the translation of `hart`; shorter than `length` (or empty) where memory ends. */
  readMemory(hart: number, address: bigint, length: number): Uint8Array;
  /** False, and nothing written, unless the whole range is writable memory. */
  writeMemory(hart: number, address: bigint, bytes: Uint8Array): boolean;

  /** The same by physical address. */
  readPhysical(address: bigint, length: number): Uint8Array;
  writePhysical(address: bigint, bytes: Uint8Array): boolean;

  /** Stops every hart whose pc comes to `address`, before it executes there. False when there are too many. */
  insertBreakpoint(address: bigint): boolean;
  removeBreakpoint(address: bigint): void;

  /** Stops the hart that makes such an access. False when there are too many. */
  insertWatchpoint(range: WatchRange): boolean;
  removeWatchpoint(range: WatchRange): void;

  /** Lets the machine run until it stops, which `onStop` reports. */
  resume(): void;
  /** Steps one hart until its pc has left [first, end), or for a good while. */
  stepRange(hart: number, first: bigint, end: bigint): void;
  /** Takes the last instruction of one hart back, with all that came after it, and reports a `step` stop or `begin`. */
  stepBack(hart: number): void;
  /** Goes back to the last breakpoint or watched access before, or to the start, and reports the stop. */
  resumeBack(): void;
  /** Starts to keep what it takes to go back. */
  keepHistory(): void;
  /** Goes to a guest cycle, back or on, and stands there. */
  goToCycle(cycle: number): void;
  /** Breakpoints at user addresses stop only this program; undefined: any. */
  userFilter: UserFilter | undefined;
  /** Answers for people; undefined where there is nobody to ask. */
  readonly inspector: Inspector | undefined;
  /** Executes one instruction on one hart, the others standing still, and reports a `step` stop. */
  step(hart: number): void;
  /** Stops a running machine and reports an `interrupt` stop; does nothing to one that stands. */
  interrupt(): void;
  /** The one listener for stops; may be called within resume, step or interrupt. */
  onStop: ((stop: Stop) => void) | undefined;

  /** Back to power-on, standing still. */
  reset(): void;
  /** Ends the machine. */
  quit(): void;
}
