/** `hartbeat dap`: a debug adapter for editors, on standard input and output or on a TCP port. */
import { LAUNCH_ONLY } from "./dap/debuggee.ts";
import { serveDap, startDapServer } from "./dap/server.ts";

/** Several windows of an editor may debug machines of their own. */
const MOST_CLIENTS = 8;

/** Serves until the client leaves, or with a port until the process is ended. Gives the exit status. */
export async function runDap(port: number | undefined): Promise<number> {
  if (port === undefined) {
    await serveDap(process.stdin, process.stdout, LAUNCH_ONLY);
    return 0;
  }
  const server = await startDapServer(LAUNCH_ONLY, port, MOST_CLIENTS);
  process.stderr.write(`hartbeat: debug adapter on ${server.address}; Ctrl-C ends it\n`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await server.close();
  return 0;
}
