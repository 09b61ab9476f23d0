/** The compressed kernel image: it unpacks itself anywhere the plain one boots, and says so when it cannot. */
import { readFileSync } from "node:fs";
import { constants, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { vmlinuz } from "../../kernel-image/scripts/vmlinuz.mjs";
import { Qemu } from "../tools/qemu.ts";
import { requireTool } from "../tools/require-tool.ts";
import { session, withoutTimes } from "../tools/transcript.ts";
import { DECOMPRESSOR, IMAGE, INITRAMFS, named, OPENSBI, VMLINUX, VMLINUZ } from "./images.ts";

const UNPACKING = /Uncompressing Linux\.\.\. done, booting the kernel\.\r+\n/;
const PLACE = 0x8020_0000;
const INPUT_LEN = 0x40;
const OUTPUT_LEN = 0x48;

async function boot(harts: number, kernel: string, firmware?: string): Promise<string> {
  const machine = await Machine.create({ harts, kernel, initrd: INITRAMFS, ...(firmware && { firmware }) });
  await session(machine.console);
  const { output } = machine.console;
  machine.dispose();
  return output;
}

describe.each([1, 4, 8])("on %i harts", (harts) => {
  test("what it boots is what the plain image boots", async () => {
    const compressed = await boot(harts, VMLINUZ);
    expect(compressed).toMatch(UNPACKING);
    expect(withoutTimes(compressed)).toBe(withoutTimes(await boot(harts, IMAGE)));
  });
});

test("OpenSBI starts it, too", async () => {
  expect(await boot(4, VMLINUZ, OPENSBI)).toMatch(UNPACKING);
});

requireTool("qemu-system-riscv64", "opensbi")("QEMU", () => {
  for (const harts of [1, 4, 8]) {
    test(`boots it with -smp ${harts}`, async () => {
      const qemu = new Qemu(["-smp", String(harts), "-m", "128M", "-kernel", VMLINUZ, "-initrd", INITRAMFS]);
      await qemu.expect(/login: /);
      expect(qemu.output).toMatch(UNPACKING);
      expect(qemu.output).toContain(`Brought up 1 node, ${harts} CPU`);
      qemu.kill();
    });
  }
});

test("the kernel is entered with the hart and the device tree of the image, and is all there", async () => {
  const machine = await Machine.create({
    kernel: VMLINUZ,
    symbols: VMLINUX,
    decompressor: DECOMPRESSOR,
    harts: 2,
  });
  const entries: (bigint | undefined)[][] = [];
  let kernel = new Uint8Array();
  machine.breakpoints.add(BigInt(PLACE), (hart) => {
    if (machine.core.hart(hart).get("priv") !== 1n) return "go-on";
    // As if another hart had won the firmware's lottery: 0 could come from anywhere.
    if (entries.length === 0) machine.registers.write(hart, "a0", 1n);
    entries.push([BigInt(hart), ...["a0", "a1"].map((name) => machine.registers.read(hart, name))]);
    kernel = machine.readPhysical(PLACE, readFileSync(IMAGE).length).slice();
    return "go-on";
  });
  machine.run({ cycles: 30_000_000 });
  expect(entries).toHaveLength(2);
  expect(entries[1]).toEqual(entries[0]);
  expect(Buffer.from(kernel).equals(readFileSync(IMAGE))).toBe(true);
  machine.dispose();
});

/** Has the decompressor unpack a file made of these bytes; `change` may damage it. */
async function unpack(image: Uint8Array, change = (file: Buffer): Buffer => file, options = {}) {
  const file = change(vmlinuz(readFileSync(DECOMPRESSOR), Buffer.from(image), options));
  const machine = await Machine.create({
    ramBytes: 16 * 2 ** 20,
    kernel: { name: "vmlinuz of the test", bytes: file },
    decompressor: DECOMPRESSOR,
  });
  let entered: Uint8Array | undefined;
  const decompressor = machine.symbols.lookup("start", "bootstrap");
  let first = true;
  machine.breakpoints.add(decompressor ?? 0n, () => {
    if (!first) entered = machine.readPhysical(PLACE, image.length).slice();
    if (!first) machine.requestStop();
    first = false;
    return "go-on";
  });
  machine.run({ cycles: 100_000_000 });
  const outcome = {
    entered,
    output: machine.console.output,
    waits: machine.core.hart(0).get("waiting") === 1n,
  };
  machine.dispose();
  return outcome;
}

/** What passes for a kernel: its header tells how much memory it takes. */
function kernelOf(bytes: Uint8Array): Uint8Array {
  const image = Buffer.concat([Buffer.alloc(64), bytes]);
  image.writeBigUInt64LE(BigInt(image.length), 0x10);
  return image;
}

describe("the decompressor", () => {
  const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;
  const text = readFileSync(new URL("./images.ts", import.meta.url));

  test.each([
    ["stored blocks", { level: 0 }],
    ["fixed codes", { strategy: Z_FIXED }],
    ["no repetitions", { strategy: Z_HUFFMAN_ONLY }],
    ["repetitions of one byte", { strategy: Z_RLE }],
    ["the best compression", { level: 9, strategy: Z_DEFAULT_STRATEGY }],
  ])("unpacks what zlib made with %s", async (_, options) => {
    const image = kernelOf(Buffer.concat([text, Buffer.alloc(70_000), text, Buffer.from("x".repeat(300))]));
    const { entered } = await unpack(image, undefined, options);
    expect(entered && Buffer.from(entered).equals(Buffer.from(image))).toBe(true);
  });

  test("unpacks any bytes", async () => {
    const pieces = fc.array(
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 40 })),
      { minLength: 1, maxLength: 20 },
    );
    const level = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(pieces, level, async (parts, level) => {
        const bytes = Buffer.concat(parts.flatMap(([piece, times]) => Array(times).fill(piece)));
        const image = kernelOf(Buffer.concat([bytes, Buffer.alloc(10_000)]));
        const { entered } = await unpack(image, undefined, { level });
        expect(entered && Buffer.from(entered).equals(Buffer.from(image))).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  const image = kernelOf(Buffer.concat(Array(20).fill(text)));
  const data = vmlinuz(readFileSync(DECOMPRESSOR), Buffer.from(image)).indexOf(Buffer.from([0x1f, 0x8b, 8]));
  const end = vmlinuz(readFileSync(DECOMPRESSOR), Buffer.from(image)).length;
  const damaged = (change: (file: Buffer) => void) => (file: Buffer) => {
    change(file);
    return file;
  };

  test.each([
    ["another format", damaged((file) => void file.writeUInt8(0x1e, data)), "bad gzip magic numbers"],
    ["a reserved type of block", damaged((file) => void file.writeUInt8(7, data + 10)), "block type"],
    [
      "another checksum",
      damaged((file) => void file.writeUInt8(file.readUInt8(end - 8) ^ 1, end - 8)),
      "crc error",
    ],
    ["another length", damaged((file) => void file.writeUInt32LE(12, end - 4)), "length error"],
    [
      "a kernel longer than announced",
      damaged((file) => void file.writeUInt32LE(9000, OUTPUT_LEN)),
      "length error",
    ],
    [
      "half of the data",
      damaged((file) => void file.writeUInt32LE((end - data) >> 1, INPUT_LEN)),
      "out of data",
    ],
    ["no data", damaged((file) => void file.writeUInt32LE(0, INPUT_LEN)), "out of data"],
  ])("tells of %s, and stops", async (_, change, message) => {
    const { output, entered, waits } = await unpack(image, change);
    expect(output).toContain("Uncompressing Linux...");
    expect(output).toContain(message);
    expect(output).toContain("-- System halted");
    expect(entered).toBeUndefined();
    expect(waits).toBe(true);
  });

  test("never enters a kernel of which any byte was changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: data + 10, max: end - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const { output, entered } = await unpack(image, (file) => {
            file.writeUInt8(file.readUInt8(at) ^ by, at);
            return file;
          });
          // Only what changes no byte of the kernel may pass: the padding of the last byte of the data.
          if (entered) expect(Buffer.from(entered).equals(Buffer.from(image))).toBe(true);
          else expect(output).toContain("-- System halted");
        },
      ),
      { numRuns: 25 },
    );
  });
});

test("an Image that was merely gzip'ed boots, too", async () => {
  const machine = await Machine.create({
    kernel: { name: "Image.gz", bytes: gzipSync(named(IMAGE).bytes) },
    initrd: INITRAMFS,
  });
  await machine.console.expect(/login: /);
  machine.dispose();
});
