/** Queries: what the stub can do, threads, the target description, and `monitor` commands. */
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
    "swbreak+",
    "qXfer:features:read+",
    "qXfer:threads:read+",
  ].join(";");
}

function allHarts(context: RspContext): number[] {
  return [...Array(context.target.hartCount).keys()];
}

function threadList(context: RspContext): string {
  const threads = allHarts(context).map(
    (hart) =>
      `<thread id="${threadOfHart(hart)}" core="${hart}">${describeHart(context.target, hart)}</thread>`,
  );
  return `<?xml version="1.0"?>\n<threads>\n${threads.join("\n")}\n</threads>\n`;
}

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
  "qXfer:threads:read::": (args, context) => transfer(threadList(context), args),
  "qRcmd,": monitor,

  qC: (args, { generalHart }) => (args === "" ? `QC${threadOfHart(generalHart)}` : UNSUPPORTED),
  qfThreadInfo: (_args, context) => `m${allHarts(context).map(threadOfHart).join(",")}`,
  qsThreadInfo: () => "l",
  "qThreadExtraInfo,": (args, { target }) => {
    const hart = parseThread(args, target.hartCount);
    return typeof hart === "number" ? hexOfString(describeHart(target, hart)) : E_NO_THREAD;
  },
  T: (args, { target }) => (typeof parseThread(args, target.hartCount) === "number" ? OK : E_NO_THREAD),
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
