/**
 * `hartbeat gdb-bridge`: carries the bytes of a GDB to the machine in a page, and back. A page cannot listen for GDB, so it
 * connects to the bridge by WebSocket, GDB by TCP; both on loopback.
 *
 * Any page that the user happens to visit may open a WebSocket to loopback, and by rebinding its own name to 127.0.0.1 may
 * even look as if it were of this computer. Its browser names the page's origin truthfully, though, so only origins that
 * were allowed are let in, and only when they ask for a loopback name.
 */
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { HartbeatError } from "../errors.ts";
import { BRIDGE_PROTOCOL, type FromBridge, type FromPage } from "../gdb-link.ts";
import { getsPlace, LOOPBACK, listenOnLoopback } from "./loopback.ts";

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
/** Where `hartbeat web` serves the page. */
const USUAL_ORIGINS = ["http://127.0.0.1:8080", "http://localhost:8080"];
/** Longest message of a page; a reply of the protocol is shorter. */
const LONGEST_MESSAGE = 2 ** 20;
/** With so many bytes on their way to the page, GDB waits. */
const MOST_UNSENT = 2 ** 20;

export interface BridgeOptions {
  /** Port for GDB, and port for the page; 0 picks a free one. */
  readonly gdbPort: number;
  readonly port: number;
  /** Origins of pages that may connect, beside those of `hartbeat web`. */
  readonly origins: readonly string[];
  readonly onNotice: (text: string) => void;
}

/** An origin as browsers send it; throws a HartbeatError for anything else. */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new HartbeatError(
    `--origin ${text}: give scheme, host and port of the page's address, such as https://example.org`,
  );
}

export class GdbBridge {
  readonly #options: BridgeOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #http = createHttpServer((_request, response) => {
    response
      .writeHead(426, { "Content-Type": "text/plain" })
      .end("This is the bridge between gdb and a page.\n");
  });
  readonly #tcp = createServer({ pauseOnConnect: true }, (socket) => this.#gdbCame(socket));
  #page: WebSocket | undefined;
  #gdb: Socket | undefined;

  private constructor(options: BridgeOptions) {
    this.#options = options;
    this.#origins = new Set([...USUAL_ORIGINS, ...options.origins]);
  }

  /** Listens on both ports. Fails with a HartbeatError when it cannot. */
  static async open(options: BridgeOptions): Promise<GdbBridge> {
    const bridge = new GdbBridge(options);
    const { WebSocketServer } = await import("ws");
    const upgrades = new WebSocketServer({
      noServer: true,
      maxPayload: LONGEST_MESSAGE,
      handleProtocols: () => BRIDGE_PROTOCOL,
    });
    bridge.#http.on("upgrade", (request, socket, head) => {
      const refusal = bridge.#refusal(request);
      if (refusal !== undefined) return refuse(socket, refusal);
      upgrades.handleUpgrade(request, socket, head, (page) => bridge.#pageCame(page));
    });
    await listenOnLoopback(bridge.#http, options.port, "The bridge (--port)");
    try {
      await listenOnLoopback(bridge.#tcp, options.gdbPort, "The bridge (--gdb)");
    } catch (error) {
      bridge.#http.close();
      throw error;
    }
    return bridge;
  }

  /** The port that the page connects to. */
  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  /** Where GDB connects: `target remote ADDRESS`. */
  get gdbAddress(): string {
    return `${LOOPBACK}:${(this.#tcp.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#gdb?.destroy();
    this.#page?.terminate();
    this.#http.closeAllConnections();
    await Promise.all([this.#http, this.#tcp].map((server) => new Promise((done) => server.close(done))));
  }

  /** Why a WebSocket is not let in; undefined when it is. */
  #refusal({ headers }: IncomingMessage): string | undefined {
    const { origin = "", host = "" } = headers;
    const allowed = this.#origins.has(origin);
    if (allowed && LOOPBACK_HOST.test(host)) {
      if (!this.#page) return undefined;
      this.#options.onNotice("a second page was turned away: one is connected already");
      return "409 Conflict";
    }
    this.#options.onNotice(
      allowed
        ? `a page that asked for '${host}' was turned away: that is no name of this computer`
        : `a page of '${origin}' was turned away; if it is yours, start the bridge with --origin ${origin || "..."}`,
    );
    return "403 Forbidden";
  }

  #pageCame(page: WebSocket): void {
    const { onNotice } = this.#options;
    this.#page = page;
    onNotice("the page is connected");
    page.on("message", (data, binary) => {
      if (binary) this.#fromPage(bytesOf(data));
      else this.#pageRefused(String(data));
    });
    // What breaks a connection closes it next.
    page.on("error", () => page.terminate());
    page.on("close", () => {
      this.#page = undefined;
      this.#gdb?.destroy();
      onNotice("the page is gone");
    });
    this.#tell({ type: "ready", gdb: this.gdbAddress });
  }

  async #gdbCame(socket: Socket): Promise<void> {
    const { onNotice } = this.#options;
    socket.on("error", () => socket.destroy());
    const free = await getsPlace(socket, () => this.#gdb);
    if (!this.#tcp.listening || socket.destroyed) {
      socket.destroy();
      return;
    }
    if (!this.#page || !free) {
      onNotice(
        this.#page
          ? "a second gdb was turned away: one is attached already"
          : "gdb was turned away: no page is connected; open one and press 'Connect GDB' in its debugger",
      );
      socket.destroy();
      return;
    }
    this.#gdb = socket;
    socket.setNoDelay(true);
    this.#tell({ type: "attached" });
    onNotice("gdb is attached");
    socket.on("data", (bytes) => this.#fromGdb(socket, bytes));
    socket.on("drain", () => this.#page?.resume());
    socket.on("close", () => {
      this.#gdb = undefined;
      this.#page?.resume();
      this.#tell({ type: "gone" });
      onNotice("gdb is gone");
    });
    socket.resume();
  }

  #fromGdb(socket: Socket, bytes: Buffer): void {
    const page = this.#page;
    if (!page) return;
    page.send(bytes, () => {
      if (page.bufferedAmount < MOST_UNSENT) socket.resume();
    });
    if (page.bufferedAmount >= MOST_UNSENT) socket.pause();
  }

  #fromPage(bytes: Buffer): void {
    if (this.#gdb && !this.#gdb.write(bytes)) this.#page?.pause();
  }

  #pageRefused(text: string): void {
    this.#options.onNotice(`the page let gdb go: ${refusalOf(text)}`);
    this.#gdb?.destroySoon();
  }

  #tell(message: FromBridge): void {
    this.#page?.send(JSON.stringify(message));
  }
}

function refusalOf(text: string): string {
  try {
    return String((JSON.parse(text) as FromPage).why);
  } catch {
    return "it said something that the bridge does not understand";
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Runs until the process is told to end. */
export async function runGdbBridge(options: Omit<BridgeOptions, "onNotice">): Promise<void> {
  const say = (text: string): unknown => process.stdout.write(`hartbeat: ${text}\n`);
  const bridge = await GdbBridge.open({ ...options, onNotice: say });
  say(
    `the page may connect to 127.0.0.1:${bridge.port}, gdb by 'target remote ${bridge.gdbAddress}'; both on loopback only`,
  );
  say("press 'Connect GDB' in the page's debugger, then connect gdb; Ctrl-C ends the bridge");
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await bridge.close();
}
