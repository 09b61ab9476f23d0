/** Packets that read and write memory and set breakpoints: m M X Z z. */
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
  return (args, { target, generalHart }) => {
    const colon = args.indexOf(":");
    const range = parseRange(args.slice(0, Math.max(colon, 0)));
    const bytes = decode(args.slice(colon + 1));
    if (range === undefined || bytes?.length !== range.length) return E_MALFORMED;
    return target.writeMemory(generalHart, range.address, bytes) ? OK : E_FAULT;
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

/** Software (0) and hardware (1) execution breakpoints are the same here. */
function executionOnly(handler: (args: string, context: RspContext) => string): Handler {
  return (args, context) => (/^[01],/.test(args) ? handler(args, context) : UNSUPPORTED);
}

export const MEMORY_COMMANDS: CommandTable = {
  m: (args, { target, generalHart }) => {
    const range = parseRange(args);
    if (range === undefined || range.length === 0) return E_MALFORMED;
    const bytes = target.readMemory(generalHart, range.address, Math.min(range.length, PACKET_SIZE / 2));
    return bytes.length === 0 ? E_FAULT : hexOfBytes(bytes);
  },
  M: write(bytesOfHex),
  X: write(bytesOfString),
  Z: executionOnly(insert),
  z: executionOnly(remove),
};
