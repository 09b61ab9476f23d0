/** The variables of a stack frame: where they are, by location lists and by what the caller knows of its arguments. */
import { AT, TAG } from "../../dwarf/constants.ts";
import type { DebugImage, Variable } from "../../dwarf/debug-image.ts";
import type { Entry } from "../../dwarf/entries.ts";
import {
  type BaseType,
  type ExpressionContext,
  evaluate,
  type Location,
  locate,
} from "../../dwarf/expression.ts";
import { isSigned, sizeOf, typeOf } from "../../dwarf/types.ts";
import { lookupPc } from "../../dwarf/unwind.ts";
import type { NamedValue, Value, ValueSource } from "../../dwarf/values.ts";
import type { Machine } from "../../machine.ts";
import type { SourceImages } from "./images.ts";
import { programOf, type StackFrame } from "./stack.ts";

/** Arguments of arguments: who calls whom with what, so far up the stack. */
const DEEPEST = 8;

/** What is needed to look into a machine that stands. */
export interface Surroundings {
  readonly machine: Machine;
  readonly images: SourceImages;
  readonly hart: number;
  /** The frames of the hart, innermost first. */
  readonly stack: readonly StackFrame[];
}

/** Memory, registers and names as a frame sees them. */
export function sourceOf({ machine, images, hart }: Surroundings, frame: StackFrame): ValueSource {
  const program = programOf(machine, hart);
  return {
    memory: (address, length) => {
      const bytes = machine.debugger.readMemory(hart, address, length);
      return bytes.length > 0 ? bytes : undefined;
    },
    register: (number) => frame.frame.register(number),
    symbol: (address) => {
      const place = images.at(address, program);
      const name = place?.image.symbols.describe(place.linked);
      return name?.startsWith("0x") ? undefined : name;
    },
  };
}

/** Parameters and variables that are visible in a frame; an inner one hides outer ones of its name. */
export function variablesOf(surroundings: Surroundings, frame: StackFrame): NamedValue[] {
  const { place, scope, pc } = frame;
  if (!place || !scope) return [];
  const seen = new Set<string>();
  return place.image.debug.variablesIn(scope, pc).flatMap((variable) => {
    if (seen.has(variable.name)) return [];
    seen.add(variable.name);
    return [{ name: variable.name, value: variableValue(surroundings, frame, variable) }];
  });
}

function variableValue(surroundings: Surroundings, frame: StackFrame, { entry }: Variable): Value {
  const image = frame.place?.image.debug as DebugImage;
  return {
    type: typeOf(image, entry),
    location: locationOf(surroundings, frame, image, entry),
    source: sourceOf(surroundings, frame),
  };
}

function locationOf(
  surroundings: Surroundings,
  frame: StackFrame,
  image: DebugImage,
  entry: Entry,
): Location | undefined {
  const constant = entry.attributes.get(AT.constValue) ?? image.origin(entry).attributes.get(AT.constValue);
  if (typeof constant === "number" || typeof constant === "bigint")
    return { kind: "value", value: BigInt(constant) };
  if (constant instanceof Uint8Array) return { kind: "bytes", bytes: constant };
  const expression = image.locationOf(entry, frame.pc);
  if (!expression) return undefined;
  return locate(expression, contextOf(surroundings, frame, entry, 0));
}

/** A variable of file scope: of the frame's own file first, then of the kernel or the firmware. */
export function globalValue(surroundings: Surroundings, frame: StackFrame, name: string): Value | undefined {
  const own = frame.place?.image;
  const others = surroundings.images.all.filter((image) => image !== own && !image.isProgram);
  for (const image of own ? [own, ...others] : others) {
    const entry = image.debug.global(name, image === own ? frame.pc : undefined);
    const location = entry && locationOf(surroundings, frame, image.debug, entry);
    if (entry && location) {
      return { type: typeOf(image.debug, entry), location, source: sourceOf(surroundings, frame) };
    }
  }
  return undefined;
}

function contextOf(
  surroundings: Surroundings,
  frame: StackFrame,
  entry: Entry,
  depth: number,
): ExpressionContext {
  const image = frame.place?.image.debug as DebugImage;
  const context: ExpressionContext = {
    register: (number) => frame.frame.register(number),
    memory: sourceOf(surroundings, frame).memory,
    cfa: () => frame.frame.cfa,
    frameBase: () => {
      const { outer } = frame;
      const expression = outer && image.expression(outer.entry, AT.frameBase, frame.pc);
      return expression && evaluate(expression, { ...context, frameBase: () => undefined });
    },
    entryValue: (expression) => entryValue(surroundings, frame, expression, depth),
    baseType: (offset) => baseType(image, entry, offset),
  };
  return context;
}

function baseType(image: DebugImage, near: Entry, offset: number): BaseType | undefined {
  const entry = offset === 0 ? undefined : image.entryAt(near.unit.start + offset, near);
  const type = entry && { image, entry };
  const bytes = type && sizeOf(type);
  return type && bytes !== undefined ? { bytes, signed: isSigned(type) } : undefined;
}

/** What a register held when the function was entered, if the caller's debugging information tells what it passed. */
function entryValue(
  surroundings: Surroundings,
  frame: StackFrame,
  expression: Uint8Array,
  depth: number,
): bigint | undefined {
  if (depth >= DEEPEST || !frame.caller || frame.caller.interrupted) return undefined;
  const { stack } = surroundings;
  const caller = stack.find(({ frame: other, inlined }) => other === frame.caller && !inlined);
  const image = caller?.place?.image.debug;
  if (!caller?.outer || !image) return undefined;
  const returnsTo = caller.place && caller.pc + (caller.frame.pc - lookupPc(caller.frame));
  const call = returnsTo === undefined ? undefined : image.callAt(caller.outer, returnsTo);
  const parameter = call?.children.find((child) => {
    const location = child.attributes.get(AT.location);
    return (
      child.tag === TAG.callSiteParameter && location instanceof Uint8Array && equal(location, expression)
    );
  });
  const value = parameter?.attributes.get(AT.callValue);
  if (!parameter || !(value instanceof Uint8Array)) return undefined;
  return evaluate(value, contextOf(surroundings, caller, parameter, depth + 1));
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);
