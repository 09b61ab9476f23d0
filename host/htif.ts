/**
 * The host-target interface of Spike, which the riscv-tests and riscv-arch-test suites end with: a program stores a
 * command at its symbol `tohost` and finds answers at `fromhost`. The words are ordinary memory. They are looked at
 * on a fixed grid of guest time, and only in a machine whose kernel has the symbol, so other runs pay nothing.
 */
import type { Elf } from "./boot/elf.ts";
import type { Clock, Timer } from "./clock.ts";
import type { GuestMemory } from "./devices/device.ts";

const POLL_CYCLES = 10_000;
const WORD = 8;

/* A command: device in bits 63:56, operation in bits 55:48, payload in the rest. */
const SYSCALL_DEVICE = 0n;
const CONSOLE_DEVICE = 1n;
const CONSOLE_WRITE = 1n;
const PAYLOAD_BITS = 48;

/** System calls of the proxy kernel: number, then arguments, as eight words at the address in the payload. */
const SYS_WRITE = 64n;
const SYS_EXIT = 93n;
const ENOSYS = 38n;
const LARGEST_WRITE = 2n ** 20n;

export interface HtifOptions {
  readonly clock: Clock;
  readonly memory: GuestMemory;
  /** Physical addresses. */
  readonly tohost: number;
  readonly fromhost: number | undefined;
  readonly onOutput: (byte: number) => void;
  readonly onExit: (code: number) => void;
}

/** Physical address of a symbol; undefined when the file does not have it in memory. */
export function physicalSymbol(elf: Elf, name: string): number | undefined {
  const symbol = elf.symbols.find((candidate) => candidate.name === name);
  if (!symbol) return undefined;
  // A symbol may stand at the very end of its segment.
  const segment = elf.segments.find(
    ({ vaddr, memSize }) => symbol.address >= vaddr && symbol.address <= vaddr + BigInt(memSize),
  );
  return segment && segment.paddr + Number(symbol.address - segment.vaddr);
}

export class Htif {
  readonly #options: HtifOptions;
  #timer: Timer | undefined;

  constructor(options: HtifOptions) {
    this.#options = options;
    this.start();
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
    if (device === SYSCALL_DEVICE && (payload & 1n) === 1n) this.#options.onExit(Number(payload >> 1n));
    else if (device === SYSCALL_DEVICE) this.#syscall(Number(payload));
    else if (device === CONSOLE_DEVICE && operation === CONSOLE_WRITE) {
      this.#options.onOutput(Number(payload & 0xffn));
    }
  }

  #syscall(at: number): void {
    const [number = 0n, first = 0n, address = 0n, length = 0n] = [0, 1, 2, 3].map((i) =>
      this.#word(at + i * WORD),
    );
    if (number === SYS_EXIT) {
      this.#options.onExit(Number(BigInt.asUintN(32, first)));
      return;
    }
    this.#setWord(at, number === SYS_WRITE ? this.#write(address, length) : BigInt.asUintN(64, -ENOSYS));
    if (this.#options.fromhost !== undefined) this.#setWord(this.#options.fromhost, 1n);
  }

  #write(address: bigint, length: bigint): bigint {
    const count = Number(length < LARGEST_WRITE ? length : LARGEST_WRITE);
    for (const byte of this.#options.memory.view(Number(address), count)) this.#options.onOutput(byte);
    return BigInt(count);
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
