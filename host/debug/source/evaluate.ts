/** Evaluates C expressions in a stack frame: its variables, those of file scope, registers, memory by casts. */

import { kindOf, memberNamed, plainType, sizeOf, type Type, targetOf, typeName } from "../../dwarf/types.ts";
import { formatValue, OPTIMISED_OUT } from "../../dwarf/value-text.ts";
import {
  elementValue,
  memberValue,
  numberOfValue,
  type Value,
  type ValueSource,
} from "../../dwarf/values.ts";
import { HartbeatError } from "../../errors.ts";
import { ABI_NAMES, FLOAT_NAMES } from "../../registers.ts";
import { type Expression, parseExpression, type TypeName } from "./c-parser.ts";
import type { StackFrame } from "./stack.ts";
import { globalValue, type Surroundings, sourceOf, variablesOf } from "./variables.ts";

/** A value of the program, or a number that was computed; with a type it points to, it is a pointer. */
export type Result =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "number"; readonly number: bigint; readonly pointee?: Type };

const word = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (holds: boolean): bigint => (holds ? 1n : 0n);
const number = (value: bigint): Result => ({ kind: "number", number: word(value) });
const fail = (text: string): never => {
  throw new HartbeatError(text);
};

const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "||": (a, b) => truth(a !== 0n || b !== 0n),
  "&&": (a, b) => truth(a !== 0n && b !== 0n),
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "&": (a, b) => a & b,
  "==": (a, b) => truth(word(a) === word(b)),
  "!=": (a, b) => truth(word(a) !== word(b)),
  "<": (a, b) => truth(a < b),
  ">": (a, b) => truth(a > b),
  "<=": (a, b) => truth(a <= b),
  ">=": (a, b) => truth(a >= b),
  "<<": (a, b) => a << (b & 63n),
  ">>": (a, b) => a >> (b & 63n),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0n ? fail("Division by zero.") : a / b),
  "%": (a, b) => (b === 0n ? fail("Division by zero.") : a % b),
};

/** The names that C allows for types which compilers write in full. */
const FULL_NAMES: Readonly<Record<string, string>> = {
  long: "long int",
  "unsigned long": "long unsigned int",
  unsigned: "unsigned int",
  short: "short int",
  "unsigned short": "short unsigned int",
  "long long": "long long int",
  "unsigned long long": "long long unsigned int",
  bool: "_Bool",
};

/** DWARF numbers of registers by name: x, f and ABI names. */
const REGISTER_NUMBERS: ReadonlyMap<string, number> = new Map([
  ...ABI_NAMES.flatMap((name, index) => [[name, index] as const, [`x${index}`, index] as const]),
  ...FLOAT_NAMES.flatMap((name, index) => [[name, index + 32] as const, [`f${index}`, index + 32] as const]),
  ["fp", 8],
]);

export class Evaluator {
  readonly #surroundings: Surroundings;
  readonly #frame: StackFrame;

  constructor(surroundings: Surroundings, frame: StackFrame) {
    this.#surroundings = surroundings;
    this.#frame = frame;
  }

  /** Throws HartbeatError, saying what is wrong. */
  evaluate(text: string): Result {
    const isType = (name: string): boolean =>
      this.#type(name) !== undefined && this.#variable(name) === undefined;
    return this.#result(parseExpression(text, isType));
  }

  /** Whether a condition holds. */
  isTrue(text: string): boolean {
    return this.#numberOf(this.evaluate(text)) !== 0n;
  }

  /** What can be opened of a result: the value itself, or what a computed pointer points to. */
  valueOf(result: Result): Value | undefined {
    if (result.kind === "value") return result.value;
    return result.pointee && this.#at(result.number, result.pointee);
  }

  get #source(): ValueSource {
    return sourceOf(this.#surroundings, this.#frame);
  }

