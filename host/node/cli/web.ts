/** The command line of `hartbeat web`. */
import { Command } from "commander";
import { parsePort } from "../../arguments.ts";
import { runWeb } from "../web-command.ts";
import { checked } from "./checked.ts";

export function webCommand(): Command {
  return new Command("web")
    .description("serve the page that boots the same machine in a browser")
    .option(
      "--port <port>",
      "port on 127.0.0.1; 0 picks a free one",
      checked((text) => parsePort(text, "--port")),
      8080,
    )
    .action((flags: { port: number }) => runWeb(flags.port));
}
