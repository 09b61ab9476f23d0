/** Feeds parsers with damaged input. */
import fc from "fast-check";
import { HartbeatError } from "../../../host/errors.ts";

function attempt(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown): void {
  try {
    parse(bytes);
  } catch (error) {
    if (!(error instanceof HartbeatError)) throw error;
  }
}

/** Values that break careless arithmetic. */
const spitefulByte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));

/** Random bytes, truncations and mutations of `valid` make `parse` return or throw a HartbeatError, nothing else. */
export function expectOnlyHartbeatErrors(valid: Uint8Array, parse: (bytes: Uint8Array) => unknown): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => {
      attempt(bytes, parse);
    }),
  );
  fc.assert(
    fc.property(fc.nat(valid.length), (length) => {
      attempt(valid.slice(0, length), parse);
    }),
  );
  const mutation = fc.tuple(fc.nat(valid.length - 1), spitefulByte);
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), (mutations) => {
      const bytes = valid.slice();
      for (const [offset, value] of mutations) bytes[offset] = value;
      attempt(bytes, parse);
    }),
    { numRuns: 2000 },
  );
}
