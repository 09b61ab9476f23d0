/** One TCP connection at a time, listened for or made, as QEMU's socket backends keep it. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Address } from "../backend-arguments.ts";
import { HartbeatError } from "../errors.ts";
import { reason } from "./files.ts";

export interface TcpLineOptions {
  /** The option that asked for it, for messages. */
  readonly what: string;
  readonly role: "listen" | "connect";
  readonly address: Address;
  /** Bytes came in; a problem with them, in a sentence, ends the connection. */
  readonly onData: (bytes: Uint8Array) => string | undefined;
  /** A connection begins. */
  readonly onOpen?: () => void;
  readonly onNotice: (text: string) => void;
}

/** Bytes that may wait for a peer that does not read; what would be more is lost. */
const LARGEST_BACKLOG = 2 ** 20;

export class TcpLine {
  readonly #options: TcpLineOptions;
  #server: Server | undefined;
  #socket: Socket | undefined;
  /** Who came while somebody else was connected. */
  readonly #waiting: Socket[] = [];
  #connected: () => void = () => undefined;

  private constructor(options: TcpLineOptions) {
    this.#options = options;
  }

  /** Listens, or connects. Throws HartbeatError when that cannot be. */
  static async open(options: TcpLineOptions): Promise<TcpLine> {
    const line = new TcpLine(options);
    await (options.role === "listen" ? line.#listen() : line.#connect());
    return line;
  }

  /** The port in use, which may have been the system's choice. */
  get port(): number {
    const bound = this.#server?.address();
    return typeof bound === "object" && bound !== null ? bound.port : this.#options.address.port;
  }

  /** Done when somebody is connected. */
  async connected(): Promise<void> {
    if (!this.#socket) await new Promise<void>((resolve) => (this.#connected = resolve));
  }

  /** Sends all of `pieces`, or nothing. */
  send(...pieces: Uint8Array[]): void {
    const socket = this.#socket;
    if (!socket || socket.writableLength > LARGEST_BACKLOG) return;
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    socket.uncork();
  }

  /** Lets what was sent out, and nothing more in. */
  close(): void {
    this.#server?.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    this.#socket?.removeAllListeners("data");
    this.#socket?.destroySoon();
  }

  #listen(): Promise<void> {
    const { host, port } = this.#options.address;
    const server = createServer((socket) => {
      // A reset connection is closed next; that is all there is to do about it.
      socket.on("error", () => socket.destroy());
      if (this.#socket) this.#waiting.push(socket.pause());
      else this.#take(socket);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", (error) => reject(this.#failure("listen on", error, "choose another port")));
      server.listen({ host, port }, resolve);
    });
  }

  #connect(): Promise<void> {
    const socket = connect(this.#options.address);
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void =>
        reject(this.#failure("connect to", error, "start the other side first"));
      socket.once("error", refuse);
      socket.once("connect", () => {
        socket.off("error", refuse).on("error", () => socket.destroy());
        this.#take(socket);
        resolve();
      });
    });
  }

  #take(socket: Socket): void {
    this.#socket = socket;
    this.#options.onOpen?.();
    this.#connected();
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      const problem = this.#options.onData(bytes);
      if (problem === undefined) return;
      this.#options.onNotice(`${this.#options.what}: ${problem}; the connection is closed.`);
      socket.destroy();
    });
    socket.on("close", () => {
      this.#socket = undefined;
      const next = this.#waiting.shift();
      if (next) this.#take(next.resume());
    });
  }

  #failure(verb: string, error: unknown, advice: string): HartbeatError {
    const { what, address } = this.#options;
    return new HartbeatError(
      `${what}: cannot ${verb} ${address.host}:${address.port}: ${reason(error)}; ${advice}.`,
    );
  }
}
