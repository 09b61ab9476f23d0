/** The sections of an ELF64 file by name, for readers of debugging information. Damage gives fewer sections. */

const EHDR_BYTES = 64;
const SHDR_BYTES = 64;
/** Header of a compressed section: type, size, alignment. */
const CHDR_BYTES = 24;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800n;

/** What follows the header of a compressed section: zlib's format. Hosts bring their own way to read it. */
export type Inflate = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

interface Header {
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly body: Uint8Array;
}

function headers(bytes: Uint8Array): Header[] {
  if (bytes.length < EHDR_BYTES) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const namesIndex = view.getUint16(62, true);
  if (table + count * SHDR_BYTES > bytes.length || namesIndex >= count) return [];
  const body = (index: number): Uint8Array => {
    const header = table + index * SHDR_BYTES;
    const offset = Number(view.getBigUint64(header + 24, true));
    return bytes.subarray(offset, offset + Number(view.getBigUint64(header + 32, true)));
  };
  const names = body(namesIndex);
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, index) => {
    const header = table + index * SHDR_BYTES;
    const start = view.getUint32(header, true);
    const end = names.indexOf(0, start);
    return {
      name: end < 0 ? "" : decoder.decode(names.subarray(start, end)),
      type: view.getUint32(header + 4, true),
      flags: view.getBigUint64(header + 8, true),
      address: view.getBigUint64(header + 16, true),
      body: body(index),
    };
  });
}

/** The sections whose names are asked for. One that cannot be unpacked is left out. */
export async function elfSections(
  bytes: Uint8Array,
  wanted: readonly string[],
  inflate: Inflate,
): Promise<Map<string, Uint8Array>> {
  const sections = new Map<string, Uint8Array>();
  for (const { name, type, flags, body } of headers(bytes)) {
    if (type === SHT_NOBITS || !wanted.includes(name)) continue;
    const compressed = (flags & SHF_COMPRESSED) !== 0n;
    const contents = compressed ? await unpacked(body, inflate) : body;
    if (contents) sections.set(name, contents);
  }
  return sections;
}

async function unpacked(body: Uint8Array, inflate: Inflate): Promise<Uint8Array | undefined> {
  try {
    return await inflate(body.subarray(CHDR_BYTES));
  } catch {
    return undefined;
  }
}

/** The address that a section is linked at. */
export function sectionAddress(bytes: Uint8Array, name: string): bigint | undefined {
  return headers(bytes).find((header) => header.name === name)?.address;
}
