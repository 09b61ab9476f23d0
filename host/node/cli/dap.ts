/** The command line of `hartbeat dap`. */
import { Command } from "commander";
import { runDap } from "../dap-command.ts";
import { checkedPort } from "./checked.ts";

/** Tells the exit status to `finish` when the client has gone. */
export function dapCommand(finish: (status: number) => void): Command {
  return new Command("dap")
    .description("a debug adapter for editors, on standard input and output")
    .option("--port <port>", "listen on that port of 127.0.0.1 instead; 0 picks a free one", checkedPort)
    .action(async ({ port }: { port?: number }) => finish(await runDap(port)));
}