  #result(expression: Expression): Result {
    switch (expression.kind) {
      case "number":
        return number(expression.value);
      case "name":
        return this.#name(expression.name);
      case "register":
        return { kind: "number", number: BigInt.asUintN(64, this.#register(expression.name)) };
      case "unary":
        return this.#unary(expression.operator, expression.operand);
      case "binary":
        return this.#binary(expression.operator, expression.left, expression.right);
      case "member":
        return this.#member(this.#result(expression.whole), expression.name);
      case "index":
        return this.#index(this.#result(expression.array), this.#numberOf(this.#result(expression.index)));
      case "cast":
        return this.#cast(expression.type, this.#result(expression.operand));
      case "sizeof":
        return number(BigInt(this.#sizeOf(expression.type)));
    }
  }

  #variable(name: string): Value | undefined {
    const local = variablesOf(this.#surroundings, this.#frame).find((variable) => variable.name === name);
    return local?.value ?? globalValue(this.#surroundings, this.#frame, name);
  }

  #name(name: string): Result {
    const value = this.#variable(name);
    if (value) return { kind: "value", value };
    const own = this.#frame.place?.image.symbols.lookup(name);
    const address = own ?? this.#surroundings.machine.symbols.lookup(name);
    return address === undefined ? fail(`There is no variable or function '${name}' here.`) : number(address);
  }

  #register(name: string): bigint {
    const { machine, hart } = this.#surroundings;
    if (name === "pc") return this.#frame.frame.pc;
    const dwarf = REGISTER_NUMBERS.get(name);
    const value =
      dwarf === undefined ? machine.registers.read(hart, name) : this.#frame.frame.register(dwarf);
    if (value !== undefined) return value;
    return fail(
      dwarf === undefined ? `There is no register '${name}'.` : `${name} was not kept in this frame.`,
    );
  }

  #numberOf(result: Result): bigint {
    if (result.kind === "number") return result.number;
    const { value } = result;
    if (value.location === undefined) return fail("The value was optimized out.");
    const kind = kindOf(value.type);
    if ((kind === "array" || kind === "function") && value.location.kind === "memory")
      return value.location.address;
    return (
      numberOfValue(value) ?? fail(`A ${typeName(value.type)} is no number, or its memory cannot be read.`)
    );
  }

  #unary(operator: string, operand: Expression): Result {
    const result = this.#result(operand);
    switch (operator) {
      case "*":
        return this.#index(result, 0n);
      case "&":
        return this.#addressOf(result);
      case "!":
        return number(truth(this.#numberOf(result) === 0n));
      case "~":
        return number(~this.#numberOf(result));
      case "-":
        return number(-this.#numberOf(result));
      default:
        return number(this.#numberOf(result));
    }
  }

  #addressOf(result: Result): Result {
    if (result.kind === "value" && result.value.location?.kind === "memory" && !result.value.bits) {
      return { kind: "number", number: result.value.location.address, pointee: result.value.type };
    }
    // The name of a function is its address already.
    if (result.kind === "number" && result.pointee === undefined) return result;
    return fail("That is not in memory: it has no address.");
  }

  #pointee(result: Result): Type | undefined {
    if (result.kind === "number") return result.pointee;
    const kind = kindOf(result.value.type);
    return kind === "pointer" || kind === "array" ? targetOf(plainType(result.value.type)) : undefined;
  }

  #binary(operator: string, left: Expression, right: Expression): Result {
    const a = this.#result(left);
    const first = this.#numberOf(a);
    if (operator === "&&" && first === 0n) return number(0n);
    if (operator === "||" && first !== 0n) return number(1n);
    const b = this.#result(right);
    const second = this.#numberOf(b);
    const pointee = this.#pointee(a);
    const size = pointee && sizeOf(pointee);
    if (pointee && size !== undefined && (operator === "+" || operator === "-") && !this.#pointee(b)) {
      const distance = second * BigInt(size);
      return { kind: "number", number: operator === "+" ? first + distance : first - distance, pointee };
    }
    return number((OPERATIONS[operator] as (x: bigint, y: bigint) => bigint)(first, second));
  }

  #member(whole: Result, name: string): Result {
    const value = this.#aggregate(whole);
    const member = memberNamed(value.type, name);
    return member
      ? { kind: "value", value: memberValue(value, member) }
      : fail(`${typeName(plainType(value.type))} has no member '${name}'.`);
  }

  /** The struct or union itself, also of a pointer to it. */
  #aggregate(result: Result): Value {
    if (result.kind === "value" && ["struct", "union"].includes(kindOf(result.value.type)))
      return result.value;
    const pointee = this.#pointee(result);
    if (!pointee || !["struct", "union"].includes(kindOf(pointee)))
      return fail("That is no struct or union.");
    return this.#at(this.#numberOf(result), pointee);
  }

