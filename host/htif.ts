/**
 * The host-target interface of Spike, which the riscv-tests and riscv-arch-test suites end with: a program stores a
 * command at its symbol `tohost` and finds answers at `fromhost`. The words are ordinary memory. They are looked at
 * on a fixed grid of guest time, and only in a machine whose kernel has the symbol, so other runs pay nothing.
 */
import { RAM_BASE } from "../spec/machine-map.ts";
import { looksLikeElf, readElf } from "./boot/elf.ts";
import type { NamedFile } from "./boot/load.ts";
import type { Clock, Timer } from "./clock.ts";
import type { GuestMemory } from "./devices/device.ts";
import { HartbeatError } from "./errors.ts";

const POLL_CYCLES = 10_000;
const WORD = 8;
/** So many different notices are given. */
const MAX_NOTICES = 20;

/* A command: device in bits 63:56, operation in bits 55:48, payload in the rest. */
const SYSCALL_DEVICE = 0n;
const CONSOLE_DEVICE = 1n;
const CONSOLE_WRITE = 1n;
const PAYLOAD_BITS = 48;

/** System calls of the proxy kernel: number, then arguments, as eight words at the address in the payload. */
const SYS_WRITE = 64n;
const SYS_EXIT = 93n;
const SYSCALL_WORDS = 8;
const EFAULT = 14n;
const ENOSYS = 38n;
const LARGEST_WRITE = 2n ** 20n;

export interface HtifOptions {
  readonly clock: Clock;
  readonly memory: GuestMemory;
  readonly onOutput: (byte: number) => void;
  readonly onExit: (code: number) => void;
  /** Told in a sentence of what the program asked for in vain, and of an exit that is a failure. */
  readonly onNotice: (text: string) => void;
}

interface Addressed extends HtifOptions {
  /** Physical addresses. */
  readonly tohost: number;
  readonly fromhost: number | undefined;
}

/** Whether a program is made to run without firmware: it has the symbol tohost, and lies where firmware would. */
export function needsNoFirmware(file: NamedFile, what: string): boolean {
  if (!looksLikeElf(file.bytes)) return false;
  const { segments, symbols } = readElf(file.bytes, `${what} '${file.name}'`);
  return symbols.some(({ name }) => name === "tohost") && segments.some(({ paddr }) => paddr === RAM_BASE);
}

export class Htif {
  readonly #options: Addressed;
  readonly #notices = new Set<string>();
  #timer: Timer | undefined;

  private constructor(options: Addressed) {
    this.#options = options;
    this.start();
  }

  /** For a program that has the symbol tohost; undefined for any other. `addressOf` gives physical addresses of its symbols. */
  static of(addressOf: (symbol: string) => number | undefined, options: HtifOptions): Htif | undefined {
    const tohost = addressOf("tohost");
    return tohost === undefined
      ? undefined
      : new Htif({ ...options, tohost, fromhost: addressOf("fromhost") });
  }

  /** Looks from the present guest time on. To look twice at one moment does no harm. */
  start(): void {
    this.#pollAt(Math.ceil(this.#options.clock.now() / POLL_CYCLES) * POLL_CYCLES);
  }

  #pollAt(at: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.schedule(at, () => this.#poll(at), "poll of tohost");
  }

  #poll(at: number): void {
    this.#pollAt(at + POLL_CYCLES);
    const { tohost } = this.#options;
    const command = this.#word(tohost);
    if (command === 0n) return;
    this.#setWord(tohost, 0n);
    const device = command >> 56n;
    const operation = BigInt.asUintN(8, command >> BigInt(PAYLOAD_BITS));
    const payload = BigInt.asUintN(PAYLOAD_BITS, command);
    if (device === SYSCALL_DEVICE && (payload & 1n) === 1n) this.#exit(payload >> 1n);
    else if (device === SYSCALL_DEVICE) this.#syscall(Number(payload));
    else if (device === CONSOLE_DEVICE && operation === CONSOLE_WRITE) {
      this.#options.onOutput(Number(payload & 0xffn));
    } else {
      this.#notify(
        `The program asked device ${device} of tohost for command ${operation}, which there is not: only exits, ` +
          "system calls (device 0) and writing a character (device 1, command 1).",
      );
    }
  }

  #exit(code: bigint): void {
    if (code !== 0n) {
      this.#notify(
        `The program ended with code ${code} in tohost; that is the number of the test that failed, if it is of riscv-tests.`,
      );
    }
    this.#options.onExit(Number(code));
  }

  #syscall(at: number): void {
    const { fromhost } = this.#options;
    if (!this.#view(at, SYSCALL_WORDS * WORD)) {
      this.#notify(
        `The program wrote 0x${at.toString(16)} to tohost, where there is no memory for a system call.`,
      );
      return;
    }
    const [number = 0n, first = 0n, address = 0n, length = 0n] = [0, 1, 2, 3].map((i) =>
      this.#word(at + i * WORD),
    );
    if (number === SYS_EXIT) {
      this.#exit(BigInt.asUintN(32, first));
      return;
    }
    if (number !== SYS_WRITE) {
      this.#notify(
        `The program asked tohost for system call ${number}, which there is not: only write (64) and exit (93).`,
      );
    }
    this.#setWord(at, number === SYS_WRITE ? this.#write(address, length) : BigInt.asUintN(64, -ENOSYS));
    if (fromhost !== undefined) this.#setWord(fromhost, 1n);
  }

  #write(address: bigint, length: bigint): bigint {
    const count = Number(length < LARGEST_WRITE ? length : LARGEST_WRITE);
    const bytes = this.#view(Number(address), count);
    if (!bytes) return BigInt.asUintN(64, -EFAULT);
    for (const byte of bytes) this.#options.onOutput(byte);
    return BigInt(count);
  }

  /** Says a thing once: a program may repeat itself, and a machine that went back will. */
  #notify(text: string): void {
    if (this.#notices.has(text) || this.#notices.size === MAX_NOTICES) return;
    this.#notices.add(text);
    this.#options.onNotice(text);
  }

  /** Memory that a program named; undefined when it is not there. */
  #view(address: number, length: number): Uint8Array | undefined {
    try {
      return this.#options.memory.view(address, length);
    } catch (error) {
      if (error instanceof HartbeatError) return undefined;
      throw error;
    }
  }

  #word(address: number): bigint {
    const bytes = this.#options.memory.view(address, WORD);
    return new DataView(bytes.buffer, bytes.byteOffset, WORD).getBigUint64(0, true);
  }

  #setWord(address: number, value: bigint): void {
    const bytes = new Uint8Array(WORD);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    this.#options.memory.write(address, bytes);
  }
}
