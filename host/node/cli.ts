/** The command `hartbeat`: reads the command line, runs a subcommand, and turns every error into one clear line. */
import { Command, CommanderError } from "commander";
import { normaliseArguments } from "../arguments.ts";
import { HartbeatError } from "../errors.ts";
import { bootCommand } from "./cli/boot.ts";
import { dapCommand } from "./cli/dap.ts";
import { gdbBridgeCommand } from "./cli/gdb-bridge.ts";
import { webCommand } from "./cli/web.ts";
import { packageVersion } from "./files.ts";

/** Exit status of a command line that makes no sense; anything else that goes wrong gives 1. */
const USAGE_STATUS = 2;

function createProgram(finish: (status: number) => void): Command {
  const program = new Command("hartbeat")
    .description("A RISC-V computer in WebAssembly, with a small Linux-like kernel to boot.")
    .version(packageVersion(), "--version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false);
  for (const command of [bootCommand(finish), webCommand(), dapCommand(finish), gdbBridgeCommand()])
    program.addCommand(command.helpOption("-h, --help", "show help").allowExcessArguments(false));
  for (const command of [program, ...program.commands])
    command.configureOutput({ outputError: () => undefined }).exitOverride();
  return program;
}

/** One line for a mistake of usage: commander's message without its prefix, and where to read more. */
function usageLine(error: CommanderError, command: string | undefined): string {
  const text = error.message
    .replace(/^error: /, "")
    .replace(/^option '[^']*' argument '[^']*' is invalid\. /s, "");
  const topic = ["boot", "web", "dap", "gdb-bridge"].includes(command ?? "")
    ? `hartbeat ${command} --help`
    : "hartbeat --help";
  return `hartbeat: ${text.replace(/\s*\n\s*/g, " ")} (see '${topic}')`;
}

/** Runs the command line `words` and gives the exit status. */
async function main(words: string[]): Promise<number> {
  let status = 0;
  const program = createProgram((result) => {
    status = result;
  });
  if (words.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(normaliseArguments(words), { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      process.stderr.write(`${usageLine(error, words[0])}\n`);
      return USAGE_STATUS;
    }
    const plain = error instanceof HartbeatError;
    process.stderr.write(
      plain ? `hartbeat: ${error.message}\n` : `hartbeat: a fault of its own: ${(error as Error).stack}\n`,
    );
    return 1;
  }
}

process.exit(await main(process.argv.slice(2)));
