/** Parsers of options, as commander wants them. */
import { InvalidArgumentError } from "commander";
import { HartbeatError } from "../../errors.ts";

/** Lets commander report a HartbeatError of a parser as a mistake in usage. */
export function checked<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof HartbeatError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}
