/** Our kernel under a real GDB: from reset or from the shell's prompt, with symbols of firmware and user programs. */
import { afterEach } from "vitest";
import { PACKAGE_FILES } from "../../../host/node/files.ts";
import { type CreateOptions, Machine } from "../../../host/node/index.ts";
import { userProgram } from "../../tools/user-programs.ts";
import { DebuggedGuest, gdb } from "./guest.ts";

export const FIRMWARE_SYMBOLS = `add-symbol-file ${PACKAGE_FILES.firmware}`;

/** Logs in as root; the machine stands at the shell's first prompt. */
export async function atPrompt(machine: Machine): Promise<Machine> {
  await machine.console.expect(/login: /);
  machine.console.send("root\n");
  await machine.console.expect(/# /);
  return machine;
}

/** To be called in a describe: what it gives runs GDB, and machines end with their tests. */
export function kernelSessions() {
  let guest: DebuggedGuest | undefined;

  afterEach(async () => {
    await guest?.stop();
    guest = undefined;
  });

  const debug = async (machine: Machine, commands: readonly string[], file = PACKAGE_FILES.kernel) => {
    guest = await DebuggedGuest.start(machine);
    return gdb(guest.server, file, commands);
  };
  return {
    /** What GDB prints when it is told these commands at a machine's first instruction. */
    fromReset: async (options: CreateOptions, ...commands: string[]): Promise<string> =>
      debug(await Machine.create(options), commands),
    /** The same after `typed` was typed at the prompt, and before anybody read it. */
    atPrompt: async (options: CreateOptions, typed: string, ...commands: string[]): Promise<string> => {
      const machine = await atPrompt(await Machine.create(options));
      machine.console.send(typed);
      return debug(machine, commands);
    },
    debug,
    /** The GDB command that loads a user program's symbols. */
    symbolsOf: (name: string): string => `add-symbol-file ${userProgram(name)}`,
  };
}
