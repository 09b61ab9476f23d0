/** Reads the named fields of a saved state and rejects what is not of their kind. */
import { HartbeatError } from "../errors.ts";

/** What `state()` of a device gives. */
export type SavedFields = Record<string, unknown>;

function unfit(name: string): never {
  throw new HartbeatError(`The saved state has no fit field '${name}'; take the snapshot again.`);
}

export function numberIn(state: SavedFields, name: string): number {
  const value = state[name];
  return typeof value === "number" && Number.isFinite(value) ? value : unfit(name);
}

export function booleanIn(state: SavedFields, name: string): boolean {
  const value = state[name];
  return typeof value === "boolean" ? value : unfit(name);
}

/** A 64-bit number that was saved as hexadecimal text. */
export function wordIn(state: SavedFields, name: string): bigint {
  return word(state[name]) ?? unfit(name);
}

function word(value: unknown): bigint | undefined {
  return typeof value === "string" && /^0x[0-9a-f]{1,16}$/.test(value) ? BigInt(value) : undefined;
}

export function wordsIn(state: SavedFields, name: string, count: number): bigint[] {
  return listIn(state, name, count).map((value) => word(value) ?? unfit(name));
}

export function bytesIn(state: SavedFields, name: string, count?: number): Uint8Array {
  const value = state[name];
  return value instanceof Uint8Array && (count ?? value.length) === value.length ? value : unfit(name);
}

export function listIn(state: SavedFields, name: string, count?: number): unknown[] {
  const value = state[name];
  return Array.isArray(value) && (count ?? value.length) === value.length ? value : unfit(name);
}

export function numbersIn(state: SavedFields, name: string, count: number): number[] {
  const list = listIn(state, name, count);
  return list.every((value): value is number => typeof value === "number") ? list : unfit(name);
}

/** Moments at which something is due; null where nothing is. */
export function momentsIn(state: SavedFields, name: string, count: number): (number | null)[] {
  const fits = (value: unknown): value is number | null => value === null || typeof value === "number";
  const list = listIn(state, name, count);
  return list.every(fits) ? list : unfit(name);
}

export function fieldsIn(state: SavedFields, name: string): SavedFields {
  return asFields(state[name], name);
}

export function asFields(value: unknown, name: string): SavedFields {
  const plain = typeof value === "object" && value !== null && !Array.isArray(value);
  return plain && !(value instanceof Uint8Array) ? (value as SavedFields) : unfit(name);
}
