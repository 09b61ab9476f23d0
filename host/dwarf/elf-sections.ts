/** The sections of an ELF64 file by name, for readers of debugging information. Damage gives fewer sections. */

const EHDR_BYTES = 64;
const SHDR_BYTES = 64;
/** Header of a compressed section: type, size, alignment. */
const CHDR_BYTES = 24;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800n;

/** What follows the header of a compressed section: zlib's format. Hosts bring their own way to read it. */
export type Inflate = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** The sections whose names are asked for. */
export async function elfSections(
  bytes: Uint8Array,
  wanted: readonly string[],
  inflate: Inflate,
): Promise<Map<string, Uint8Array>> {
  const sections = new Map<string, Uint8Array>();
  if (bytes.length < EHDR_BYTES) return sections;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const namesIndex = view.getUint16(62, true);
  if (table + count * SHDR_BYTES > bytes.length || namesIndex >= count) return sections;
  const body = (index: number): Uint8Array => {
    const header = table + index * SHDR_BYTES;
    const offset = Number(view.getBigUint64(header + 24, true));
    return bytes.subarray(offset, offset + Number(view.getBigUint64(header + 32, true)));
  };
  const names = body(namesIndex);
  const decoder = new TextDecoder();
  for (let index = 1; index < count; index++) {
    const header = table + index * SHDR_BYTES;
    if (view.getUint32(header + 4, true) === SHT_NOBITS) continue;
    const start = view.getUint32(header, true);
    const end = names.indexOf(0, start);
    const name = end < 0 ? "" : decoder.decode(names.subarray(start, end));
    if (!wanted.includes(name)) continue;
    const compressed = (view.getBigUint64(header + 8, true) & SHF_COMPRESSED) !== 0n;
    sections.set(name, compressed ? await inflate(body(index).subarray(CHDR_BYTES)) : body(index));
  }
  return sections;
}
