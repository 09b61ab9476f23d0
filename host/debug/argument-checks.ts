/** Checks of what scripts give to `machine.debugger`: a wrong number would go on for ever, or be found somewhere deep inside. */
import { HartbeatError } from "../errors.ts";
import { isPosition, type Position } from "../replay/position.ts";
import type { WatchRange } from "./watchpoints.ts";

const KINDS: ReadonlySet<unknown> = new Set(["write", "read", "access"]);

/** Throws HartbeatError unless the machine has such a hart. */
export function checkHart(hart: number, count: number): void {
  if (Number.isInteger(hart) && hart >= 0 && hart < count) return;
  throw new HartbeatError(`There is no hart ${hart}; name one from 0 to ${count - 1}.`);
}

/** Throws HartbeatError unless it is an address. */
export function checkAddress(address: unknown): asserts address is bigint {
  if (typeof address === "bigint") return;
  throw new HartbeatError(`${address} is no address; write it as a bigint, such as 0x80000000n.`);
}

/** Throws HartbeatError unless it is a number of bytes. */
export function checkLength(length: number): void {
  if (Number.isSafeInteger(length) && length >= 0) return;
  throw new HartbeatError(`${length} is no number of bytes; give 0 or more.`);
}

/** Throws HartbeatError unless such a range can be watched. */
export function checkWatch({ length, kind }: Pick<WatchRange, "length" | "kind">): void {
  if (!Number.isSafeInteger(length) || length <= 0) {
    throw new HartbeatError(`A range of ${length} bytes cannot be watched; give a length of 1 or more.`);
  }
  if (!KINDS.has(kind))
    throw new HartbeatError(`There is no kind '${kind}'; write, read or access is watched.`);
}

/** Throws HartbeatError unless it is so much guest time. */
export function checkCycles(cycles: number): void {
  if (typeof cycles === "number" && cycles >= 0) return;
  throw new HartbeatError(`${cycles} is no number of cycles; give 0 or more.`);
}

/** Throws HartbeatError unless it is a guest cycle or a place of a run. */
export function checkGoal(where: Position | number): void {
  if (typeof where === "number" ? Number.isFinite(where) : isPosition(where)) return;
  throw new HartbeatError("goTo takes a guest cycle, or a position that the debugger gave.");
}
