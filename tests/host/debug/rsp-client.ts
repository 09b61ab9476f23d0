/** The client's side of the remote protocol, for tests: sends packets, unpacks what the session answers. */
import { FrameReader } from "../../../host/debug/rsp/framing.ts";
import { bytesOfString } from "../../../host/debug/rsp/hex.ts";
import { RegisterSet } from "../../../host/debug/rsp/registers.ts";
import { RspSession, type SessionOptions } from "../../../host/debug/rsp/session.ts";
import type { DebugTarget } from "../../../host/debug/target.ts";

const CSRS = [
  { name: "mstatus", address: 0x300 },
  { name: "mhartid", address: 0xf14 },
];

/** Escapes and adds the checksum, as GDB does. */
export function frame(body: string): Uint8Array {
  const escaped = body.replace(/[#$}]/g, (c) => `}${String.fromCharCode(c.charCodeAt(0) ^ 0x20)}`);
  const sum = [...escaped].reduce((total, c) => (total + c.charCodeAt(0)) & 0xff, 0);
  return bytesOfString(`$${escaped}#${sum.toString(16).padStart(2, "0")}`);
}

export class RspClient {
  readonly session: RspSession;
  /** Everything that came, in its order: `+`, `-`, or the body of a packet. */
  readonly received: string[] = [];
  readonly #reader = new FrameReader();

  constructor(target: DebugTarget, options: SessionOptions = {}) {
    this.session = new RspSession(target, new RegisterSet(CSRS), (bytes) => this.#take(bytes), options);
  }

  /** Sends raw bytes and returns what comes back meanwhile. */
  raw(bytes: Uint8Array): string[] {
    this.received.length = 0;
    this.session.receive(bytes);
    return [...this.received];
  }

  /** Acknowledges what came before, sends one packet and returns the body of the reply, or undefined when none came. */
  ask(body: string): string | undefined {
    this.session.receive(bytesOfString("+"));
    return this.raw(frame(body)).find((answer) => answer !== "+");
  }

  #take(bytes: Uint8Array): void {
    for (const event of this.#reader.push(bytes)) {
      if (event.kind === "packet") {
        if (!event.intact) throw new Error("the session sent a broken frame");
        this.received.push(event.body);
      } else this.received.push(event.kind === "ack" ? "+" : "-");
    }
  }
}
