/** Queries: what the stub can do, threads, the target description, and `monitor` commands. */
import { MACHINE_MAP } from "../../../spec/machine-map.ts";
import {
  type CommandTable,
  describeHart,
  E_MALFORMED,
  E_NO_THREAD,
  OK,
  parseThread,
  type RspContext,
  threadOfHart,
  UNSUPPORTED,
} from "./commands.ts";
import { PACKET_SIZE } from "./framing.ts";
import { bytesOfHex, hexOfString, parseCount, stringOfBytes } from "./hex.ts";
import { runMonitorCommand } from "./monitor.ts";

function supported(args: string, context: RspContext): string {
  context.reportsBreakpoints = args.split(/[:;]/).includes("swbreak+");
  return [
    `PacketSize=${PACKET_SIZE.toString(16)}`,
    "QStartNoAckMode+",
    "vContSupported+",
    "ReverseStep+",
    "ReverseContinue+",
    "swbreak+",
    "qXfer:features:read+",
    "qXfer:threads:read+",
    "qXfer:memory-map:read+",
    ...(context.execFile === undefined ? [] : ["qXfer:exec-file:read+"]),
  ].join(";");
}

function allHarts(context: RspContext): number[] {
  return [...Array(context.target.hartCount).keys()];
}

/** Names of tasks may hold anything; replies are ASCII. */
const escapeXml = (text: string): string =>
  text
    .replace(/[^ -~]/g, "?")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");

function threadList(context: RspContext): string {
  const threads = allHarts(context).map(
    (hart) =>
      `<thread id="${threadOfHart(hart)}" core="${hart}" name="hart ${hart}">` +
      `${escapeXml(describeHart(context.target, hart))}</thread>`,
  );
  return `<?xml version="1.0"?>\n<threads>\n${threads.join("\n")}\n</threads>\n`;
}

/** GDB holds itself to what is listed, so all of the address space is; code in the boot ROM takes no patches. */
const ROM_END = MACHINE_MAP.bootRom.base + MACHINE_MAP.bootRom.size;
const hexadecimal = (value: number | bigint): string => `0x${value.toString(16)}`;
const MEMORY_MAP = [
  '<?xml version="1.0"?>',
  '<!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd">',
  "<memory-map>",
  `<memory type="ram" start="0x0" length="${hexadecimal(MACHINE_MAP.bootRom.base)}"/>`,
  `<memory type="rom" start="${hexadecimal(MACHINE_MAP.bootRom.base)}" length="${hexadecimal(MACHINE_MAP.bootRom.size)}"/>`,
  `<memory type="ram" start="${hexadecimal(ROM_END)}" length="${hexadecimal((1n << 64n) - BigInt(ROM_END))}"/>`,
  "</memory-map>",
  "",
].join("\n");

/** The part of `document` that `offset,length` asks for; `l` marks the last one. */
function transfer(document: string, window: string): string {
  const [first = "", second = "", ...rest] = window.split(",");
  const offset = parseCount(first);
  const length = parseCount(second);
  if (offset === undefined || length === undefined || rest.length > 0) return E_MALFORMED;
  const part = document.slice(offset, offset + Math.min(length, PACKET_SIZE / 2));
  return (offset + part.length < document.length ? "m" : "l") + part;
}

function monitor(args: string, context: RspContext): string {
  const command = bytesOfHex(args);
  if (command === undefined) return E_MALFORMED;
  return hexOfString(runMonitorCommand(stringOfBytes(command), context)) || OK;
}

export const QUERY_COMMANDS: CommandTable = {
  "qSupported:": supported,
  QStartNoAckMode: (_args, context) => {
    context.acknowledges = false;
    return OK;
  },
  qAttached: () => "1",
  "qSymbol:": () => OK,
  "qXfer:features:read:target.xml:": (args, { registers }) => transfer(registers.description, args),
  "qXfer:features:read:": () => "E00",
  /** Any process is the machine. */
  "qXfer:exec-file:read:": (args, { execFile }) => {
    const window = /^(?:[0-9a-fA-F]+)?:(.*)$/.exec(args)?.[1];
    if (execFile === undefined) return UNSUPPORTED;
    return window === undefined ? E_MALFORMED : transfer(execFile, window);
  },
  "qXfer:memory-map:read::": (args) => transfer(MEMORY_MAP, args),
  "qXfer:threads:read::": (args, context) => {
    context.threadsListed();
    return transfer(threadList(context), args);
  },
  "qRcmd,": monitor,

  qC: (args, { generalHart }) => (args === "" ? `QC${threadOfHart(generalHart)}` : UNSUPPORTED),
  qfThreadInfo: (_args, context) => `m${allHarts(context).map(threadOfHart).join(",")}`,
  qsThreadInfo: () => "l",
  "qThreadExtraInfo,": (args, { target }) => {
    const hart = parseThread(args, target.hartCount);
    return typeof hart === "number"
      ? hexOfString(describeHart(target, hart).replace(/[^ -~]/g, "?"))
      : E_NO_THREAD;
  },
  T: (args, context) => {
    const hart = parseThread(args, context.target.hartCount);
    if (typeof hart !== "number") return E_NO_THREAD;
    context.threadAsked(hart);
    return OK;
  },
  Hg: (args, context) => {
    const thread = parseThread(args, context.target.hartCount);
    if (thread === undefined) return E_NO_THREAD;
    if (typeof thread === "number") context.generalHart = thread;
    return OK;
  },
  Hc: (args, context) => {
    const thread = parseThread(args, context.target.hartCount);
    if (thread === undefined) return E_NO_THREAD;
    context.resumeHart = typeof thread === "number" ? thread : undefined;
    return OK;
  },
};
