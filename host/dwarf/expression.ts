/** The stack machine of location expressions (DWARF 5, sections 2.5 and 2.6): from bytes to the place of a value. */
import { Cursor } from "./cursor.ts";

/** Where a value is. A register belongs to the frame that was asked about. */
export type Location =
  | { readonly kind: "memory"; readonly address: bigint }
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "value"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "pieces"; readonly pieces: readonly Piece[] };

/** A part of a value; without a location it has been optimised out. */
export interface Piece {
  readonly bytes: number;
  readonly location: Location | undefined;
}

/** How values of a base type are to be read. */
export interface BaseType {
  readonly bytes: number;
  readonly signed: boolean;
}

/** What expressions may ask about their frame. Undefined: not known. */
export interface ExpressionContext {
  register(number: number): bigint | undefined;
  memory(address: bigint, length: number): Uint8Array | undefined;
  /** The canonical frame address. */
  cfa(): bigint | undefined;
  frameBase(): bigint | undefined;
  /** What an expression gave when the function was entered. */
  entryValue(expression: Uint8Array): bigint | undefined;
  /** The base type with that offset in the unit; undefined: 64 bits without sign. */
  baseType(offset: number): BaseType | undefined;
}

/** An expression asks for what is not known, or has no meaning here. */
class Unknown extends Error {}

const LONGEST = 10_000;
const word = (value: bigint): bigint => BigInt.asUintN(64, value);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Unknown();
  return value;
}

/** A number of up to 8 bytes, little-endian. */
export function numberOfBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = Math.min(bytes.length, 8) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
}

