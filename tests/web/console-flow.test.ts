/** Back-pressure between the guest's UART and a page that draws slowly. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { ConsoleFlow, MOST_UNDRAWN, PIECE } from "../../web/worker/console-flow.ts";
import { floodProgram } from "../tools/flood.ts";

it("lets the guest go on while the page keeps up", () => {
  const sent: number[] = [];
  const flow = new ConsoleFlow(({ bytes }) => sent.push(bytes.length));
  expect(flow.push(new Uint8Array(100))).toBe(false);
  expect(flow.ready).toBeUndefined();
  flow.flush();
  flow.flush();
  expect(sent).toEqual([100]);
  expect(flow.outstanding).toBe(100);
  flow.drawn(100);
  expect(flow.outstanding).toBe(0);
});

it("holds the guest until half of what waits is drawn", async () => {
  const flow = new ConsoleFlow(() => {});
  flow.push(new Uint8Array(MOST_UNDRAWN));
  flow.flush();
  let ended = false;
  const wait = flow.ready?.then(() => {
    ended = true;
  });
  flow.drawn(MOST_UNDRAWN / 2 - 1);
  await Promise.resolve();
  expect(ended).toBe(false);
  flow.drawn(1);
  await wait;
  expect(flow.ready).toBeUndefined();
});

it("keeps output of the past apart", () => {
  const sent: [number, boolean][] = [];
  const flow = new ConsoleFlow(({ bytes, past }) => sent.push([bytes.length, past]));
  flow.push(new Uint8Array(1), true);
  flow.push(new Uint8Array(2), true);
  flow.push(new Uint8Array(4), false);
  flow.flush();
  expect(sent).toEqual([
    [3, true],
    [4, false],
  ]);
});

it("tells when all is drawn, or when nobody draws it any more", async () => {
  const flow = new ConsoleFlow(() => {});
  expect(flow.drained).toBeUndefined();
  flow.push(new Uint8Array(100));
  flow.flush();
  let ended = 0;
  const count = (): void => {
    ended++;
  };
  const first = flow.drained?.then(count);
  flow.drawn(99);
  await Promise.resolve();
  expect(ended).toBe(0);
  flow.drawn(1);
  await first;
  expect(flow.drained).toBeUndefined();
  flow.push(new Uint8Array(1));
  flow.flush();
  const second = flow.drained?.then(count);
  flow.release();
  await second;
  expect(ended).toBe(2);
});

it("delivers every byte in order and never holds more than its bounds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 20, maxLength: 40 }),
      fc.integer({ min: 100, max: 40_000 }),
      async (writes, drawnAtOnce) => {
        const undrawn: number[] = [];
        const received: number[] = [];
        const flow = new ConsoleFlow(({ bytes }) => {
          undrawn.push(bytes.length);
          received.push(...bytes);
        });
        let next = 0;
        for (const length of writes) {
          // Each write stands for a turn: bytes one by one until the flow asks for an end.
          for (let i = 0; i < length * 100 && !flow.push(Uint8Array.of(next++ & 255)); i++);
          flow.flush();
          expect(flow.outstanding).toBeLessThanOrEqual(MOST_UNDRAWN + PIECE);
          const waiting = flow.ready;
          while (waiting && flow.outstanding > MOST_UNDRAWN / 2) flow.drawn(take(undrawn, drawnAtOnce));
          await waiting;
        }
        expect(received.length).toBe(next);
        expect(received.every((byte, index) => byte === (index & 255))).toBe(true);
      },
    ),
    { numRuns: 5 },
  );
});

it("stops a flooding machine in time, and changes nothing of its run", async () => {
  const kernel = { name: "flood", bytes: floodProgram(2000) };
  const plain = await Machine.create({ kernel });
  plain.run({ cycles: 1e9 });
  const machine = await Machine.create({ kernel });
  const sent: number[] = [];
  const flow = new ConsoleFlow(({ bytes }) => sent.push(bytes.length));
  machine.console.onOutput((bytes) => {
    if (flow.push(bytes)) machine.requestStop();
  });
  while (!machine.halted) {
    machine.run({ cycles: 1e9 });
    flow.flush();
  }
  expect(Math.max(...sent)).toBeLessThanOrEqual(PIECE);
  expect(sent.length).toBeGreaterThan(7);
  expect(machine.console.output).toBe(plain.console.output);
  expect(machine.stateHash()).toBe(plain.stateHash());
  plain.dispose();
  machine.dispose();
});

/** Takes up to `count` bytes off the first piece. */
function take(pieces: number[], count: number): number {
  const first = pieces[0] as number;
  const taken = Math.min(first, count);
  if (taken === first) pieces.shift();
  else pieces[0] = first - taken;
  return taken;
}
