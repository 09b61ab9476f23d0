/** What may be plugged into the virtio slots of the board besides disks. */
import type { Clock } from "./clock.ts";
import { type ConsolePort, VirtioConsole } from "./devices/virtio-console.ts";
import type { VirtioFunction } from "./devices/virtio-mmio.ts";
import { type NetworkPort, VirtioNet } from "./devices/virtio-net.ts";
import { VirtioRng } from "./devices/virtio-rng.ts";
import { HartbeatError } from "./errors.ts";

export type VirtioOption =
  /** Equal seeds give equal bytes. */
  | { readonly device: "rng"; readonly seed?: number }
  | { readonly device: "console"; readonly port: ConsolePort }
  /** Without an address the card has QEMU's first one, counted on by slot. */
  | { readonly device: "net"; readonly port: NetworkPort; readonly mac?: string };

/** A device that takes bytes from outside. */
export interface Receiver {
  receive?(bytes: Uint8Array): void;
}

/** QEMU's first address; the last byte counts the cards. */
const FIRST_MAC = [0x52, 0x54, 0x00, 0x12, 0x34, 0x56] as const;

/** The six bytes of an address such as 52:54:00:12:34:56. */
function parseMac(text: string): Uint8Array {
  const bytes = text
    .split(":")
    .map((byte) => (/^[0-9a-f]{1,2}$/i.test(byte) ? Number.parseInt(byte, 16) : 256));
  if (bytes.length !== 6 || bytes.some((byte) => byte > 255) || (bytes[0] as number) % 2 === 1) {
    throw new HartbeatError(`${text} is no address of a network card; write one such as 52:54:00:12:34:56.`);
  }
  return Uint8Array.from(bytes);
}

/** The address of the card with number `index` among the devices, unless the option names one. */
function macOf(mac: string | undefined, index: number): Uint8Array {
  return mac
    ? parseMac(mac)
    : Uint8Array.from(FIRST_MAC, (byte, place) => (place === 5 ? byte + index : byte));
}

/** What a guest can tell about the device, in a few words. */
export function describeVirtio(option: VirtioOption, index: number): string {
  if (option.device === "rng") return `rng with seed ${option.seed ?? 0}`;
  if (option.device === "console") return "console";
  const mac = [...macOf(option.mac, index)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  return `net with address ${mac}`;
}

/** The device that the option with number `index` asks for. */
export function virtioFunction(option: VirtioOption, index: number, clock: Clock): VirtioFunction & Receiver {
  const name = `virtio ${option.device} ${index}`;
  switch (option.device) {
    case "rng":
      return new VirtioRng(option.seed ?? 0);
    case "console":
      return new VirtioConsole({ clock, port: option.port, name });
    case "net":
      return new VirtioNet({ clock, port: option.port, mac: macOf(option.mac, index), name });
  }
}
