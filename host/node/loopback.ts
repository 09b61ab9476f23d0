/** Servers for debuggers: they listen on the loopback interface only, since who may talk to them owns the machine. */
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { HartbeatError } from "../errors.ts";

export const LOOPBACK = "127.0.0.1";

/** How long a client waits for the one before it to leave, in ms: GDB comes back while its end is still on its way. */
const PATIENCE = 1000;

export interface LoopbackAddress {
  readonly port: number;
  /** As in "127.0.0.1:1234". */
  readonly address: string;
}

/** Has `server` listen on `port`; 0 picks a free one. Fails with a HartbeatError that begins with `who`. */
export async function listenOnLoopback(server: Server, port: number, who: string): Promise<LoopbackAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? "the port is in use; choose another one or end the program that holds it"
          : error.message;
      reject(new HartbeatError(`${who} cannot listen on ${LOOPBACK}:${port}: ${why}.`));
    });
    server.listen({ host: LOOPBACK, port }, resolve);
  });
  const bound = server.address();
  const boundPort = bound !== null && typeof bound === "object" ? bound.port : port;
  return { port: boundPort, address: `${LOOPBACK}:${boundPort}` };
}

/** Whether the one place that `holder` tells of is free for `newcomer`, or gets free while that waits a moment. */
export async function getsPlace(newcomer: Socket, holder: () => Socket | undefined): Promise<boolean> {
  const patience = AbortSignal.timeout(PATIENCE);
  for (let socket = holder(); socket !== undefined; socket = holder()) {
    if (patience.aborted) return false;
    await once(socket, "close", { signal: patience }).catch(() => undefined);
  }
  return !newcomer.destroyed;
}
