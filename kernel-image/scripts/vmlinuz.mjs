/**
 * Makes the compressed kernel: `vmlinuz.mjs DECOMPRESSOR IMAGE OUTPUT` puts the gzip'ed Image behind the code of
 * arch/riscv/boot/compressed, and fills in the fields of its head.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** Fields of arch/riscv/boot/compressed/head.S. */
const IMAGE_SIZE = 0x10;
const INPUT_LEN = 0x40;
const OUTPUT_LEN = 0x48;
/** What the decompressor needs behind its data. */
const STACK = 0x4000 + 16;

/** Of the ELF header and the program headers. */
const E_PHOFF = 0x20;
const E_PHNUM = 0x38;
const PHENTSIZE = 0x38;
const PT_LOAD = 1;
const P_OFFSET = 0x08;
const P_VADDR = 0x10;
const P_FILESZ = 0x20;

/** What is loaded, in order of address. */
function segments(elf) {
  const field = (offset) => Number(elf.readBigUInt64LE(offset));
  return Array.from({ length: elf.readUInt16LE(E_PHNUM) }, (_, i) => field(E_PHOFF) + i * PHENTSIZE)
    .filter((header) => elf.readUInt32LE(header) === PT_LOAD)
    .map((header) => {
      const offset = field(header + P_OFFSET);
      const bytes = elf.subarray(offset, offset + field(header + P_FILESZ));
      return { address: field(header + P_VADDR), bytes };
    });
}

/** The compressed kernel as a file; `options` are gzipSync's. */
export function vmlinuz(decompressor, image, options = { level: 9 }) {
  const [head, text] = segments(decompressor);
  const input = gzipSync(image, options);
  const whole = Buffer.concat([head.bytes, text.bytes, input]);
  const distance = text.address - head.address;
  if (distance < Number(image.readBigUInt64LE(IMAGE_SIZE)))
    throw new Error("the decompressor was linked for a smaller kernel; make the kernel image anew");
  if (whole.length > distance) throw new Error("the compressed kernel is larger than the kernel");
  whole.writeBigUInt64LE(BigInt(distance + whole.length + STACK), IMAGE_SIZE);
  whole.writeBigUInt64LE(BigInt(input.length), INPUT_LEN);
  whole.writeBigUInt64LE(BigInt(image.length), OUTPUT_LEN);
  return whole;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [decompressor, image, output] = process.argv.slice(2);
  writeFileSync(output, vmlinuz(readFileSync(decompressor), readFileSync(image)));
}
