/** Reads what a machine is wired to, in QEMU's words: `-netdev`, `-chardev`, and the `-device`s that name them. */
import { fieldsOf, parsePort, rejectOthers } from "./arguments.ts";
import { HartbeatError } from "./errors.ts";

/** A device as `-device` names it. */
export type DeviceOption =
  | { readonly device: "virtio-blk-device"; readonly drive: string }
  | { readonly device: "virtio-rng-device"; readonly seed: number }
  | { readonly device: "virtio-net-device"; readonly netdev: string; readonly mac?: string }
  /** The bus that QEMU plugs consoles into; here each console is a device of its own. */
  | { readonly device: "virtio-serial-device" }
  | { readonly device: "virtconsole"; readonly chardev: string };

/** One end of a TCP connection. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Frames over TCP to another machine. */
export interface NetdevOption {
  readonly id: string;
  readonly role: "listen" | "connect";
  readonly address: Address;
}

/** Where the bytes of a console go, and come from. */
export type ChardevOption =
  | { readonly id: string; readonly kind: "null" }
  | { readonly id: string; readonly kind: "file"; readonly path: string }
  | {
      readonly id: string;
      readonly kind: "socket";
      readonly role: "listen" | "connect";
      readonly address: Address;
      /** Before the machine starts, wait for somebody to connect. */
      readonly wait: boolean;
    };

const LOOPBACK = "127.0.0.1";

/** An option whose first word is a kind and whose other words are fields. */
class Spec {
  readonly kind: string;
  readonly #option: string;
  readonly #text: string;
  readonly #fields: Map<string, string>;

  constructor(option: string, text: string) {
    const [kind = "", ...rest] = text.split(",");
    this.kind = kind;
    this.#option = option;
    this.#text = text;
    this.#fields = rest.length > 0 ? fieldsOf(option, rest.join(",")) : new Map();
  }

  fail(problem: string): never {
    throw new HartbeatError(`${this.#option} ${this.#text}: ${problem}`);
  }

  only(...known: string[]): this {
    rejectOthers(this.#option, this.#text, this.#fields, known);
    return this;
  }

  get(name: string): string | undefined {
    return this.#fields.get(name);
  }

  need(name: string, advice: string): string {
    return this.get(name) || this.fail(advice);
  }

  isOn(name: string, otherwise: boolean): boolean {
    const value = this.get(name);
    if (value !== undefined && value !== "on" && value !== "off") this.fail(`${name} is on or off`);
    return value === undefined ? otherwise : value === "on";
  }

  /** `[HOST]:PORT`. */
  address(name: string): Address {
    const match = /^(.*):(\d+)$/.exec(this.get(name) ?? "");
    if (!match) this.fail(`write ${name}=HOST:PORT, or ${name}=:PORT for this machine`);
    return { host: match?.[1] || LOOPBACK, port: parsePort(match?.[2] ?? "", this.#option) };
  }
}

/** `-netdev socket,id=ID,listen=[HOST]:PORT` or `connect=[HOST]:PORT`, one side of a cable between two machines. */
export function parseNetdev(text: string): NetdevOption {
  const spec = new Spec("-netdev", text);
  if (spec.kind === "user") spec.fail("there is no user-mode network; connect two machines with socket");
  if (spec.kind !== "socket") spec.fail("use socket,id=ID,listen=:PORT or socket,id=ID,connect=HOST:PORT");
  spec.only("id", "listen", "connect");
  const id = spec.need("id", "name it with id=ID, for -device virtio-net-device,netdev=ID");
  const role = spec.get("listen") === undefined ? "connect" : "listen";
  if (role === "listen" && spec.get("connect") !== undefined) spec.fail("give listen= or connect=, not both");
  return { id, role, address: spec.address(role) };
}

/** `-chardev null,id=ID`, `file,id=ID,path=FILE` or `socket,id=ID,port=PORT[,host=HOST][,server=on[,wait=off]]`. */
export function parseChardev(text: string): ChardevOption {
  const spec = new Spec("-chardev", text);
  const named = () => spec.need("id", "name it with id=ID, for -device virtconsole,chardev=ID");
  switch (spec.kind) {
    case "null":
      spec.only("id");
      return { kind: "null", id: named() };
    case "file":
      spec.only("id", "path");
      return { kind: "file", id: named(), path: spec.need("path", "name the file with path=FILE") };
    case "socket": {
      spec.only("id", "host", "port", "server", "wait");
      const server = spec.isOn("server", false);
      const port = parsePort(spec.need("port", "name the port with port=PORT"), "-chardev");
      const address = { host: spec.get("host") || LOOPBACK, port };
      const role = server ? "listen" : "connect";
      return { kind: "socket", id: named(), role, address, wait: server && spec.isOn("wait", true) };
    }
    default:
      return spec.fail("use null, file,path=FILE or socket,port=PORT, each with id=ID");
  }
}

/** The device of `-device`. */
export function parseDevice(text: string): DeviceOption {
  const spec = new Spec("-device", text);
  switch (spec.kind) {
    case "virtio-blk-device":
      return { device: spec.kind, drive: spec.only("drive").need("drive", "name the disk with drive=ID") };
    case "virtio-rng-device": {
      const seed = spec.only("seed").get("seed") ?? "0";
      if (!/^\d{1,9}$/.test(seed)) spec.fail("seed is a number below 1000000000");
      return { device: spec.kind, seed: Number(seed) };
    }
    case "virtio-net-device": {
      const netdev = spec.only("netdev", "mac").need("netdev", "name the network with netdev=ID");
      const mac = spec.get("mac");
      return { device: spec.kind, netdev, ...(mac !== undefined && { mac }) };
    }
    case "virtio-serial-device":
      spec.only();
      return { device: spec.kind };
    case "virtconsole":
      return {
        device: spec.kind,
        chardev: spec.only("chardev").need("chardev", "name the other end with chardev=ID"),
      };
    default:
      return spec.fail(
        "use virtio-blk-device,drive=ID, virtio-net-device,netdev=ID, virtconsole,chardev=ID or virtio-rng-device[,seed=N]",
      );
  }
}
