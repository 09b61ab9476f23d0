/** What the handlers of requests share: reading arguments that may be anything, and the table they stand in. */
import { HartbeatError } from "../../errors.ts";

export type Arguments = Readonly<Record<string, unknown>>;

/** Gives the body of the response, or nothing. Throws HartbeatError for what cannot be done. */
export type Handler = (args: Arguments) => object | undefined | Promise<object | undefined>;

/** By the command of the request. */
export type HandlerTable = Readonly<Record<string, Handler>>;

const unfit = (name: string, what: string): never => {
  throw new HartbeatError(`The request needs ${name}: ${what}.`);
};

export function textIn(args: Arguments, name: string): string {
  const value = args[name];
  return typeof value === "string" ? value : unfit(name, "a text");
}

export function optionalText(args: Arguments, name: string): string | undefined {
  const value = args[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberIn(args: Arguments, name: string): number {
  const value = args[name];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : unfit(name, "a whole number");
}

export function optionalNumber(args: Arguments, name: string): number | undefined {
  const value = args[name];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

/** A list of objects; empty when there is none. */
export function objectsIn(args: Arguments, name: string): Arguments[] {
  const value = args[name] ?? [];
  if (!Array.isArray(value)) return unfit(name, "a list");
  return value.filter((each): each is Arguments => typeof each === "object" && each !== null);
}

export function textsIn(args: Arguments, name: string): string[] {
  const value = args[name] ?? [];
  if (!Array.isArray(value)) return unfit(name, "a list of texts");
  return value.filter((each): each is string => typeof each === "string");
}

export function objectIn(args: Arguments, name: string): Arguments {
  const value = args[name];
  return typeof value === "object" && value !== null ? (value as Arguments) : {};
}

/** An address as we gave it out, or as people write it. */
export function addressIn(args: Arguments, name: string): bigint {
  const text = textIn(args, name);
  if (!/^(0x[0-9a-fA-F]{1,16}|\d{1,20})$/.test(text)) return unfit(name, "an address such as 0x80000000");
  return BigInt.asUintN(64, BigInt(text));
}

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
