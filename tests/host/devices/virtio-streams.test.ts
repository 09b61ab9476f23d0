/** The virtio devices that carry bytes: entropy, console, network card, hub. */
import { describe, expect, test } from "vitest";
import { type ConsolePort, VirtioConsole } from "../../../host/devices/virtio-console.ts";
import { type VirtioFunction, VirtioMmio } from "../../../host/devices/virtio-mmio.ts";
import { LARGEST_FRAME, type NetworkPort, VirtioNet } from "../../../host/devices/virtio-net.ts";
import { NetworkHub } from "../../../host/devices/virtio-net-hub.ts";
import { VirtioRng } from "../../../host/devices/virtio-rng.ts";
import { expectSafeAccesses, FakeClock, FakeLine, FakeMemory } from "./fakes.ts";
import { NEEDS_RESET, REGISTER, VirtioDriver } from "./virtio-driver.ts";

const BASE = 0x8000_0000;
const RECEIVE = 0;
const TRANSMIT = 1;
/** Where the test's buffers lie. */
const BUFFER = BASE + 0x8000;
const HEADER_BYTES = 12;
const MAC = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);

function plug(plugged: VirtioFunction) {
  const memory = new FakeMemory(BASE, 0x1_0000);
  const irq = new FakeLine();
  const device = new VirtioMmio({ name: "virtio", irq, memory, plugged });
  return { memory, irq, device, driver: (queue: number) => new VirtioDriver(device, memory, 8, queue) };
}

/** A port that keeps what comes out. */
class Recorder implements ConsolePort, NetworkPort {
  readonly sent: number[][] = [];

  connect(): void {}

  output(bytes: Uint8Array): void {
    this.sent.push([...bytes]);
  }

  send(frame: Uint8Array): void {
    this.sent.push([...frame]);
  }
}

describe("entropy", () => {
  function bytes(seed: number, length: number): Uint8Array {
    const { memory, driver } = plug(new VirtioRng(seed));
    const rng = driver(0);
    rng.start();
    rng.writeChain(0, [], [[BUFFER, length]]);
    rng.makeAvailable(0);
    rng.notify();
    expect(rng.usedEntries()).toEqual([{ head: 0, written: length }]);
    return memory.view(BUFFER, length).slice();
  }

  test("fills the whole buffer, the same for equal seeds", () => {
    expect(bytes(1, 333)).toEqual(bytes(1, 333));
    expect(bytes(1, 64)).not.toEqual(bytes(2, 64));
  });

  test("looks random: every byte value comes about equally often", () => {
    const counts = new Array<number>(256).fill(0);
    for (const byte of bytes(7, 4096)) counts[byte] = (counts[byte] as number) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(2);
    expect(Math.max(...counts)).toBeLessThan(40);
  });

  test("goes on where a saved state was", () => {
    const first = new VirtioRng(3);
    const second = new VirtioRng(4);
    second.restore(first.state());
    expect(second.state()).toEqual(first.state());
  });
});

describe("console", () => {
  function make() {
    const clock = new FakeClock();
    const port = new Recorder();
    const virtioConsole = new VirtioConsole({ clock, port, name: "console" });
    return { clock, port, virtioConsole, ...plug(virtioConsole) };
  }

  test("the guest writes", () => {
    const { memory, port, driver } = make();
    const out = driver(TRANSMIT);
    out.start();
    memory.write(BUFFER, Uint8Array.of(104, 105));
    out.writeChain(0, [[BUFFER, 2]], []);
    out.makeAvailable(0);
    out.notify();
    expect(port.sent).toEqual([[104, 105]]);
    expect(out.usedEntries()).toEqual([{ head: 0, written: 0 }]);
  });

  test("input fills the buffers as they come, from the next event on", () => {
    const { clock, irq, memory, virtioConsole, driver } = make();
    const input = driver(RECEIVE);
    input.start();
    input.writeChain(0, [], [[BUFFER, 2]]);
    input.makeAvailable(0);
    virtioConsole.receive(Uint8Array.of(1, 2));
    virtioConsole.receive(Uint8Array.of(3));
    expect(irq.level).toBe(false);
    clock.advanceTo(1);
    expect(irq.level).toBe(true);
    expect([...memory.view(BUFFER, 2)]).toEqual([1, 2]);
    input.writeChain(1, [], [[BUFFER + 16, 2]]);
    input.makeAvailable(1);
    input.notify();
    expect(input.usedEntries()).toEqual([
      { head: 0, written: 2 },
      { head: 1, written: 1 },
    ]);
  });

  test("input that waits is part of the state", () => {
    const first = make();
    first.virtioConsole.receive(Uint8Array.of(1, 2));
    const second = make();
    second.virtioConsole.restore(first.virtioConsole.state());
    expect(second.virtioConsole.state()).toEqual(first.virtioConsole.state());
    expect(second.clock.pending).toBe(1);
  });
});

