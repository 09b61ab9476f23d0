/** Packets that read and write memory and set breakpoints and watchpoints: m M X Z z. */
import type { WatchKind, WatchRange } from "../watchpoints.ts";
import {
  type CommandTable,
  E_FAULT,
  E_MALFORMED,
  type Handler,
  OK,
  type RspContext,
  UNSUPPORTED,
} from "./commands.ts";
import { PACKET_SIZE } from "./framing.ts";
import { bytesOfHex, bytesOfString, hexOfBytes, parseCount, parseWord } from "./hex.ts";

/** `addr,length` at the start of a packet, up to `end`. */
function parseRange(text: string): { address: bigint; length: number } | undefined {
  const [first = "", second = "", ...rest] = text.split(",");
  const address = parseWord(first);
  const length = parseCount(second);
  if (address === undefined || length === undefined || rest.length > 0) return undefined;
  return { address, length };
}

/** A write packet: `addr,length:data`. */
function write(decode: (data: string) => Uint8Array | undefined): Handler {
  return (args, { target, generalHart, physicalAddresses }) => {
    const colon = args.indexOf(":");
    const range = parseRange(args.slice(0, Math.max(colon, 0)));
    const bytes = decode(args.slice(colon + 1));
    if (range === undefined || bytes?.length !== range.length) return E_MALFORMED;
    const done = physicalAddresses
      ? target.writePhysical(range.address, bytes)
      : target.writeMemory(generalHart, range.address, bytes);
    return done ? OK : E_FAULT;
  };
}

/** `type,addr,kind[;conditions]`. The packets must be idempotent; software and hardware kinds are held apart. */
function parseBreakpoint(args: string): { type: string; address: bigint } | undefined {
  const [type = "", first = ""] = args.split(";")[0]?.split(",") ?? [];
  const address = parseWord(first);
  return address === undefined ? undefined : { type, address };
}

function insert(args: string, { target, breakpoints }: RspContext): string {
  const breakpoint = parseBreakpoint(args);
  if (breakpoint === undefined) return E_MALFORMED;
  const { type, address } = breakpoint;
  const types = breakpoints.get(address) ?? new Set();
  if (types.size === 0) {
    if (!target.insertBreakpoint(address)) return E_FAULT;
  }
  breakpoints.set(address, types.add(type));
  return OK;
}

function remove(args: string, { target, breakpoints }: RspContext): string {
  const breakpoint = parseBreakpoint(args);
  if (breakpoint === undefined) return E_MALFORMED;
  const { type, address } = breakpoint;
  const types = breakpoints.get(address);
  if (types?.delete(type) && types.size === 0) {
    breakpoints.delete(address);
    target.removeBreakpoint(address);
  }
  return OK;
}

const WATCH_KINDS: Readonly<Record<string, WatchKind>> = { "2": "write", "3": "read", "4": "access" };
/** The longest range that is watched: GDB watches variables. */
const LONGEST_WATCH = 0x1000;

/** `type,addr,length`, types 2 to 4. */
function parseWatch(args: string): WatchRange | undefined {
  const [type = "", first = "", second = ""] = args.split(";")[0]?.split(",") ?? [];
  const kind = WATCH_KINDS[type];
  const address = parseWord(first);
  const length = parseCount(second);
  if (kind === undefined || address === undefined || length === undefined) return undefined;
  return length > 0 && length <= LONGEST_WATCH ? { address, length, kind } : undefined;
}

const keyOf = ({ address, length, kind }: WatchRange): string => `${kind} ${address} ${length}`;

function watch(args: string, { target, watchpoints }: RspContext): string {
  const range = parseWatch(args);
  if (range === undefined) return E_MALFORMED;
  if (watchpoints.has(keyOf(range))) return OK;
  if (!target.insertWatchpoint(range)) return E_FAULT;
  watchpoints.set(keyOf(range), range);
  return OK;
}

function unwatch(args: string, { target, watchpoints }: RspContext): string {
  const range = parseWatch(args);
  if (range === undefined) return E_MALFORMED;
  if (watchpoints.delete(keyOf(range))) target.removeWatchpoint(range);
  return OK;
}

/** Software (0) and hardware (1) execution breakpoints are the same here; 2 to 4 watch data. */
function byType(
  execution: (args: string, context: RspContext) => string,
  data: (args: string, context: RspContext) => string,
): Handler {
  return (args, context) => {
    if (/^[01],/.test(args)) return execution(args, context);
    return /^[234],/.test(args) ? data(args, context) : UNSUPPORTED;
  };
}

export const MEMORY_COMMANDS: CommandTable = {
  m: (args, { target, generalHart, physicalAddresses }) => {
    const range = parseRange(args);
    if (range === undefined || range.length === 0) return E_MALFORMED;
    const length = Math.min(range.length, PACKET_SIZE / 2);
    const bytes = physicalAddresses
      ? target.readPhysical(range.address, length)
      : target.readMemory(generalHart, range.address, length);
    return bytes.length === 0 ? E_FAULT : hexOfBytes(bytes);
  },
  M: write(bytesOfHex),
  X: write(bytesOfString),
  Z: byType(insert, watch),
  z: byType(remove, unwatch),
};
