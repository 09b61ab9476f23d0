/** Devices and what they are wired to, as QEMU's command line names them. */
import { expect, it } from "vitest";
import { parseChardev, parseDevice, parseNetdev } from "../../host/backend-arguments.ts";

it("reads devices", () => {
  expect(parseDevice("virtio-blk-device,drive=d")).toEqual({ device: "virtio-blk-device", drive: "d" });
  expect(parseDevice("virtio-rng-device")).toEqual({ device: "virtio-rng-device", seed: 0 });
  expect(parseDevice("virtio-rng-device,seed=7")).toMatchObject({ seed: 7 });
  expect(parseDevice("virtio-net-device,netdev=n")).toEqual({ device: "virtio-net-device", netdev: "n" });
  expect(parseDevice("virtio-net-device,netdev=n,mac=52:54:00:00:00:01")).toMatchObject({
    mac: "52:54:00:00:00:01",
  });
  expect(parseDevice("virtio-serial-device")).toEqual({ device: "virtio-serial-device" });
  expect(parseDevice("virtconsole,chardev=c")).toEqual({ device: "virtconsole", chardev: "c" });
  expect(() => parseDevice("virtio-blk-device")).toThrow(/drive=ID/);
  expect(() => parseDevice("virtio-net-device")).toThrow(/netdev=ID/);
  expect(() => parseDevice("virtconsole")).toThrow(/chardev=ID/);
  expect(() => parseDevice("virtio-rng-device,seed=x")).toThrow(/seed is a number/);
  expect(() => parseDevice("virtio-serial-device,id=x")).toThrow(/'id' is unknown; it has no fields/);
  expect(() => parseDevice("e1000")).toThrow(/use virtio-blk-device/);
});

it("reads networks", () => {
  const here = { host: "127.0.0.1", port: 1234 };
  expect(parseNetdev("socket,id=n,listen=:1234")).toEqual({ id: "n", role: "listen", address: here });
  expect(parseNetdev("socket,id=n,connect=localhost:99")).toEqual({
    id: "n",
    role: "connect",
    address: { host: "localhost", port: 99 },
  });
  expect(() => parseNetdev("user,id=n")).toThrow(/no user-mode network/);
  expect(() => parseNetdev("tap,id=n")).toThrow(/use socket/);
  expect(() => parseNetdev("socket,listen=:1")).toThrow(/id=ID/);
  expect(() => parseNetdev("socket,id=n")).toThrow(/connect=HOST:PORT/);
  expect(() => parseNetdev("socket,id=n,listen=:1,connect=:2")).toThrow(/not both/);
  expect(() => parseNetdev("socket,id=n,listen=:99999")).toThrow(/0 to 65535/);
  expect(() => parseNetdev("socket,id=n,mcast=1:2")).toThrow(/'mcast' is unknown/);
});

it("reads the other ends of consoles", () => {
  expect(parseChardev("null,id=c")).toEqual({ id: "c", kind: "null" });
  expect(parseChardev("file,id=c,path=a,,b")).toEqual({ id: "c", kind: "file", path: "a,b" });
  expect(parseChardev("socket,id=c,port=5,server=on,wait=off")).toEqual({
    id: "c",
    kind: "socket",
    role: "listen",
    address: { host: "127.0.0.1", port: 5 },
    wait: false,
  });
  expect(parseChardev("socket,id=c,port=5,server=on")).toMatchObject({ wait: true });
  expect(parseChardev("socket,id=c,port=5,host=h")).toMatchObject({ role: "connect", wait: false });
  expect(() => parseChardev("pty,id=c")).toThrow(/use null, file/);
  expect(() => parseChardev("file,id=c")).toThrow(/path=FILE/);
  expect(() => parseChardev("socket,id=c")).toThrow(/port=PORT/);
  expect(() => parseChardev("socket,id=c,port=1,server=yes")).toThrow(/on or off/);
  expect(() => parseChardev("null")).toThrow(/id=ID/);
});
