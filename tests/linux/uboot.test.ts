/** Debian's U-Boot in S-mode: its prompt, what it knows of the board, and a kernel that it starts from a disk. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Machine, MemoryDisk } from "../../host/node/index.ts";
import { IMAGE, INITRAMFS, OPENSBI } from "../boot/images.ts";
import { requireTool } from "../tools/require-tool.ts";
import { findTool } from "../tools/tools.ts";

const SECTOR = 512;
const PROMPT = /\n=> /;
/** Where the kernel and its RAM disk are read to; U-Boot has moved itself to the end of memory. */
const KERNEL_ADDRESS = 0x8400_0000;
const INITRD_ADDRESS = 0x8800_0000;

requireTool("opensbi", "u-boot")("U-Boot", () => {
  const image = readFileSync(IMAGE);
  const initrd = readFileSync(INITRAMFS);
  const sectors = (bytes: Uint8Array): number => Math.ceil(bytes.length / SECTOR);
  let machine: Machine;

  beforeAll(async () => {
    const disk = new Uint8Array((sectors(image) + sectors(initrd)) * SECTOR);
    disk.set(image);
    disk.set(initrd, sectors(image) * SECTOR);
    machine = await Machine.create({
      ramBytes: 256 * 2 ** 20,
      firmware: OPENSBI,
      kernel: findTool("u-boot") as string,
      drives: [new MemoryDisk(disk, true)],
    });
    await machine.console.expect(/Hit any key to stop autoboot/);
    machine.console.send("\n");
    await machine.console.expect(PROMPT);
  });

  afterAll(() => machine.dispose());

  async function run(command: string): Promise<string> {
    machine.console.send(`${command}\n`);
    await machine.console.expect(command);
    const start = machine.console.output.length;
    await machine.console.expect(PROMPT);
    return machine.console.output.slice(start).replace(/\r/g, "");
  }

  test("bdinfo tells of all memory", async () => {
    const info = await run("bdinfo");
    expect(info).toMatch(/DRAM bank\s*= 0x0+\n.*start\s*= 0x0*80000000\n.*size\s*= 0x0*10000000\n/);
  });

  test("booti starts a kernel that was read from the virtio disk", async () => {
    const hex = (value: number): string => value.toString(16);
    await run("virtio scan");
    await run(`virtio read ${hex(KERNEL_ADDRESS)} 0 ${hex(sectors(image))}`);
    await run(`virtio read ${hex(INITRD_ADDRESS)} ${hex(sectors(image))} ${hex(sectors(initrd))}`);
    const ramdisk = `${hex(INITRD_ADDRESS)}:${hex(initrd.length)}`;
    machine.console.send(`booti ${hex(KERNEL_ADDRESS)} ${ramdisk} $fdtcontroladdr\n`);
    await machine.console.expect(/Starting kernel/);
    await machine.console.expect(/login: /);
  });
});
