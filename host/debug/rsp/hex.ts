/** Hexadecimal as the remote protocol writes it, and byte strings: strings whose characters are bytes. */

export function hexOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Undefined unless `text` is an even number of hexadecimal digits. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** An address or a register value, up to 64 bits. */
export function parseWord(text: string): bigint | undefined {
  return /^[0-9a-fA-F]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

/** A length, an offset or a register number, up to 32 bits. */
export function parseCount(text: string): number | undefined {
  return /^[0-9a-fA-F]{1,8}$/.test(text) ? Number.parseInt(text, 16) : undefined;
}

/** A register's value in target byte order (little-endian); x digits stand for a register that cannot be read. */
export function hexOfRegister(value: bigint | undefined): string {
  if (value === undefined) return "x".repeat(16);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return hexOfBytes(bytes);
}

export function registerOfHex(text: string): bigint | undefined {
  const bytes = bytesOfHex(text);
  return bytes?.length === 8 ? new DataView(bytes.buffer).getBigUint64(0, true) : undefined;
}

export function stringOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Of a byte string: each character is a byte. */
export function bytesOfString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function hexOfString(text: string): string {
  return hexOfBytes(bytesOfString(text));
}
