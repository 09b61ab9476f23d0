/** The GDB server: debugger sessions over TCP, on the loopback interface only, one client at a time. */
import { createServer, type Socket } from "node:net";
import { CSRS } from "../../spec/csrs.ts";
import { RegisterSet } from "../debug/rsp/registers.ts";
import { RspSession, type SessionOptions } from "../debug/rsp/session.ts";
import type { DebugTarget } from "../debug/target.ts";
import { getsPlace, type LoopbackAddress, listenOnLoopback } from "./loopback.ts";

export interface GdbServer extends LoopbackAddress {
  close(): Promise<void>;
}

function serve(
  socket: Socket,
  open: (send: (bytes: Uint8Array) => void) => RspSession,
  onGone: () => void,
): void {
  const session = open((bytes) => {
    // A client that does not read its replies gets no further requests answered meanwhile.
    if (!socket.write(bytes)) socket.pause();
  });
  socket.setNoDelay(true);
  socket.on("drain", () => socket.resume());
  socket.on("data", (bytes) => session.receive(bytes));
  socket.on("close", () => {
    session.end();
    onGone();
  });
}

/** Listens on `port`; 0 picks a free one. Fails with a HartbeatError when it cannot. */
export async function startGdbServer(
  target: DebugTarget,
  port: number,
  options: SessionOptions = {},
): Promise<GdbServer> {
  const registers = new RegisterSet(CSRS);
  let client: Socket | undefined;
  const server = createServer({ pauseOnConnect: true }, async (socket) => {
    // A reset connection is closed next; that is all there is to do about it.
    socket.on("error", () => socket.destroy());
    if (!(await getsPlace(socket, () => client)) || !server.listening) {
      socket.destroy();
      return;
    }
    client = socket;
    serve(
      socket,
      (send) => new RspSession(target, registers, send, options),
      () => {
        client = undefined;
      },
    );
    socket.resume();
  });
  const address = await listenOnLoopback(server, port, "The GDB server");
  return {
    ...address,
    close: () =>
      new Promise((resolve) => {
        client?.destroySoon();
        server.close(() => resolve());
      }),
  };
}
