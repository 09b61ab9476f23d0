/** Connects sessions of the Debug Adapter Protocol with streams: standard input and output, or TCP on the loopback interface. */
import { createServer, type Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { type LoopbackAddress, listenOnLoopback } from "../loopback.ts";
import type { DapHost } from "./debuggee.ts";
import { MessageReader } from "./message-reader.ts";
import { DapSession } from "./session.ts";

/** With more requests than that waiting for their answers no further ones are read. */
const MOST_PENDING = 64;
/** How often it is looked whether they have become fewer. */
const WAIT_MS = 5;

export interface DapServer extends LoopbackAddress {
  close(): Promise<void>;
}

/** Serves one client; resolves when its session is over. */
export function serveDap(input: Readable, output: Writable, host: DapHost): Promise<void> {
  const session = new DapSession(host);
  const reader = new MessageReader();
  session.onDidSendMessage((message) => {
    const body = JSON.stringify(message);
    if (output.writable) output.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
  input.on("data", (bytes: Buffer) => {
    for (const incoming of reader.push(bytes)) {
      if (incoming.kind === "message") session.handleMessage(incoming.message as never);
      else session.notice(`${incoming.why} was left out`);
    }
    if (session.pending > MOST_PENDING || output.writableNeedDrain) hold();
  });
  /** A client that asks more than it listens to is not read until it has caught up. */
  const hold = (): void => {
    input.pause();
    const look = (): void => {
      if (session.pending > MOST_PENDING || output.writableNeedDrain) setTimeout(look, WAIT_MS);
      else input.resume();
    };
    look();
  };
  return new Promise((resolve) => {
    session.onEnded = resolve;
    const gone = (): void => void session.close().then(resolve);
    for (const event of ["end", "close", "error"] as const) input.once(event, gone);
    output.once("error", gone);
  });
}

/** Listens on `port`; 0 picks a free one. `most` clients are served at a time. Fails with a HartbeatError when it cannot. */
export async function startDapServer(host: DapHost, port: number, most: number): Promise<DapServer> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    if (clients.size >= most) {
      socket.destroy();
      return;
    }
    clients.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => clients.delete(socket));
    void serveDap(socket, socket, host).then(() => socket.end());
  });
  const address = await listenOnLoopback(server, port, "The debug adapter");
  return {
    ...address,
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) client.destroySoon();
        server.close(() => resolve());
      }),
  };
}
