/** Reads numbers and strings of DWARF (section 7.6 for LEB128) one after the other. RangeError where the bytes end. */
export class Cursor {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  u8(): number {
    return this.view.getUint8(this.at++);
  }

  i8(): number {
    return this.view.getInt8(this.at++);
  }

  u16(): number {
    this.at += 2;
    return this.view.getUint16(this.at - 2, true);
  }

  u32(): number {
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  u64(): bigint {
    this.at += 8;
    return this.view.getBigUint64(this.at - 8, true);
  }

  uleb(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.u8();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }

  sleb(): number {
    let value = 0;
    let shift = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * shift;
      shift *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - shift : value;
    }
  }

  /** The same for numbers beyond 2^53, modulo 2^64. */
  wideUleb(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  }

  wideSleb(): bigint {
    let value = 0n;
    for (let shift = 7n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << (shift - 7n);
      if (byte < 0x80) return BigInt.asIntN(Number(shift), value);
    }
  }

  /** The next `length` bytes themselves. */
  block(length: number): Uint8Array {
    this.at += length;
    if (this.at > this.bytes.length) throw new RangeError("a block ends after its section");
    return this.bytes.subarray(this.at - length, this.at);
  }

  string(): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError("a string has no end");
    const text = new TextDecoder().decode(this.bytes.subarray(this.at, end));
    this.at = end + 1;
    return text;
  }
}
