/** The command line of `hartbeat gdb-bridge`. */
import { Command, Option } from "commander";
import { parseGdb } from "../../arguments.ts";
import { DEFAULT_BRIDGE_PORT, DEFAULT_GDB_PORT } from "../../gdb-link.ts";
import { parseOrigin, runGdbBridge } from "../gdb-bridge.ts";
import { checked, checkedPort } from "./checked.ts";

export function gdbBridgeCommand(): Command {
  return new Command("gdb-bridge")
    .description("let gdb attach to the machine in a page of this computer's browser")
    .addOption(
      new Option("--gdb <address>", "where gdb connects, on loopback: tcp::PORT")
        .argParser(checked(parseGdb))
        .default(DEFAULT_GDB_PORT, `tcp::${DEFAULT_GDB_PORT}`),
    )
    .option(
      "--port <port>",
      "port on 127.0.0.1 for the page; 0 picks a free one",
      checkedPort,
      DEFAULT_BRIDGE_PORT,
    )
    .addOption(
      new Option(
        "--origin <origin>",
        "also let a page of this origin in, such as https://example.org; may be repeated",
      )
        .argParser((text: string, origins: string[]) => [...origins, checked(parseOrigin)(text)])
        .default([], "that of hartbeat web alone"),
    )
    .action((flags: { gdb: number; port: number; origin: string[] }) =>
      runGdbBridge({ gdbPort: flags.gdb, port: flags.port, origins: flags.origin }),
    );
}
