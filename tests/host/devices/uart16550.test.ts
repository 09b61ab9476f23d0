/** The UART: registers, FIFO, interrupts, loopback, and input that is typed ahead. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Uart16550 } from "../../../host/devices/uart16550.ts";
import { expectSafeAccesses, FakeLine } from "./fakes.ts";

const RBR = 0;
const IER = 1;
const IIR = 2;
const FCR = 2;
const LCR = 3;
const MCR = 4;
const LSR = 5;
const MSR = 6;
const SCR = 7;

function make() {
  const irq = new FakeLine();
  const output: number[] = [];
  const uart = new Uart16550({ irq, onOutput: (byte) => output.push(byte) });
  return {
    uart,
    irq,
    output,
    get: (register: number) => uart.read(register, 1),
    put: (register: number, value: number) => uart.write(register, 1, value),
    type: (text: string) => uart.receive(new TextEncoder().encode(text)),
  };
}

test("what is sent comes out, and the transmitter is empty again", () => {
  const { put, get, output } = make();
  for (const byte of [72, 105, 255]) put(RBR, byte);
  expect(output).toEqual([72, 105, 255]);
  expect(get(LSR)).toBe(0x60);
});

test("the divisor latch hides data and IER", () => {
  const { put, get, output } = make();
  put(LCR, 0x83);
  put(RBR, 0x34);
  put(IER, 0x12);
  expect([get(RBR), get(IER)]).toEqual([0x34, 0x12]);
  put(LCR, 0x03);
  expect([get(IER), get(LCR), output]).toEqual([0, 3, []]);
});

test("plain registers keep what they are given", () => {
  const { put, get } = make();
  put(SCR, 0xa5);
  put(IER, 0xff);
  put(MCR, 0xff);
  expect([get(SCR), get(IER), get(MCR)]).toEqual([0xa5, 0x0f, 0x1f]);
});

test("wider accesses see the register at their first byte", () => {
  const { uart } = make();
  uart.write(SCR, 4, 0x1234_5678);
  expect(uart.read(SCR, 4)).toBe(0x78);
});

describe("receiving", () => {
  test("every byte arrives in order, however many wait", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 6 }),
        fc.boolean(),
        (chunks, fifos) => {
          const { uart, put, get } = make();
          put(FCR, fifos ? 1 : 0);
          const received: number[] = [];
          for (const chunk of chunks) {
            uart.receive(chunk);
            if (get(LSR) & 1) received.push(get(RBR));
          }
          while (get(LSR) & 1) received.push(get(RBR));
          expect(received).toEqual(chunks.flatMap((chunk) => [...chunk]));
          expect(get(RBR)).toBe(0);
        },
      ),
    );
  });

  test.each([
    [0x01, 1],
    [0x41, 4],
    [0x81, 8],
    [0xc1, 14],
  ])("FCR %i: IIR tells the trigger level from the timeout", (fcr, level) => {
    const { put, get, type, irq } = make();
    put(FCR, fcr);
    put(IER, 1);
    for (let count = 1; count <= 16; count += 1) {
      type("x");
      expect(get(IIR)).toBe(count >= level ? 0xc4 : 0xcc);
      expect(irq.level).toBe(true);
    }
    for (let count = 16; count > 0; count -= 1) get(RBR);
    expect([irq.level, get(IIR)]).toEqual([false, 0xc1]);
  });

  test("without FIFOs one byte is ready at a time", () => {
    const { put, get, type } = make();
    put(IER, 1);
    type("ab");
    expect([get(IIR), get(RBR), get(IIR), get(RBR), get(IIR)]).toEqual([4, 97, 4, 98, 1]);
  });

  test("clearing the FIFO drops what is in it, not what waits behind it", () => {
    const { put, get, type } = make();
    put(FCR, 1);
    type("0123456789abcdefgh");
    put(FCR, 3);
    expect(get(RBR)).toBe("g".charCodeAt(0));
  });
});

describe("the interrupt of an empty transmitter", () => {
  test("rises when enabled, falls when IIR is read, rises after the next byte", () => {
    const { put, get, irq } = make();
    expect(irq.level).toBe(false);
    put(IER, 2);
    expect(irq.level).toBe(true);
    expect(get(IIR)).toBe(2);
    expect([irq.level, get(IIR)]).toEqual([false, 1]);
    put(IER, 2);
    expect(irq.level).toBe(false);
    put(RBR, 65);
    expect(irq.level).toBe(true);
    put(IER, 0);
    expect(irq.level).toBe(false);
  });

  test("waits behind received data, and a read of IIR that tells of data does not clear it", () => {
    const { put, get, type } = make();
    put(FCR, 1);
    put(IER, 3);
    type("x");
    expect([get(IIR), get(IIR)]).toEqual([0xc4, 0xc4]);
    get(RBR);
    expect([get(IIR), get(IIR)]).toEqual([0xc2, 0xc1]);
  });
});

describe("loopback", () => {
  test("sends to itself, not out; input from outside waits", () => {
    const { put, get, output, type } = make();
    put(MCR, 0x10);
    type("z");
    put(RBR, 65);
    expect([get(RBR), output, get(LSR) & 1]).toEqual([65, [], 0]);
    put(MCR, 0);
    expect(get(RBR)).toBe("z".charCodeAt(0));
  });

  test("overruns when nobody reads, with an interrupt that LSR clears", () => {
    const { put, get, irq } = make();
    put(IER, 4);
    put(MCR, 0x10);
    put(RBR, 1);
    put(RBR, 2);
    expect([irq.level, get(IIR), get(LSR), get(LSR)]).toEqual([true, 6, 0x63, 0x61]);
    expect(irq.level).toBe(false);
  });

  test("modem outputs come back as inputs, with changes and their interrupt", () => {
    const { put, get, irq } = make();
    expect(get(MSR)).toBe(0xb0);
    put(IER, 8);
    put(MCR, 0x10);
    expect([irq.level, get(IIR)]).toEqual([true, 0]);
    expect(get(MSR)).toBe(0x0b);
    expect(irq.level).toBe(false);
    put(MCR, 0x1a);
    expect(get(MSR)).toBe(0x99);
    put(MCR, 0x14);
    expect(get(MSR)).toBe(0x49);
    put(MCR, 0x10);
    expect(get(MSR)).toBe(0x04);
  });
});

test("any access is safe", () => {
  expectSafeAccesses(0x100, () => make().uart);
});
