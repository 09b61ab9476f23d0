/** The GDB server: debugger sessions over TCP, on the loopback interface only, one client at a time. */
import { createServer, type Server, type Socket } from "node:net";
import { CSRS } from "../../spec/csrs.ts";
import { RegisterSet } from "../debug/rsp/registers.ts";
import { RspSession } from "../debug/rsp/session.ts";
import type { DebugTarget } from "../debug/target.ts";
import { HartbeatError } from "../errors.ts";

const LOOPBACK = "127.0.0.1";

export interface GdbServer {
  readonly port: number;
  /** Where a debugger finds the server: `target remote ADDRESS`. */
  readonly address: string;
  close(): Promise<void>;
}

function serve(socket: Socket, target: DebugTarget, registers: RegisterSet, onGone: () => void): void {
  const session = new RspSession(target, registers, (bytes) => {
    // A client that does not read its replies gets no further requests answered meanwhile.
    if (!socket.write(bytes)) socket.pause();
  });
  socket.setNoDelay(true);
  socket.on("drain", () => socket.resume());
  socket.on("data", (bytes) => session.receive(bytes));
  // A reset connection is closed next; that is all there is to do about it.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    session.end();
    onGone();
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? "the port is in use; choose another one or end the program that holds it"
          : error.message;
      reject(new HartbeatError(`The GDB server cannot listen on ${LOOPBACK}:${port}: ${why}.`));
    });
    server.listen({ host: LOOPBACK, port }, resolve);
  });
}

/** Listens on `port`; 0 picks a free one. Fails with a HartbeatError when it cannot. */
export async function startGdbServer(target: DebugTarget, port: number): Promise<GdbServer> {
  const registers = new RegisterSet(CSRS);
  let client: Socket | undefined;
  const server = createServer((socket) => {
    if (client !== undefined) {
      socket.destroy();
      return;
    }
    client = socket;
    serve(socket, target, registers, () => {
      client = undefined;
    });
  });
  await listen(server, port);
  const bound = server.address();
  const boundPort = bound !== null && typeof bound === "object" ? bound.port : port;
  return {
    port: boundPort,
    address: `${LOOPBACK}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        client?.destroySoon();
        server.close(() => resolve());
      }),
  };
}
