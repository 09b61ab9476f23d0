/** The one error class for mistakes of a user or of the input he gives: a plain sentence, no stack needed. */
export class HartbeatError extends Error {
  override readonly name = "HartbeatError";
}
