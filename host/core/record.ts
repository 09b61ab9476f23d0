/** A fixed record in the core's memory, read and written by the names of spec/layout.ts. */
import type { PlacedField } from "../../spec/layout.ts";

/** The values of fields by name. */
export type RecordState = Record<string, bigint[]>;
/** The same for large records: the bytes of each field, without zeros at the end. */
export type RecordBytes = Readonly<Record<string, Uint8Array>>;

/** Values are unsigned: bigint for 64-bit fields as for the others, so that names need no types. */
export class CoreRecord {
  readonly #view: DataView;
  readonly #base: number;
  readonly #fields: ReadonlyMap<string, PlacedField>;

  /** `base` is the record's byte offset in linear memory. */
  constructor(buffer: ArrayBuffer, base: number, fields: readonly PlacedField[]) {
    this.#view = new DataView(buffer);
    this.#base = base;
    this.#fields = new Map(fields.map((field) => [field.name, field]));
  }

  /** The field's value; `index` picks one of an array. Throws on an unknown name: that is a bug. */
  get(name: string, index = 0): bigint {
    const { type, at } = this.#locate(name, index);
    return type === "u64" ? this.#view.getBigUint64(at, true) : BigInt(this.#view.getUint32(at, true));
  }

  set(name: string, value: bigint, index = 0): void {
    const { type, at } = this.#locate(name, index);
    if (type === "u64") this.#view.setBigUint64(at, BigInt.asUintN(64, value), true);
    else this.#view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
  }

  /** All fields but those of `except`, by name. */
  save(except: ReadonlySet<string>): RecordState {
    const saved: RecordState = {};
    for (const { name, count = 1 } of this.#fields.values()) {
      if (!except.has(name)) saved[name] = Array.from({ length: count }, (_, index) => this.get(name, index));
    }
    return saved;
  }

  /** Takes over what `save` gave. */
  restore(saved: RecordState): void {
    for (const [name, values] of Object.entries(saved)) {
      for (const [index, value] of values.entries()) this.set(name, value, index);
    }
  }

  /** What `save` gives, as bytes. */
  saveBytes(except: ReadonlySet<string>): RecordBytes {
    const saved: Record<string, Uint8Array> = {};
    for (const [name, field] of this.#fields) {
      if (except.has(name)) continue;
      const bytes = this.#bytes(field);
      let length = bytes.length;
      while (length > 0 && bytes[length - 1] === 0) length -= 1;
      saved[name] = bytes.slice(0, length);
    }
    return saved;
  }

  /** Takes over what `saveBytes` gave. */
  restoreBytes(saved: RecordBytes): void {
    for (const [name, bytes] of Object.entries(saved)) {
      const field = this.#fields.get(name);
      if (!field) throw new Error(`no field ${name}`);
      const place = this.#bytes(field);
      place.set(bytes.subarray(0, place.length));
      place.fill(0, bytes.length);
    }
  }

  #bytes({ offset, bytes }: PlacedField): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#base + offset, bytes);
  }

  #locate(name: string, index: number): { type: PlacedField["type"]; at: number } {
    const field = this.#fields.get(name);
    if (!field || index < 0 || index >= (field.count ?? 1)) throw new Error(`no field ${name}[${index}]`);
    return { type: field.type, at: this.#base + field.offset + index * (field.type === "u64" ? 8 : 4) };
  }
}
