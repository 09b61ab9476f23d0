/**
 * The machine map: where every device of the board sits in the physical address space and which
 * interrupt line it drives. It is QEMU's `virt` board (hw/riscv/virt.c gives the same figures), so
 * that software made for either boots on both. The bus, the device tree and the boot ROM read it here.
 */

/** One row of the map. Addresses and sizes are in bytes; `irq` is a PLIC source number. */
export interface MapRow {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  /** PLIC source of the device (of its first instance); absent when it raises none. */
  readonly irq?: number;
  /** How many instances follow each other, each `size` bytes and one interrupt apart. */
  readonly count?: number;
}

export const MACHINE_MAP = {
  bootRom: { name: "boot ROM", base: 0x1000, size: 0xf000 },
  testFinisher: { name: "test finisher", base: 0x10_0000, size: 0x1000 },
  rtc: { name: "goldfish RTC", base: 0x10_1000, size: 0x1000, irq: 11 },
  clint: { name: "CLINT", base: 0x200_0000, size: 0x1_0000 },
  plic: { name: "PLIC", base: 0xc00_0000, size: 0x60_0000 },
  uart: { name: "NS16550A UART", base: 0x1000_0000, size: 0x100, irq: 10 },
  virtio: { name: "virtio-mmio", base: 0x1000_1000, size: 0x1000, irq: 1, count: 8 },
} as const satisfies Record<string, MapRow>;

/** First byte of main memory. */
export const RAM_BASE = 0x8000_0000;

/** Main memory when `-m` is not given, in bytes. */
export const DEFAULT_RAM_BYTES = 128 * 1024 * 1024;

/** The most harts that a machine may have. */
export const MAX_HARTS = 8;

/** PLIC sources 1..PLIC_SOURCES, as `riscv,ndev` says. */
export const PLIC_SOURCES = 95;

/** Rate of `mtime` and of the `time` CSR in ticks per second. */
export const TIMEBASE_HZ = 10_000_000;

/** Cycles of guest time in one second: functional mode retires one instruction per cycle at 1 GHz. */
export const CYCLES_PER_SECOND = 1_000_000_000;

/** Cycles in one tick of `mtime`. */
export const CYCLES_PER_TICK = CYCLES_PER_SECOND / TIMEBASE_HZ;
