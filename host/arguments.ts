/** Reads QEMU's way of writing options: one dash or two, `128M`, `tcp::1234`, `file=disk.img,format=raw`. */
import { MAX_HARTS } from "../spec/machine-map.ts";
import { HartbeatError } from "./errors.ts";

/** Options of `hartbeat boot` that take a value, by their long names. */
export const VALUE_OPTIONS = ["kernel", "initrd", "append", "smp", "bios", "drive", "gdb", "memory"] as const;

/** Options of `hartbeat boot` without a value that QEMU writes with one dash. */
export const FLAG_OPTIONS = ["nographic", "no-reboot", "trace-boot", "stats", "help", "version"] as const;

const MiB = 1024 * 1024;
const SMALLEST_RAM = 16 * MiB;
const LARGEST_RAM = 2048 * MiB;
const UNITS: Record<string, number> = { "": MiB, K: 1024, M: MiB, G: 1024 * MiB };

/** A disk image as `-drive` names it. */
export interface DriveOption {
  readonly file: string;
  readonly readonly: boolean;
}

/**
 * Turns `-kernel F`, `--kernel F` and `-kernel=F` into the one form `--kernel=F`, so that a value which itself
 * begins with a dash is never taken for an option. Words that are no option of ours stay as they are.
 */
export function normaliseArguments(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const match = /^--?([a-z][a-z-]+)(=.*)?$/s.exec(word);
    const name = match?.[1] ?? "";
    const next = words[i + 1];
    if (word === "-m" && next !== undefined) {
      result.push(`--memory=${next}`);
      i++;
    } else if ((VALUE_OPTIONS as readonly string[]).includes(name)) {
      if (match?.[2] !== undefined) result.push(`--${name}${match[2]}`);
      else if (next === undefined) result.push(`--${name}`);
      else {
        result.push(`--${name}=${next}`);
        i++;
      }
    } else if ((FLAG_OPTIONS as readonly string[]).includes(name))
      result.push(`--${name}${match?.[2] ?? ""}`);
    else if (match) result.push(word.startsWith("--") ? word : `-${word}`);
    else result.push(word);
  }
  return result;
}

/** Bytes of `-m SIZE`: a number with K, M or G; without a letter it counts mebibytes, as in QEMU. */
export function parseMemory(text: string): number {
  const match = /^(?:size=)?(\d+)([KMG]?)B?$/i.exec(text);
  const bytes = match ? Number(match[1]) * (UNITS[(match[2] ?? "").toUpperCase()] ?? 0) : Number.NaN;
  if (!(bytes >= SMALLEST_RAM && bytes <= LARGEST_RAM) || bytes % 4096 !== 0) {
    throw new HartbeatError(`-m ${text}: give a size from 16M to 2G in whole pages, such as 128M`);
  }
  return bytes;
}

/** Harts of `-smp N`. */
export function parseSmp(text: string): number {
  const match = /^(?:cpus=)?(\d{1,3})$/.exec(text);
  const harts = Number(match?.[1]);
  if (!(harts >= 1 && harts <= MAX_HARTS)) {
    throw new HartbeatError(`-smp ${text}: give a number of harts from 1 to ${MAX_HARTS}`);
  }
  return harts;
}

/** A TCP port as a decimal number; `option` names it in the message. 0 asks the system for a free one. */
export function parsePort(text: string, option: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new HartbeatError(`${option} ${text}: give a port number from 0 to 65535`);
  return port;
}

/** The port of `-gdb tcp::PORT`. The server listens on loopback only, so no other host may stand there. */
export function parseGdb(text: string): number {
  const match = /^tcp:(localhost|127\.0\.0\.1)?:(\d+)$/.exec(text);
  if (!match) throw new HartbeatError(`-gdb ${text}: write tcp::PORT, such as tcp::1234`);
  return parsePort(match[2] as string, "-gdb");
}

/** The image of `-drive file=F[,format=raw][,readonly=on|off]`; two commas in a file name stand for one. */
export function parseDrive(text: string): DriveOption {
  const fields = new Map<string, string>();
  for (const field of text.split(/(?<!,),(?!,)/)) {
    const equals = field.indexOf("=");
    if (equals < 0) throw new HartbeatError(`-drive ${text}: '${field}' is not NAME=VALUE`);
    fields.set(field.slice(0, equals), field.slice(equals + 1).replaceAll(",,", ","));
  }
  const { file, format = "raw", readonly = "off", ...others } = Object.fromEntries(fields);
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) {
    throw new HartbeatError(`-drive ${text}: '${unknown}' is unknown; use file=, format= and readonly=`);
  }
  if (!file) throw new HartbeatError(`-drive ${text}: name the image with file=PATH`);
  if (format !== "raw") throw new HartbeatError(`-drive ${text}: only format=raw is supported`);
  if (readonly !== "on" && readonly !== "off")
    throw new HartbeatError(`-drive ${text}: readonly is on or off`);
  return { file, readonly: readonly === "on" };
}
