/**
 * Named values as text: JSON in which 64-bit numbers are {"u64": hexadecimal} and bytes {"bytes": hexadecimal},
 * or {"zeros": n}.
 */
import { HartbeatError } from "../errors.ts";

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function encodeValue(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return { u64: part.toString(16) };
    if (part instanceof Uint8Array)
      return part.every((byte) => byte === 0) ? { zeros: part.length } : { bytes: hexOf(part) };
    return part;
  });
}

/** Throws HartbeatError unless the text is such JSON. */
export function decodeValue(text: string, what: string): unknown {
  try {
    return JSON.parse(text, (_key, part: Record<string, unknown>) => {
      if (typeof part !== "object" || part === null) return part;
      if (typeof part.u64 === "string") return BigInt(`0x${part.u64}`);
      if (typeof part.bytes === "string") return bytesOf(part.bytes);
      if (typeof part.zeros === "number" && part.zeros <= 2 ** 20) return new Uint8Array(part.zeros);
      return part;
    });
  } catch {
    throw new HartbeatError(`${what} is damaged; make it again.`);
  }
}
