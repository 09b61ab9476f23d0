/** The `monitor` commands of the debugger (qRcmd): a few words about the machine and what GDB has no packet for. */
import type { Inspector } from "../inspector.ts";
import { addressSpace, describeFilter, type UserFilter } from "../user-filter.ts";
import { describeHart, type RspContext } from "./commands.ts";
import { GENERAL_REGISTERS } from "./registers.ts";

/** What the commands need: the machine, its registers, the hart that is looked at, and a switch that they set. */
export type MonitorContext = Pick<RspContext, "target" | "registers" | "selectedHart" | "physicalAddresses">;

interface MonitorCommand {
  readonly help: string;
  /** What there is to say beyond a line. */
  readonly more?: string;
  run(context: MonitorContext, words: readonly string[]): string;
}

const NOBODY = "this target tells nothing of that\n";

/** A command that asks the inspector. */
function ask(
  help: string,
  answer: (inspector: Inspector, hart: number, words: readonly string[]) => string,
): MonitorCommand {
  return {
    help,
    run: ({ target, selectedHart }, words) =>
      target.inspector ? answer(target.inspector, selectedHart, words) : NOBODY,
  };
}

/** A whole number, decimal or 0x hexadecimal. */
function parseNumber(text: string | undefined): bigint | undefined {
  return text !== undefined && /^(?:0x[0-9a-fA-F]{1,16}|[0-9]{1,16})$/.test(text) ? BigInt(text) : undefined;
}

/** The words after `program`; `satp` is that of the present hart. */
function parseFilter(words: readonly string[], satp: bigint): UserFilter | "any" | undefined {
  const [word, number, ...rest] = words;
  if (word === undefined || rest.length > 0) return undefined;
  if (word === "pid") {
    const pid = parseNumber(number);
    return pid === undefined ? undefined : { pid: Number(pid) };
  }
  if (number !== undefined) return undefined;
  if (word === "any") return "any";
  return word === "this" ? addressSpace(satp) : { program: word };
}

/** Of commands after which all is another; GDB asks again only when the machine has run for it. */
const STALE =
  "GDB goes on showing what it has read before until it is told:\n" +
  "  maintenance flush register-cache\n" +
  "  maintenance flush dcache\n" +
  "With editors/gdb/hartbeat.gdb (source it, or start GDB with -x) it does so after each monitor command.\n";

const helpLine = (name: string, { help }: MonitorCommand): string => `${name.padEnd(9)} ${help}\n`;

const COMMANDS: Readonly<Record<string, MonitorCommand>> = {
  help: {
    help: "help [COMMAND]: this list, or more about a command",
    run: (_context, [name]) => {
      if (name === undefined)
        return Object.entries(COMMANDS)
          .map(([each, is]) => helpLine(each, is))
          .join("");
      const command = commandOf(name);
      return command ? helpLine(name, command) + (command.more ?? "") : UNKNOWN;
    },
  },
  regs: {
    help: "registers and CSRs of the current hart",
    run: ({ target, registers, selectedHart }) => {
      const lines = [...GENERAL_REGISTERS, ...registers.csrs].flatMap(({ name }) => {
        const value = target.readRegister(selectedHart, name);
        return value === undefined ? [] : [`${name.padEnd(14)} 0x${value.toString(16).padStart(16, "0")}\n`];
      });
      return `${describeHart(target, selectedHart)}\n${lines.join("")}`;
    },
  },
  cycles: {
    help: "guest cycles since reset",
    run: ({ target }) => `${target.cycles}\n`,
  },
  csrs: ask("csrs [NAME]: CSRs of the current hart, field by field", (inspector, hart, [name]) =>
    inspector.csrs(hart, name),
  ),
  pt: ask("pt VA: page-table walk of an address, level by level", (inspector, hart, [text]) => {
    const address = parseNumber(text);
    return address === undefined
      ? "pt VA, as in: pt 0xffffffff80000000\n"
      : inspector.pageTable(hart, address);
  }),
  trap: ask("why the current hart took its last traps", (inspector, hart) => inspector.trap(hart)),
  tlb: ask("pages in the TLBs of the current hart", (inspector, hart) => inspector.tlb(hart)),
  plic: ask("interrupt sources: priority, who takes them, what is pending", (inspector) => inspector.plic()),
  ps: ask("tasks of the kernel", (inspector, hart) => inspector.tasks(hart)),
  "bt-all": ask("calls of every hart", (inspector) => inspector.backtraces()),
  trace: ask("trace N: the last N instructions of the current hart", (inspector, hart, [text]) => {
    const count = parseNumber(text);
    return count === undefined ? "trace N, as in: trace 20\n" : inspector.trace(hart, Number(count));
  }),
  snapshot: ask("where in its run the machine stands, for goto", (inspector) => inspector.place()),
  goto: {
    help: "goto CYCLE: back or on to a guest cycle (monitor help goto says what GDB makes of it)",
    more: STALE,
    run: ({ target }, [text]) => {
      const cycle = parseNumber(text);
      if (cycle === undefined || cycle > Number.MAX_SAFE_INTEGER) return "goto CYCLE, as in: goto 1000000\n";
      target.goToCycle(Number(cycle));
      return `cycle ${target.cycles}\n`;
    },
  },
  phys: {
    help: "phys on|off: addresses of x, p and set are physical",
    more: STALE,
    run: (context, [word]) => {
      if (word === "on" || word === "off") context.physicalAddresses = word === "on";
      return `addresses are ${context.physicalAddresses ? "physical" : "virtual"}\n`;
    },
  },
  program: {
    help: "program [NAME|pid N|this|any]: breakpoints at user addresses stop that program, process or present address space only",
    run: ({ target, selectedHart }, words) => {
      const filter = parseFilter(words, target.readRegister(selectedHart, "satp") ?? 0n);
      if (filter === undefined && words.length > 0)
        return "program NAME, program pid N, program this or program any\n";
      if (filter !== undefined) target.userFilter = filter === "any" ? undefined : filter;
      return `user breakpoints stop ${describeFilter(target.userFilter)}\n`;
    },
  },
  reset: {
    help: "back to power-on; the machine waits for continue",
    more: STALE,
    run: ({ target }) => {
      target.reset();
      return "reset\n";
    },
  },
  quit: {
    help: "end the machine",
    run: ({ target }) => {
      target.quit();
      return "quit\n";
    },
  },
};

const UNKNOWN = 'unknown command; "monitor help" lists them\n';

const commandOf = (name: string): MonitorCommand | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;

/** The command's output, in ASCII. */
export function runMonitorCommand(line: string, context: MonitorContext): string {
  const [name = "", ...words] = line.trim().split(/\s+/);
  return commandOf(name)?.run(context, words) ?? UNKNOWN;
}

/** Whether the first word of a line is one of the commands. */
export const isMonitorCommand = (line: string): boolean =>
  commandOf(line.trim().split(/\s+/)[0] ?? "") !== undefined;
