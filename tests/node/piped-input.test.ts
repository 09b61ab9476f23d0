/** How input from a pipe is typed. */
import { expect, it } from "vitest";
import { PipedInput } from "../../host/node/piped-input.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (line: Uint8Array | undefined): string | undefined => line && new TextDecoder().decode(line);
/** Guest time in cycles. */
const ms = (count: number): number => count * 1_000_000;

it("gives a line each time that the guest waits and has been silent for 50 ms", () => {
  const input = new PipedInput();
  input.push(bytes("root\nls"));
  input.push(bytes(" /\npower"));
  input.heard(ms(10));
  expect(input.next(true, ms(59))).toBeUndefined();
  expect(text(input.next(true, ms(60)))).toBe("root\n");
  expect(input.next(true, ms(100))).toBeUndefined();
  input.heard(ms(105));
  expect(input.next(true, ms(110))).toBeUndefined();
  expect(input.next(false, ms(160))).toBeUndefined();
  expect(text(input.next(true, ms(160)))).toBe("ls /\n");
  expect(text(input.next(true, ms(210)))).toBe("power");
  expect(input.next(true, ms(300))).toBeUndefined();
  expect(input.length).toBe(0);
});

it("does not wait for ever for a guest that polls", () => {
  const input = new PipedInput();
  expect(input.next(false, ms(5000))).toBeUndefined();
  input.push(bytes("a\nb\n"));
  expect(text(input.next(false, ms(5000)))).toBe("a\n");
  expect(input.next(false, ms(6999))).toBeUndefined();
  expect(text(input.next(false, ms(7000)))).toBe("b\n");
});
