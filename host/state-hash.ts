/** Turns the state of core and devices into one short text that two runs can be compared by. */

/** JSON with object keys in order and bytes as numbers, so that equal states give equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (part instanceof Uint8Array || part instanceof Uint32Array) return Array.from(part);
    if (part && typeof part === "object" && !Array.isArray(part)) {
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return part;
  });
}

/** FNV-1a, 64 bits. */
function hashText(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash;
}

/** 32 hexadecimal digits: 64 bits of the core, 64 of time and devices. */
export function stateHash(core: bigint, rest: unknown): string {
  const digits = (value: bigint): string => value.toString(16).padStart(16, "0");
  return digits(core) + digits(hashText(canonical(rest)));
}
