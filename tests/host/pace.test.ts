/** The paced loop against a machine and a wall clock that are both under the test's control. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PacedLoop, type PacedMachine } from "../../host/pace.ts";

const CYCLES_PER_MS = 1_000_000;

/** A guest that wakes every `period` cycles, works for `work` cycles and waits again. */
class TickingMachine implements PacedMachine {
  cycles = 0;
  idle = true;
  nextEvent: number;
  runs = 0;
  readonly #period: number;
  readonly #work: number;
  readonly #wallPerCycle: number;
  #busyUntil = 0;

  constructor(period: number, work: number, wallPerCycle = 0) {
    this.#period = period;
    this.#work = work;
    this.#wallPerCycle = wallPerCycle;
    this.nextEvent = period;
  }

  run({ cycles }: { cycles: number }): void {
    this.runs++;
    const end = this.cycles + cycles;
    while (this.cycles < end) {
      if (this.cycles >= this.nextEvent) {
        this.nextEvent += this.#period;
        this.#busyUntil = this.cycles + this.#work;
      }
      const busy = this.cycles < this.#busyUntil;
      const next = Math.min(end, busy ? this.#busyUntil : this.nextEvent);
      if (busy) vi.setSystemTime(Date.now() + (next - this.cycles) * this.#wallPerCycle);
      this.cycles = next;
    }
    this.idle = this.cycles >= this.#busyUntil;
  }
}

function loopFor(machine: PacedMachine, gate?: () => undefined): PacedLoop {
  return new PacedLoop(machine, {
    now: () => Date.now(),
    yield: () => new Promise((resolve) => setTimeout(resolve, 1)),
    ...(gate && { gate }),
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("PacedLoop", () => {
  it("lets guest time follow the wall clock, and sleeps between events", async () => {
    const machine = new TickingMachine(10 * CYCLES_PER_MS, 1000);
    const loop = loopFor(machine);
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(1000);
    expect(machine.cycles).toBeGreaterThan(980 * CYCLES_PER_MS);
    expect(machine.cycles).toBeLessThanOrEqual(1000 * CYCLES_PER_MS);
    expect(machine.runs).toBeLessThan(350);
    loop.stop();
    await vi.advanceTimersByTimeAsync(1);
    await done;
  });

  it("runs once in a second, to bring the clock forward, while nothing can happen", async () => {
    const machine = new TickingMachine(Number.POSITIVE_INFINITY, 0);
    const loop = loopFor(machine);
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(machine.runs).toBeLessThan(610);
    loop.stop();
    await vi.advanceTimersByTimeAsync(1);
    await done;
  });

  it("goes in slow motion when told so", async () => {
    const machine = new TickingMachine(CYCLES_PER_MS, CYCLES_PER_MS);
    const loop = loopFor(machine);
    loop.speed = 0.01;
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(1000);
    expect(machine.cycles).toBeGreaterThan(9 * CYCLES_PER_MS);
    expect(machine.cycles).toBeLessThanOrEqual(10 * CYCLES_PER_MS);
    loop.speed = 1;
    await vi.advanceTimersByTimeAsync(1000);
    expect(machine.cycles).toBeGreaterThan(980 * CYCLES_PER_MS);
    expect(machine.cycles).toBeLessThanOrEqual(1010 * CYCLES_PER_MS);
    loop.stop();
    await vi.advanceTimersByTimeAsync(1);
    await done;
  });

  it("delivers input at the present guest time", async () => {
    const machine = new TickingMachine(Number.POSITIVE_INFINITY, 0);
    const loop = loopFor(machine);
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(5000);
    const seen = new Promise<number>((resolve) => loop.deliver(() => resolve(machine.cycles)));
    await vi.advanceTimersByTimeAsync(1);
    expect(await seen).toBeGreaterThanOrEqual(5000 * CYCLES_PER_MS);
    loop.stop();
    await vi.advanceTimersByTimeAsync(1);
    await done;
  });

  it("gives lost time up when the host is too slow", async () => {
    // Each guest second takes ten of the host's: always busy.
    const machine = new TickingMachine(CYCLES_PER_MS, CYCLES_PER_MS, 10 / CYCLES_PER_MS);
    let worstLag = 0;
    const start = Date.now();
    const loop = loopFor(machine, () => {
      if (Date.now() - start > 2000) loop.stop();
      worstLag = Math.max(worstLag, machine.cycles - (Date.now() - start) * CYCLES_PER_MS);
      return undefined;
    });
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(3000);
    await done;
    expect(worstLag).toBeLessThanOrEqual(0);
    expect(machine.cycles).toBeGreaterThan(150 * CYCLES_PER_MS);
  });

  it("stops when the gate says so, and waits for what the gate returns", async () => {
    const machine = new TickingMachine(CYCLES_PER_MS, 0);
    let open: () => void = () => undefined;
    let gates = 0;
    const loop = new PacedLoop(machine, {
      now: () => Date.now(),
      yield: () => new Promise((resolve) => setTimeout(resolve, 1)),
      gate: () => {
        gates++;
        if (gates === 1)
          return new Promise<void>((resolve) => {
            open = resolve;
          });
        if (gates === 3) loop.stop();
        return undefined;
      },
    });
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(100);
    expect(machine.runs).toBe(0);
    open();
    await done;
    expect(gates).toBe(3);
  });

  it("lets no guest time pass while the gate holds it", async () => {
    const machine = new TickingMachine(10 * CYCLES_PER_MS, 1000);
    let open = (): void => {};
    let hold: Promise<void> | undefined;
    const loop = new PacedLoop(machine, {
      now: () => Date.now(),
      yield: () => new Promise((resolve) => setTimeout(resolve, 1)),
      gate: () => hold,
    });
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(1000);
    hold = new Promise((resolve) => {
      open = resolve;
    });
    await vi.advanceTimersByTimeAsync(50);
    const before = machine.cycles;
    await vi.advanceTimersByTimeAsync(5000);
    expect(machine.cycles).toBe(before);
    hold = undefined;
    open();
    await vi.advanceTimersByTimeAsync(5);
    expect(machine.cycles).toBeLessThanOrEqual(before + 5 * CYCLES_PER_MS);
    await vi.advanceTimersByTimeAsync(100);
    expect(machine.cycles).toBeGreaterThan(before + 90 * CYCLES_PER_MS);
    loop.stop();
    await vi.advanceTimersByTimeAsync(1);
    await done;
  });

  it("leaves the gate when it is stopped", async () => {
    const machine = new TickingMachine(CYCLES_PER_MS, 0);
    const loop = new PacedLoop(machine, {
      now: () => Date.now(),
      yield: () => Promise.resolve(),
      gate: () => new Promise(() => undefined),
    });
    const done = loop.run();
    await vi.advanceTimersByTimeAsync(100);
    loop.stop();
    await done;
    expect(machine.runs).toBe(0);
  });
});
