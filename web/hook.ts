/** The hook `window.hartbeat`, through which a test (or a curious person at the browser's console) drives the page. */
import type { GuestFiles, RequestName, Requests, Status } from "./protocol.ts";

export interface PageHook {
  /** What the machine has printed since the page was loaded (the last mebibyte at least), a character for each byte. */
  readonly output: string;
  /** Bytes of output since the page was loaded. */
  readonly outputBytes: number;
  /** Bytes of it that ever waited to be drawn, at most. */
  readonly mostUndrawn: number;
  readonly status: Status | undefined;
  /** Rows and columns of the terminal. */
  readonly terminalSize: readonly [number, number];
  /** Names of the steps that the boot map shows, in the order of time. */
  readonly steps: readonly string[];
  /** Any request that the page can make of its worker. */
  ask<Name extends RequestName>(
    name: Name,
    ...args: Parameters<Requests[Name]>
  ): Promise<ReturnType<Requests[Name]>>;
  /** Types text into the machine. */
  send(text: string): void;
  /** Powers on with other files. */
  use(files: GuestFiles): void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cycles(): Promise<number>;
  stateHash(): Promise<string>;
  /** With ?free=1, where the machine otherwise stands still: runs it for so many cycles. */
  run(cycles: number): Promise<void>;
  /** With ?free=1: runs it until it has printed the text. */
  expect(text: string): Promise<void>;
  snapshot(): Promise<Uint8Array>;
  restore(snapshot: Uint8Array): Promise<void>;
}

declare global {
  var hartbeat: PageHook;
}
