/** Reads QEMU's way of writing options: one dash or two, `128M`, `tcp::1234`, `file=disk.img,format=raw`. */
import { MAX_HARTS } from "../spec/machine-map.ts";
import { HartbeatError } from "./errors.ts";
import { type CyclePlace, cycleOf, parseCycle } from "./trace/place.ts";

/** Options of `hartbeat boot` that take a value, by their long names. */
const VALUE_OPTIONS = [
  "kernel",
  "symbols",
  "initrd",
  "append",
  "dtb",
  "smp",
  "bios",
  "drive",
  "device",
  "netdev",
  "chardev",
  "rtc",
  "gdb",
  "dap",
  "memory",
  "signature",
  "signature-granularity",
  "max-cycles",
  "load",
  "save",
  "record",
  "replay",
  "pipeline",
  "stats-json",
  "trace-pipeline",
  "annotate",
  "speedscope",
  "perfetto",
  "from",
  "to",
  "until",
] as const;

/** Options of `hartbeat boot` without a value that QEMU writes with one dash. */
const FLAG_OPTIONS = [
  "nographic",
  "no-reboot",
  "snapshot",
  "trace-boot",
  "stats",
  "help",
  "version",
] as const;

const MiB = 1024 * 1024;
const SMALLEST_RAM = 16 * MiB;
const LARGEST_RAM = 2048 * MiB;
const UNITS: Record<string, number> = { "": MiB, K: 1024, M: MiB, G: 1024 * MiB };

/** Spike's way of writing `--signature FILE` and `--signature-granularity N`. */
const SPIKE_OPTION = /^\+(signature(?:-granularity)?)=/;

/** A disk image as `-drive` names it. */
export interface DriveOption {
  readonly file: string;
  readonly readonly: boolean;
  /** What the guest writes is forgotten at the end. */
  readonly snapshot: boolean;
  /** Set when the disk waits for a `-device` to plug it in (`if=none`), which names it so. */
  readonly id?: string;
}

/**
 * Turns `-kernel F`, `--kernel F` and `-kernel=F` into the one form `--kernel=F`, so that a value which itself
 * begins with a dash is never taken for an option. Words that are no option of ours stay as they are.
 */
export function normaliseArguments(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] as string).replace(SPIKE_OPTION, "--$1=");
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

/** The port of `-gdb tcp::PORT`, or of another option. The server listens on loopback only, so no other host may stand there. */
export function parseGdb(text: string, option = "-gdb"): number {
  const match = /^tcp:(localhost|127\.0\.0\.1)?:(\d+)$/.exec(text);
  if (!match) throw new HartbeatError(`${option} ${text}: write tcp::PORT, such as tcp::1234`);
  return parsePort(match[2] as string, option);
}

/** The fields of an option such as `file=a,format=raw`; two commas in a value stand for one. */
export function fieldsOf(option: string, text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of text.split(/(?<!,),(?!,)/)) {
    const equals = field.indexOf("=");
    if (equals < 0) throw new HartbeatError(`${option} ${text}: '${field}' is not NAME=VALUE`);
    fields.set(field.slice(0, equals), field.slice(equals + 1).replaceAll(",,", ","));
  }
  return fields;
}

/** Refuses fields other than `known`. */
export function rejectOthers(
  option: string,
  text: string,
  fields: Map<string, string>,
  known: readonly string[],
): void {
  const unknown = [...fields.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const names = known
    .map((name) => `${name}=`)
    .join(", ")
    .replace(/, ([^,]*)$/, " and $1");
  throw new HartbeatError(
    `${option} ${text}: '${unknown}' is unknown; ${names ? `use ${names}` : "it has no fields"}`,
  );
}

/** The image of `-drive file=F[,format=raw][,readonly=on|off][,snapshot=on|off][,if=virtio|none][,id=ID]`. */
export function parseDrive(text: string): DriveOption {
  const fields = fieldsOf("-drive", text);
  rejectOthers("-drive", text, fields, ["file", "format", "readonly", "snapshot", "if", "id"]);
  const fail = (problem: string): never => {
    throw new HartbeatError(`-drive ${text}: ${problem}`);
  };
  const isOn = (name: string): boolean => {
    const value = fields.get(name) ?? "off";
    return value === "on" || (value !== "off" && fail(`${name} is on or off`));
  };
  const file = fields.get("file") || fail("name the image with file=PATH");
  if ((fields.get("format") ?? "raw") !== "raw") fail("only format=raw is supported");
  const drive = { file, readonly: isOn("readonly"), snapshot: isOn("snapshot") };
  const place = fields.get("if") ?? "virtio";
  if (place === "virtio") return drive;
  if (place !== "none") fail("if is virtio or none");
  return {
    ...drive,
    id: fields.get("id") || fail("if=none needs id=ID, for -device virtio-blk-device,drive=ID"),
  };
}

/** What the real-time clock starts at, of `-rtc base=utc|localtime|DATE[TTIME]`, in milliseconds since 1970. */
export function parseRtc(text: string, now: Date): number {
  const fields = fieldsOf("-rtc", text);
  rejectOthers("-rtc", text, fields, ["base"]);
  const base = fields.get("base") ?? "";
  // Whole seconds, so that the moment can be named again.
  const second = now.getTime() - (now.getTime() % 1000);
  if (base === "utc") return second;
  if (base === "localtime") return second - now.getTimezoneOffset() * 60_000;
  const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/.test(base);
  const moment = isDate ? Date.parse(base.includes("T") ? `${base}Z` : base) : Number.NaN;
  if (!(moment >= 0)) {
    throw new HartbeatError(`-rtc ${text}: base is utc, localtime or a date such as 2026-01-31T12:00:00`);
  }
  return moment;
}

/** Cycles of `--max-cycles N`, or of `+N`, which counts from where the run begins. */
export function parseCycles(text: string): CyclePlace {
  const limit = parseCycle(text);
  if (limit === undefined || cycleOf(limit, 0) === 0) {
    throw new HartbeatError(`--max-cycles ${text}: give a number of cycles such as 500000, 100M or +1M`);
  }
  return limit;
}

/** Bytes in a line of `--signature`. */
export function parseGranularity(text: string): 4 | 8 {
  if (text === "4") return 4;
  if (text === "8") return 8;
  throw new HartbeatError(`--signature-granularity ${text}: give 4 or 8 bytes`);
}
