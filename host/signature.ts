/** The signature of a conformance test: memory between two symbols as text, in the form that riscv-arch-test compares. */
import { HartbeatError } from "./errors.ts";

/** What is read of a machine. */
export interface SignatureSource {
  physicalSymbol(name: string): number | undefined;
  readPhysical(address: number, length: number): Uint8Array;
}

const SIGNATURE_GRANULARITIES = [4, 8] as const;
export type SignatureGranularity = (typeof SIGNATURE_GRANULARITIES)[number];

/** One line for each little-endian word of `granularity` bytes, in hexadecimal. */
export function signatureText(machine: SignatureSource, granularity: SignatureGranularity): string {
  const address = (name: string): number => {
    const found = machine.physicalSymbol(name);
    if (found === undefined) {
      throw new HartbeatError(`The kernel has no symbol ${name}; a signature needs an ELF file that has it.`);
    }
    return found;
  };
  const begin = address("begin_signature");
  const length = address("end_signature") - begin;
  const bytes = machine.readPhysical(begin, Math.max(0, length));
  if (bytes.length !== length) {
    throw new HartbeatError(
      "The signature, from begin_signature to end_signature, is not all in main memory.",
    );
  }
  let text = "";
  for (let start = 0; start < length; start += granularity) {
    const word = Array.from(bytes.subarray(start, start + granularity)).reverse();
    text += `${word.map((byte) => byte.toString(16).padStart(2, "0")).join("")}\n`;
  }
  return text;
}
