/**
 * What the command line wires the machine's cards and consoles to: sockets and files. What comes in from there is handed
 * over by `deliver`, at a moment of the run's choosing, and is kept in recordings; a replay opens nothing.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { ChardevOption, DeviceOption, NetdevOption } from "../backend-arguments.ts";
import type { ConsolePort } from "../devices/virtio-console.ts";
import type { NetworkPort } from "../devices/virtio-net.ts";
import { HartbeatError } from "../errors.ts";
import type { VirtioOption } from "../virtio-option.ts";
import { reason } from "./files.ts";
import { FrameStream } from "./frame-stream.ts";
import { TcpLine } from "./tcp-line.ts";

export interface BackendSettings {
  readonly devices: readonly DeviceOption[];
  readonly netdevs: readonly NetdevOption[];
  readonly chardevs: readonly ChardevOption[];
}

type Receive = (bytes: Uint8Array) => void;

/** Either kind of port: what the guest sends, and what it is to receive. */
class Port implements NetworkPort, ConsolePort {
  receive: Receive = () => undefined;
  onSend: Receive = () => undefined;

  connect(receive: Receive): void {
    this.receive = receive;
  }

  send(frame: Uint8Array): void {
    this.onSend(frame);
  }

  output(bytes: Uint8Array): void {
    this.onSend(bytes);
  }
}

/** Takes what an option names out of a list, once. */
function take<T extends { readonly id: string }>(list: T[], id: string, device: string, option: string): T {
  const index = list.findIndex((candidate) => candidate.id === id);
  if (index < 0)
    throw new HartbeatError(`-device ${device}: there is no -${option} with id=${id} that is still free`);
  return list.splice(index, 1)[0] as T;
}

export class Backends {
  readonly virtio: VirtioOption[] = [];
  /** Runs an action at a moment when the machine takes input. */
  deliver: (action: () => void) => void = (action) => action();
  readonly #onNotice: (text: string) => void;
  readonly #closers: (() => void)[] = [];

  private constructor(onNotice: (text: string) => void) {
    this.#onNotice = onNotice;
  }

  /** Opens all that a -device names, unless the run is a replay. Throws HartbeatError when something is not to be had. */
  static async open(
    settings: BackendSettings,
    { live, onNotice }: { readonly live: boolean; readonly onNotice: (text: string) => void },
  ): Promise<Backends> {
    const backends = new Backends(onNotice);
    try {
      await backends.#open(settings, live);
    } catch (error) {
      backends.close();
      throw error;
    }
    return backends;
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  async #open({ devices, netdevs, chardevs }: BackendSettings, live: boolean): Promise<void> {
    const nets = [...netdevs];
    const chars = [...chardevs];
    for (const option of devices) {
      const port = new Port();
      if (option.device === "virtio-rng-device") this.virtio.push({ device: "rng", seed: option.seed });
      else if (option.device === "virtio-net-device") {
        const { netdev, mac } = option;
        const net = take(nets, netdev, `virtio-net-device,netdev=${netdev}`, "netdev");
        this.virtio.push({ device: "net", port, ...(mac !== undefined && { mac }) });
        if (live) await this.#openNet(net, port);
      } else if (option.device === "virtconsole") {
        const char = take(chars, option.chardev, `virtconsole,chardev=${option.chardev}`, "chardev");
        this.virtio.push({ device: "console", port });
        if (live) await this.#openChar(char, port);
      }
    }
  }

  async #openNet({ id, role, address }: NetdevOption, port: Port): Promise<void> {
    const what = `-netdev socket,id=${id}`;
    let stream = new FrameStream();
    const line = await TcpLine.open({
      what,
      role,
      address,
      onNotice: this.#onNotice,
      onOpen: () => {
        stream = new FrameStream();
      },
      onData: (bytes) => {
        const frames = stream.push(bytes);
        for (const frame of frames ?? []) this.deliver(() => port.receive(frame));
        return frames ? undefined : "what came in is no stream of frames";
      },
    });
    this.#closers.push(() => line.close());
    port.onSend = (frame) => line.send(FrameStream.header(frame), frame.slice());
    if (role === "listen" && address.port === 0) this.#onNotice(`${what} listens on port ${line.port}`);
  }

  async #openChar(option: ChardevOption, port: Port): Promise<void> {
    if (option.kind === "null") return;
    if (option.kind === "file") {
      const file = openFile(option.path);
      this.#closers.push(() => closeSync(file));
      port.onSend = (bytes) => writeFile(file, option.path, bytes);
      return;
    }
    const { id, role, address, wait } = option;
    const what = `-chardev socket,id=${id}`;
    const line = await TcpLine.open({
      what,
      role,
      address,
      onNotice: this.#onNotice,
      onData: (bytes) => {
        this.deliver(() => port.receive(bytes));
        return undefined;
      },
    });
    this.#closers.push(() => line.close());
    port.onSend = (bytes) => line.send(bytes.slice());
    if (!wait) return;
    this.#onNotice(`${what} waits for a connection to ${address.host}:${line.port}`);
    await line.connected();
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw new HartbeatError(
      `Cannot write the console's file '${path}': ${reason(error)}; name another file.`,
    );
  }
}

function writeFile(file: number, path: string, bytes: Uint8Array): void {
  try {
    writeSync(file, bytes);
  } catch (error) {
    throw new HartbeatError(`Cannot write the console's file '${path}': ${reason(error)}.`);
  }
}