/** `value` cut to a base type and extended to 64 bits again. */
function converted(value: bigint, type: BaseType | undefined): bigint {
  if (!type) return value;
  const bits = type.bytes * 8;
  return word(type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}

type Binary = (below: bigint, top: bigint) => bigint;
const truth = (holds: boolean): bigint => (holds ? 1n : 0n);
const nonZero = (value: bigint): bigint => known(value === 0n ? undefined : value);

const BINARY: Readonly<Record<number, Binary>> = {
  26: (a, b) => a & b,
  27: (a, b) => signed(a) / nonZero(signed(b)),
  28: (a, b) => a - b,
  29: (a, b) => a % nonZero(b),
  30: (a, b) => a * b,
  33: (a, b) => a | b,
  34: (a, b) => a + b,
  36: (a, b) => (b > 63n ? 0n : a << b),
  37: (a, b) => (b > 63n ? 0n : a >> b),
  38: (a, b) => signed(a) >> (b > 63n ? 63n : b),
  39: (a, b) => a ^ b,
  41: (a, b) => truth(a === b),
  42: (a, b) => truth(signed(a) >= signed(b)),
  43: (a, b) => truth(signed(a) > signed(b)),
  44: (a, b) => truth(signed(a) <= signed(b)),
  45: (a, b) => truth(signed(a) < signed(b)),
  46: (a, b) => truth(a !== b),
};

class StackMachine {
  readonly #cursor: Cursor;
  readonly #context: ExpressionContext;
  readonly #stack: bigint[];
  readonly #pieces: Piece[] = [];
  /** What the value is when it is not the memory that the top of the stack points to. */
  #location: Location | undefined;

  constructor(bytes: Uint8Array, context: ExpressionContext, stack: readonly bigint[]) {
    this.#cursor = new Cursor(bytes);
    this.#context = context;
    this.#stack = [...stack];
  }

  run(): Location | undefined {
    for (let steps = 0; this.#cursor.at < this.#cursor.bytes.length; steps++) {
      if (steps > LONGEST) throw new Unknown();
      this.#step(this.#cursor.u8());
    }
    if (this.#pieces.length > 0) return { kind: "pieces", pieces: this.#pieces };
    return this.#take();
  }

  /** The location that has been described so far. */
  #take(): Location | undefined {
    const location = this.#location;
    this.#location = undefined;
    if (location) return location;
    const address = this.#stack.pop();
    return address === undefined ? undefined : { kind: "memory", address };
  }

  #pop(): bigint {
    return known(this.#stack.pop());
  }

  #pick(depth: number): bigint {
    return known(this.#stack[this.#stack.length - 1 - depth]);
  }

  #step(opcode: number): void {
    const value = this.#operate(opcode);
    if (value !== undefined) this.#stack.push(word(value));
  }

  /** Does one operation; what it gives is pushed. */
  #operate(opcode: number): bigint | undefined {
    const binary = BINARY[opcode];
    if (binary) {
      const top = this.#pop();
      return binary(this.#pop(), top);
    }
    if (opcode >= 0x30 && opcode <= 0x4f) return BigInt(opcode - 0x30);
    if (opcode >= 0x70 && opcode <= 0x8f) return this.#based(opcode - 0x70);
    if (opcode >= 0x50 && opcode <= 0x6f) return this.#is({ kind: "register", register: opcode - 0x50 });
    if (opcode <= 0x11) return this.#constant(opcode);
    return opcode <= 0x2f ? this.#arrange(opcode) : this.#special(opcode);
  }

  #is(location: Location): undefined {
    this.#location = location;
  }

  #based(register: number): bigint {
    return known(this.#context.register(register)) + this.#cursor.wideSleb();
  }

  #deref(bytes: number): bigint {
    const read = known(this.#context.memory(this.#pop(), bytes));
    if (read.length < bytes) throw new Unknown();
    return numberOfBytes(read);
  }

  #constant(opcode: number): bigint {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x03:
      case 0x0e:
      case 0x0f:
        return cursor.u64();
      case 0x06:
        return this.#deref(8);
      case 0x08:
        return BigInt(cursor.u8());
      case 0x09:
        return BigInt(cursor.i8());
      case 0x0a:
        return BigInt(cursor.u16());
      case 0x0b:
        return BigInt.asIntN(16, BigInt(cursor.u16()));
      case 0x0c:
        return BigInt(cursor.u32());
      case 0x0d:
        return BigInt.asIntN(32, BigInt(cursor.u32()));
      case 0x10:
        return cursor.wideUleb();
      case 0x11:
        return cursor.wideSleb();
      default:
        throw new Unknown();
    }
  }

  /** Operations on the stack itself, unary ones, jumps. */
  #arrange(opcode: number): bigint | undefined {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x12:
        return this.#pick(0);
      case 0x13:
        this.#pop();
        return undefined;
      case 0x14:
        return this.#pick(1);
      case 0x15:
        return this.#pick(cursor.u8());
      case 0x16: {
        const top = this.#pop();
        const second = this.#pop();
        this.#stack.push(top);
        return second;
      }
      case 0x17: {
        const [top, second, third] = [this.#pop(), this.#pop(), this.#pop()];
        this.#stack.push(top, third);
        return second;
      }
      case 0x19: {
        const value = signed(this.#pop());
        return value < 0n ? -value : value;
      }
      case 0x1f:
        return -this.#pop();
      case 0x20:
        return ~this.#pop();
      case 0x23:
        return this.#pop() + cursor.wideUleb();
      case 0x28:
      case 0x2f: {
        const distance = (cursor.u16() << 16) >> 16;
        if (opcode === 0x2f || this.#pop() !== 0n) cursor.at += distance;
        if (cursor.at < 0) throw new Unknown();
        return undefined;
      }
      default:
        throw new Unknown();
    }
  }

  #special(opcode: number): bigint | undefined {
    const cursor = this.#cursor;
    const context = this.#context;
    switch (opcode) {
      case 0x90:
        return this.#is({ kind: "register", register: cursor.uleb() });
      case 0x91:
        return known(context.frameBase()) + cursor.wideSleb();
      case 0x92:
        return this.#based(cursor.uleb());
      case 0x93: {
        const bytes = cursor.uleb();
        this.#pieces.push({ bytes, location: this.#take() });
        return undefined;
      }
      case 0x94:
        return this.#deref(Math.min(cursor.u8(), 8));
      case 0x96:
        return undefined;
      case 0x9c:
        return known(context.cfa());
      case 0x9e:
        return this.#is({ kind: "bytes", bytes: cursor.block(cursor.uleb()) });
      case 0x9f:
        return this.#is({ kind: "value", value: this.#pop() });
      case 0xa3:
      case 0xf3:
        return known(context.entryValue(cursor.block(cursor.uleb())));
      case 0xa4: {
        const type = context.baseType(cursor.uleb());
        return converted(numberOfBytes(cursor.block(cursor.u8())), type);
      }
      case 0xa5: {
        const value = known(context.register(cursor.uleb()));
        return converted(value, context.baseType(cursor.uleb()));
      }
      case 0xa6: {
        const value = this.#deref(Math.min(cursor.u8(), 8));
        return converted(value, context.baseType(cursor.uleb()));
      }
      case 0xa8:
      case 0xa9:
        return converted(this.#pop(), context.baseType(cursor.uleb()));
      default:
        throw new Unknown();
    }
  }
}

/** Where the expression says that a value is; undefined where it cannot be told, or there is none any more. */
export function locate(
  expression: Uint8Array,
  context: ExpressionContext,
  stack: readonly bigint[] = [],
): Location | undefined {
  try {
    return new StackMachine(expression, context, stack).run();
  } catch (error) {
    if (error instanceof Unknown || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An expression whose result is an address or a number, as those of call frames are. */
export function evaluate(
  expression: Uint8Array,
  context: ExpressionContext,
  stack: readonly bigint[] = [],
): bigint | undefined {
  const location = locate(expression, context, stack);
  switch (location?.kind) {
    case "memory":
      return location.address;
    case "value":
      return location.value;
    case "register":
      return context.register(location.register);
    default:
      return undefined;
  }
}