describe("network card", () => {
  function make(port: NetworkPort = new Recorder()) {
    const clock = new FakeClock();
    const net = new VirtioNet({ clock, port, mac: MAC, name: "net" });
    return { clock, net, ...plug(net) };
  }

  test("tells its address and that the link is up", () => {
    const { device } = make();
    const bytes = Array.from({ length: 7 }, (_, index) => device.read(REGISTER.config + index, 1));
    expect(bytes).toEqual([...MAC, 1]);
  });

  test("sends what is behind the header", () => {
    const port = new Recorder();
    const { memory, driver } = make(port);
    const out = driver(TRANSMIT);
    out.start();
    memory.write(BUFFER + HEADER_BYTES, Uint8Array.of(1, 2, 3));
    out.writeChain(
      0,
      [
        [BUFFER, HEADER_BYTES],
        [BUFFER + HEADER_BYTES, 3],
      ],
      [],
    );
    out.makeAvailable(0);
    out.notify();
    expect(port.sent).toEqual([[1, 2, 3]]);
  });

  test("a frame without its header stops the device", () => {
    const { driver } = make();
    const out = driver(TRANSMIT);
    out.start();
    out.writeChain(0, [[BUFFER, HEADER_BYTES - 1]], []);
    out.makeAvailable(0);
    out.notify();
    expect(out.get(REGISTER.status) & NEEDS_RESET).toBe(NEEDS_RESET);
  });

  test("receives a frame behind a header that counts one buffer", () => {
    const { clock, irq, memory, net, driver } = make();
    const input = driver(RECEIVE);
    input.start();
    input.writeChain(0, [], [[BUFFER, 64]]);
    input.makeAvailable(0);
    net.receive(Uint8Array.of(9, 8, 7));
    clock.advanceTo(1);
    expect(irq.level).toBe(true);
    expect(input.usedEntries()).toEqual([{ head: 0, written: HEADER_BYTES + 3 }]);
    expect([...memory.view(BUFFER, HEADER_BYTES + 3)]).toEqual([...new Array(10).fill(0), 1, 0, 9, 8, 7]);
  });

  test("frames wait for buffers; nobody listens before the driver is there; giants are lost", () => {
    const { clock, net, driver } = make();
    net.receive(Uint8Array.of(1));
    const input = driver(RECEIVE);
    input.start();
    net.receive(Uint8Array.of(2));
    net.receive(new Uint8Array(LARGEST_FRAME + 1));
    clock.advanceTo(1);
    expect(input.usedEntries()).toEqual([]);
    input.writeChain(0, [], [[BUFFER, 64]]);
    input.makeAvailable(0);
    input.notify();
    expect(input.usedEntries()).toEqual([{ head: 0, written: HEADER_BYTES + 1 }]);
  });

  test("frames that wait are part of the state", () => {
    const first = make();
    first.driver(RECEIVE).start();
    first.net.receive(Uint8Array.of(1, 2));
    const second = make();
    second.net.restore(first.net.state());
    expect(second.net.state()).toEqual(first.net.state());
  });
});

test("a hub carries frames to all ports but the sender's", () => {
  const hub = new NetworkHub();
  const heard: string[] = [];
  const ports = ["a", "b", "c"].map((name) => {
    const port = hub.plug();
    port.connect((frame) => heard.push(`${name}${frame[0]}`));
    return port;
  });
  ports[1]?.send(Uint8Array.of(5));
  expect(heard).toEqual(["a5", "c5"]);
});

test.each<[string, () => VirtioFunction]>([
  ["entropy", () => new VirtioRng(0)],
  ["console", () => new VirtioConsole({ clock: new FakeClock(), port: new Recorder(), name: "c" })],
  [
    "network card",
    () => new VirtioNet({ clock: new FakeClock(), port: new Recorder(), mac: MAC, name: "n" }),
  ],
])("any access to the %s is safe", (_name, make) => {
  expectSafeAccesses(0x1000, () => plug(make()).device);
});
