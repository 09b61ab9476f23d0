/** The `monitor` commands of the debugger (qRcmd): a few words about the machine and what GDB has no packet for. */
import { describeHart, type RspContext } from "./commands.ts";
import { GENERAL_REGISTERS } from "./registers.ts";

interface MonitorCommand {
  readonly help: string;
  run(context: RspContext): string;
}

const COMMANDS: Readonly<Record<string, MonitorCommand>> = {
  help: {
    help: "this list",
    run: () =>
      Object.entries(COMMANDS)
        .map(([name, { help }]) => `${name.padEnd(8)} ${help}\n`)
        .join(""),
  },
  regs: {
    help: "registers and CSRs of the current hart",
    run: ({ target, registers, generalHart }) => {
      const lines = [...GENERAL_REGISTERS, ...registers.csrs].flatMap(({ name }) => {
        const value = target.readRegister(generalHart, name);
        return value === undefined ? [] : [`${name.padEnd(14)} 0x${value.toString(16).padStart(16, "0")}\n`];
      });
      return `${describeHart(target, generalHart)}\n${lines.join("")}`;
    },
  },
  cycles: {
    help: "guest cycles since reset",
    run: ({ target }) => `${target.cycles}\n`,
  },
  reset: {
    help: "back to power-on; the machine waits for continue",
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

/** The command's output, in ASCII. */
export function runMonitorCommand(line: string, context: RspContext): string {
  const name = line.trim();
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command?.run(context) ?? 'unknown command; "monitor help" lists them\n';
}
