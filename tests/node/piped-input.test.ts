/** How input from a pipe is typed. */
import { expect, it } from "vitest";
import { PipedInput } from "../../host/node/piped-input.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (line: Uint8Array | undefined): string | undefined => line && new TextDecoder().decode(line);

it("gives a line each time that the guest waits", () => {
  const input = new PipedInput();
  input.push(bytes("root\nls"));
  input.push(bytes(" /\npower"));
  expect(text(input.next(true, 0))).toBe("root\n");
  expect(input.next(false, 10)).toBeUndefined();
  expect(text(input.next(true, 20))).toBe("ls /\n");
  expect(text(input.next(true, 30))).toBe("power");
  expect(input.next(true, 40)).toBeUndefined();
  expect(input.length).toBe(0);
});

it("does not wait for ever for a guest that polls", () => {
  const input = new PipedInput();
  expect(input.next(false, 5000)).toBeUndefined();
  input.push(bytes("a\nb\n"));
  expect(text(input.next(false, 5000))).toBe("a\n");
  expect(input.next(false, 5999)).toBeUndefined();
  expect(text(input.next(false, 6000))).toBe("b\n");
});
