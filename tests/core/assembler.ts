/** A small assembler: instructions by the names of the tables, labels, constants, raw words. */
import { encode, LINES, type Operands } from "./encode.ts";

/** A place in the code where a distance is filled in once its label is known. */
interface Fixup {
  readonly at: number;
  readonly name: string;
  readonly operands: Operands;
  readonly label: string;
  /** The half of a distance that a pair of auipc and addi has here, counted from the auipc. */
  readonly half?: "high" | "low";
}

export class Assembler {
  readonly base: number;
  #bytes: Uint8Array;
  #size = 0;
  readonly #labels = new Map<string, number>();
  readonly #fixups: Fixup[] = [];
  #names = 0;
  /** Called with every instruction: its offset, its length in bytes, its name ("" for raw data). */
  onEmit: (offset: number, length: number, name: string) => void = () => {};

  /** `base` is the address of the first byte. */
  constructor(base: number, capacity = 1 << 20) {
    this.base = base;
    this.#bytes = new Uint8Array(capacity);
  }

  get here(): number {
    return this.base + this.#size;
  }

  #put(value: number, length: 2 | 4, name: string): void {
    if (this.#size + length > this.#bytes.length) throw new Error("the assembler is full");
    const view = new DataView(this.#bytes.buffer);
    if (length === 2) view.setUint16(this.#size, value, true);
    else view.setUint32(this.#size, value, true);
    this.onEmit(this.#size, length, name);
    this.#size += length;
  }

  op(name: string, operands: Operands = {}): this {
    this.#put(encode(name, operands), LINES.get(name)?.length === 16 ? 2 : 4, name);
    return this;
  }

  /** A raw instruction word that no table has to know. */
  word(value: number): this {
    this.#put(value, 4, "");
    return this;
  }

  half(value: number): this {
    this.#put(value, 2, "");
    return this;
  }

  /** Zeros up to address `address`. */
  skipTo(address: number): this {
    if (address < this.here)
      throw new Error(`0x${address.toString(16)} is behind 0x${this.here.toString(16)}`);
    this.#size = address - this.base;
    return this;
  }

  /** A label name that was not used yet. */
  fresh(): string {
    return `.${this.#names++}`;
  }

  label(name: string): this {
    if (this.#labels.has(name)) throw new Error(`label "${name}" stands twice`);
    this.#labels.set(name, this.#size);
    return this;
  }

  addressOf(label: string): number {
    const offset = this.#labels.get(label);
    if (offset === undefined) throw new Error(`no label is called "${label}"`);
    return this.base + offset;
  }

  /** An instruction whose immediate is the distance to a label: branches and jumps. */
  to(label: string, name: string, operands: Operands = {}): this {
    this.#fixups.push({ at: this.#size, name, operands, label });
    const length = LINES.get(name)?.length === 16 ? 2 : 4;
    this.#put(0, length, name);
    return this;
  }

  /** The address of a label, relative to the pc: auipc and addi. */
  address(rd: number, label: string): this {
    this.#fixups.push({ at: this.#size, name: "auipc", operands: { rd }, label, half: "high" });
    this.#put(0, 4, "auipc");
    this.#fixups.push({ at: this.#size, name: "addi", operands: { rd, rs1: rd }, label, half: "low" });
    this.#put(0, 4, "addi");
    return this;
  }

  /** A 64-bit constant, as short as GNU as would make it or a little longer. */
  li(rd: number, value: bigint | number): this {
    const constant = BigInt.asIntN(64, BigInt(value));
    const low = BigInt.asIntN(12, constant);
    if (constant === BigInt.asIntN(32, constant)) {
      const high = Number(BigInt.asIntN(32, constant - low) >> 12n);
      if (high !== 0) this.op("lui", { rd, imm: high << 12 });
      if (high === 0) return this.op("addi", { rd, rs1: 0, imm: Number(low) });
      return low === 0n ? this : this.op("addiw", { rd, rs1: rd, imm: Number(low) });
    }
    let rest = BigInt.asIntN(64, constant - low) >> 12n;
    let shift = 12;
    while ((rest & 1n) === 0n) {
      rest >>= 1n;
      shift++;
    }
    this.li(rd, BigInt.asIntN(64 - shift, rest)).op("slli", { rd, rs1: rd, imm: shift });
    return low === 0n ? this : this.op("addi", { rd, rs1: rd, imm: Number(low) });
  }

  /** The code so far, with all distances filled in. */
  bytes(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#size);
    const view = new DataView(bytes.buffer);
    for (const { at, name, operands, label, half } of this.#fixups) {
      const distance = this.addressOf(label) - this.base - (half === "low" ? at - 4 : at);
      const low = (distance << 20) >> 20;
      const imm = half === "high" ? distance - low : half === "low" ? low : distance;
      const word = encode(name, { ...operands, imm });
      if (LINES.get(name)?.length === 16) view.setUint16(at, word, true);
      else view.setUint32(at, word, true);
    }
    return bytes;
  }
}
