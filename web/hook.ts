/** The hook `window.hartbeat`, through which a test (or a curious person at the browser's console) drives the page. */
import type { Status } from "./protocol.ts";

export interface PageHook {
  /** What the machine has printed since the page was loaded (the last mebibyte at least), a character for each byte. */
  readonly output: string;
  readonly status: Status | undefined;
  /** Types text into the machine. */
  send(text: string): void;
  cycles(): Promise<number>;
  stateHash(): Promise<string>;
  /** With ?free=1, where the machine otherwise stands still: runs it for so many cycles. */
  run(cycles: number): Promise<void>;
  /** With ?free=1: runs it until it has printed the text. */
  expect(text: string): Promise<void>;
}

declare global {
  var hartbeat: PageHook;
}
