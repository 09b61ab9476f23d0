/** The worker's end of `hartbeat gdb-bridge`: a GDB outside talks to the machine that the panels show. */
import { RegisterSet } from "../../host/debug/rsp/registers.ts";
import { RspSession } from "../../host/debug/rsp/session.ts";
import type { DebugTarget } from "../../host/debug/target.ts";
import { HartbeatError } from "../../host/errors.ts";
import { BRIDGE_PROTOCOL, type FromBridge, type FromPage } from "../../host/gdb-link.ts";
import { CSRS } from "../../spec/csrs.ts";
import type { GdbState } from "../protocol.ts";

export interface GdbLinkOptions {
  /** The machine that GDB may have, or why it may not, as a HartbeatError. */
  readonly target: () => DebugTarget;
  readonly onState: (state: GdbState) => void;
}

export class GdbLink {
  readonly #options: GdbLinkOptions;
  readonly #registers = new RegisterSet(CSRS);
  #socket: WebSocket | undefined;
  #session: RspSession | undefined;
  #gdb = "";

  constructor(options: GdbLinkOptions) {
    this.#options = options;
  }

  /** Connects to a bridge on this computer. */
  open(port: number): void {
    this.close();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, BRIDGE_PROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#tell({ kind: "connecting" });
    let opened = false;
    socket.onopen = () => {
      opened = true;
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (socket !== this.#socket) return;
      if (typeof data === "string") this.#hear(JSON.parse(data) as FromBridge);
      else this.#session?.receive(new Uint8Array(data));
    };
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      this.#end();
      this.#socket = undefined;
      this.#tell(opened ? { kind: "lost" } : { kind: "none", port });
    };
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#end();
    socket?.close();
    if (socket) this.#tell({ kind: "off" });
  }

  /** Lets an attached GDB go; the bridge stays, and another may come. */
  letGo(why: string): void {
    if (!this.#session) return;
    this.#end();
    this.#refuse(why);
    this.#tell({ kind: "waiting", gdb: this.#gdb });
  }

  #hear(message: FromBridge): void {
    switch (message.type) {
      case "ready":
        this.#gdb = message.gdb;
        this.#tell({ kind: "waiting", gdb: this.#gdb });
        break;
      case "attached":
        this.#attach();
        break;
      case "gone":
        this.#end();
        this.#tell({ kind: "waiting", gdb: this.#gdb });
        break;
    }
  }

  #attach(): void {
    const socket = this.#socket;
    try {
      const target = this.#options.target();
      this.#session = new RspSession(target, this.#registers, (bytes) => socket?.send(bytes as BufferSource));
    } catch (error) {
      if (!(error instanceof HartbeatError)) throw error;
      this.#refuse(error.message);
      return;
    }
    this.#tell({ kind: "attached" });
  }

  #end(): void {
    this.#session?.end();
    this.#session = undefined;
  }

  #refuse(why: string): void {
    this.#socket?.send(JSON.stringify({ type: "refused", why } satisfies FromPage));
  }

  #tell(state: GdbState): void {
    this.#options.onState(state);
  }
}
