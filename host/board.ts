/** The board: which devices there are and how their wires run. One place knows; machine.ts puts it to work. */

import { MACHINE_MAP } from "../spec/machine-map.ts";
import { INTERRUPT } from "../spec/riscv.ts";
import { Bus, type PlacedDevice, placeDevice } from "./bus.ts";
import type { Clock } from "./clock.ts";
import { Clint } from "./devices/clint.ts";
import type { GuestMemory, IrqLine } from "./devices/device.ts";
import { GoldfishRtc } from "./devices/goldfish-rtc.ts";
import { Plic } from "./devices/plic.ts";
import { fieldsIn, type SavedFields } from "./devices/saved-state.ts";
import { type Finish, TestFinisher } from "./devices/test-finisher.ts";
import { Uart16550 } from "./devices/uart16550.ts";
import { type BlockBackend, VirtioBlk } from "./devices/virtio-blk.ts";
import { type VirtioFunction, VirtioMmio } from "./devices/virtio-mmio.ts";
import { type Receiver, type VirtioOption, virtioFunction } from "./virtio-option.ts";

export interface BoardOptions {
  readonly harts: number;
  readonly clock: Clock;
  readonly memory: GuestMemory;
  /** Drives bit `bit` of a hart's `mip`. */
  readonly setLine: (hart: number, bit: number, level: boolean) => void;
  readonly onTimeOffset: (ticks: bigint) => void;
  readonly onOutput: (byte: number) => void;
  readonly onFinish: (finish: Finish) => void;
  /** One drive for each virtio slot from the last one down, as QEMU plugs them. */
  readonly drives: readonly BlockBackend[];
  /** What goes into the slots after the drives. */
  readonly virtio: readonly VirtioOption[];
  /** What the real-time clock shows at cycle 0, in milliseconds since 1970. */
  readonly rtcBase: number;
}

export class Board {
  readonly bus: Bus;
  readonly uart: Uart16550;
  readonly devices: readonly PlacedDevice[];
  readonly #virtio: readonly (VirtioFunction & Receiver)[];

  constructor(options: BoardOptions) {
    const { harts, clock, memory, setLine, onTimeOffset, onOutput, onFinish, drives, virtio } = options;
    const lines = (bit: number): IrqLine[] =>
      Array.from({ length: harts }, (_, hart) => ({ set: (level) => setLine(hart, bit, level) }));
    const plic = new Plic({ machine: lines(INTERRUPT.MEI), supervisor: lines(INTERRUPT.SEI) });
    this.uart = new Uart16550({ irq: plic.line(MACHINE_MAP.uart.irq), onOutput });
    const rtcLine = plic.line(MACHINE_MAP.rtc.irq);
    const slots = MACHINE_MAP.virtio.count;
    this.#virtio = virtio.map((option, index) => virtioFunction(option, index, clock));
    const plugged: VirtioFunction[] = [
      ...drives.map((backend, index) => new VirtioBlk({ clock, backend, serial: `hartbeat-${index}` })),
      ...this.#virtio,
    ];
    this.devices = [
      placeDevice(MACHINE_MAP.testFinisher, new TestFinisher(onFinish)),
      placeDevice(MACHINE_MAP.rtc, new GoldfishRtc({ clock, irq: rtcLine, base: options.rtcBase })),
      placeDevice(
        MACHINE_MAP.clint,
        new Clint({ clock, software: lines(INTERRUPT.MSI), timer: lines(INTERRUPT.MTI), onTimeOffset }),
      ),
      placeDevice(MACHINE_MAP.plic, plic),
      placeDevice(MACHINE_MAP.uart, this.uart),
      // The last slot first, as in QEMU's device tree: so a guest finds the first drive first.
      ...Array.from({ length: slots }, (_, index) => {
        const slot = slots - 1 - index;
        const device = new VirtioMmio({
          name: `virtio-mmio ${slot}`,
          irq: plic.line(MACHINE_MAP.virtio.irq + slot),
          memory,
          plugged: plugged[index],
        });
        return placeDevice(MACHINE_MAP.virtio, device, slot);
      }),
    ];
    this.bus = new Bus(this.devices);
  }

  /** Hands bytes from outside to the virtio device with this number among those that are no disks. */
  receive(index: number, bytes: Uint8Array): void {
    this.#virtio[index]?.receive?.(bytes);
  }

  reset(): void {
    for (const { device } of this.devices) device.reset();
  }

  /** Takes over what `state` gave. Interrupt controllers come before those who drive them. */
  restore(state: Readonly<Record<string, SavedFields>>): void {
    for (const { device, base } of this.devices) {
      device.restore(fieldsIn(state, `${device.name}@${base.toString(16)}`));
    }
  }

  /** Named state of every device, for the state hash and snapshots. */
  state(): Record<string, SavedFields> {
    return Object.fromEntries(
      this.devices.map(({ device, base }) => [`${device.name}@${base.toString(16)}`, device.state()]),
    );
  }
}
