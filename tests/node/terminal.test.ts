/** The Ctrl-A sequences of the terminal. */
import { describe, expect, it } from "vitest";
import { EscapeFilter } from "../../host/node/terminal.ts";

/** Feeds the pieces one by one and gives what came out, commands in angle brackets. */
function filter(...pieces: string[]): string {
  const escapes = new EscapeFilter();
  let result = "";
  for (const piece of pieces) {
    escapes.feed(
      Buffer.from(piece, "latin1"),
      (bytes) => {
        result += Buffer.from(bytes).toString("latin1");
      },
      (command) => {
        result += `<${command}>`;
      },
    );
  }
  return result;
}

describe("EscapeFilter", () => {
  it.each([
    ["passes keys on", ["ls\r", "\x03\x1b[A"], "ls\r\x03\x1b[A"],
    ["leaves on Ctrl-A x", ["ab\x01x"], "ab<quit>"],
    ["keeps the order of keys and commands", ["ab\x01hcd"], "ab<help>cd"],
    ["joins a sequence that was split", ["\x01", "x"], "<quit>"],
    ["sends Ctrl-A when pressed twice", ["\x01\x01", "\x01a"], "\x01\x01"],
    ["explains unknown keys", ["\x01c\x01?"], "<help><help>"],
    ["passes bytes of UTF-8 on", ["\xc3\xa9"], "\xc3\xa9"],
  ])("%s", (_title, pieces, expected) => {
    expect(filter(...pieces)).toBe(expected);
  });
});
