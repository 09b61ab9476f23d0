/** Main memory as devices see it when they do DMA. */
import type { GuestMemory } from "../devices/device.ts";
import { HartbeatError } from "../errors.ts";
import type { Core } from "./core.ts";

/** Accesses outside of main memory throw HartbeatError: a device has checked what its driver gave it. */
export function guestMemory(core: Core): GuestMemory {
  const outside = (address: number, length: number): never => {
    throw new HartbeatError(`DMA of ${length} bytes at 0x${address.toString(16)} is outside of main memory.`);
  };
  return {
    view: (address, length) => core.view(address, length) ?? outside(address, length),
    write: (address, bytes) => {
      if (!core.write(address, bytes)) outside(address, bytes.length);
    },
  };
}