  #at(address: bigint, type: Type): Value {
    return { type, location: { kind: "memory", address: BigInt.asUintN(64, address) }, source: this.#source };
  }

  #index(array: Result, index: bigint): Result {
    const element = this.#pointee(array);
    if (!element) return fail("That points to nothing of a known type; cast it, as in *(long *)0x80000000.");
    const size = sizeOf(element);
    if (
      array.kind === "value" &&
      kindOf(array.value.type) === "array" &&
      array.value.location?.kind !== "memory"
    ) {
      if (size === undefined) return fail("The size of the elements is not known.");
      return { kind: "value", value: elementValue(array.value, element, size, Number(index)) };
    }
    if (size === undefined && index !== 0n) return fail("The size of the elements is not known.");
    const address = this.#numberOf(array) + index * BigInt(size ?? 0);
    return { kind: "value", value: this.#at(address, element) };
  }

  #cast({ name, pointers }: TypeName, operand: Result): Result {
    const value = this.#numberOf(operand);
    const type = name === "void" ? undefined : this.#typeOrFail(name);
    if (pointers === 0) {
      if (!type) return fail("A cast to void has no value.");
      if (!sizeOf(type)) return fail(`Nothing can be cast to ${name}.`);
      return { kind: "value", value: { type, location: { kind: "value", value }, source: this.#source } };
    }
    if (!type) return number(value);
    if (pointers === 1) return { kind: "number", number: value, pointee: type };
    return { kind: "number", number: value, pointee: this.#pointerTo(type, pointers - 1) };
  }

  /** DWARF has a pointer type only where the program uses it. */
  #pointerTo(type: Type, pointers: number): Type {
    const [only] = type.image.pointersTo(type.entry);
    const pointer = only && { image: type.image, entry: only };
    if (!pointer) return fail(`The program knows no pointer to ${typeName(type)}.`);
    return pointers === 1 ? pointer : this.#pointerTo(pointer, pointers - 1);
  }

  #sizeOf({ name, pointers }: TypeName): number {
    return pointers > 0 ? 8 : (sizeOf(this.#typeOrFail(name)) ?? fail(`The size of ${name} is not known.`));
  }

  #typeOrFail(name: string): Type {
    return this.#type(name) ?? fail(`There is no type '${name}'.`);
  }

  #type(name: string): Type | undefined {
    const full = FULL_NAMES[name] ?? name;
    const own = this.#frame.place?.image;
    const images = this.#surroundings.images.all.filter((image) => image !== own && !image.isProgram);
    for (const { debug } of own ? [own, ...images] : images) {
      const entry = debug.typeNamed(full);
      if (entry) return { image: debug, entry };
    }
    return undefined;
  }
}

/** A result in a line, and the type that it has. */
export function describeResult(result: Result): { readonly text: string; readonly type: string } {
  if (result.kind === "value") {
    const { value } = result;
    const text = value.location === undefined ? OPTIMISED_OUT : formatValue(value);
    return { text, type: typeName(value.type) };
  }
  const hex = `0x${BigInt.asUintN(64, result.number).toString(16)}`;
  if (result.pointee) return { text: hex, type: typeName(result.pointee, "*") };
  const small = result.number > -1_000_000n && result.number < 1_000_000n;
  return { text: small ? `${result.number}` : hex, type: "long" };
}
