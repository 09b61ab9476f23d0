/**
 * Framing of the GDB remote serial protocol: `$body#checksum`, acknowledgements, the interrupt byte.
 *
 * Bodies are byte strings (one character to a byte) with the `}` escapes undone. Run-length encoding is
 * legal only in replies ("Overview", GDB manual appendix E.1): a `*` in a request is plain data, and our
 * replies never compress.
 */
import { bytesOfString } from "./hex.ts";

/** The longest body accepted, told to the client as PacketSize. */
export const PACKET_SIZE = 0x4000;

export type FrameEvent =
  | { readonly kind: "packet"; readonly body: string; readonly intact: boolean }
  | { readonly kind: "ack" | "nack" | "interrupt" };

const DOLLAR = 0x24;
const HASH = 0x23;
const ESCAPE = 0x7d;
const PLUS = 0x2b;
const MINUS = 0x2d;
const INTERRUPT = 0x03;
const ESCAPE_MASK = 0x20;

/** Cuts a stream of bytes, however it is split, into packets. Holds at most one packet. */
export class FrameReader {
  #state: "between" | "body" | "checksum" = "between";
  #body = "";
  #sum = 0;
  #escaped = false;
  #overlong = false;
  #checksum = "";

  /** Takes the next bytes and returns what they complete. */
  push(bytes: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    for (const byte of bytes) {
      const event = this.#next(byte);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  #next(byte: number): FrameEvent | undefined {
    if (this.#state === "checksum") return this.#checksumDigit(byte);
    // A `$` is always escaped within a body, so that a bare one starts a new packet after a broken one.
    if (byte === DOLLAR) this.#start();
    else if (this.#state === "body") this.#bodyByte(byte);
    else if (byte === PLUS) return { kind: "ack" };
    else if (byte === MINUS) return { kind: "nack" };
    else if (byte === INTERRUPT) return { kind: "interrupt" };
    return undefined;
  }

  #start(): void {
    this.#state = "body";
    this.#body = "";
    this.#sum = 0;
    this.#escaped = false;
    this.#overlong = false;
    this.#checksum = "";
  }

  #bodyByte(byte: number): void {
    if (byte === HASH) {
      this.#state = "checksum";
      return;
    }
    this.#sum = (this.#sum + byte) & 0xff;
    if (!this.#escaped && byte === ESCAPE) {
      this.#escaped = true;
      return;
    }
    const data = this.#escaped ? byte ^ ESCAPE_MASK : byte;
    this.#escaped = false;
    if (this.#body.length < PACKET_SIZE) this.#body += String.fromCharCode(data);
    else this.#overlong = true;
  }

  #checksumDigit(byte: number): FrameEvent | undefined {
    this.#checksum += String.fromCharCode(byte);
    if (this.#checksum.length < 2) return undefined;
    this.#state = "between";
    const told = /^[0-9a-fA-F]{2}$/.test(this.#checksum) ? Number.parseInt(this.#checksum, 16) : -1;
    const intact = told === this.#sum && !this.#overlong && !this.#escaped;
    const body = this.#body;
    this.#body = "";
    return { kind: "packet", body, intact };
  }
}

/** The frame of a reply; `body` is a byte string. */
export function encodeFrame(body: string): Uint8Array {
  const escaped = body.replace(
    /[#$}*]/g,
    (special) => `}${String.fromCharCode(special.charCodeAt(0) ^ ESCAPE_MASK)}`,
  );
  let sum = 0;
  for (let i = 0; i < escaped.length; i++) sum = (sum + escaped.charCodeAt(i)) & 0xff;
  return bytesOfString(`$${escaped}#${sum.toString(16).padStart(2, "0")}`);
}

export const ACK = bytesOfString("+");
export const NACK = bytesOfString("-");
