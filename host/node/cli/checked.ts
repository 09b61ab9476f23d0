/** Parsers of options, as commander wants them. */
import { InvalidArgumentError } from "commander";
import { parsePort } from "../../arguments.ts";
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

/** The same for an option that may be repeated: gives what was named so far. */
export function repeated<T>(parse: (text: string) => T): (text: string, before?: T[]) => T[] {
  const one = checked(parse);
  return (text, before = []) => [...before, one(text)];
}

/** For `--port`. */
export const checkedPort = checked((text) => parsePort(text, "--port"));
