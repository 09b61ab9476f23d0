/** The command line of `hartbeat web`. */
import { Command } from "commander";
import { runWeb } from "../web-command.ts";
import { checkedPort } from "./checked.ts";

export function webCommand(): Command {
  return new Command("web")
    .description("serve the page that boots the same machine in a browser")
    .option("--port <port>", "port on 127.0.0.1; 0 picks a free one", checkedPort, 8080)
    .action((flags: { port: number }) => runWeb(flags.port));
}
