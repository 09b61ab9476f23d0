/** Requests that look at a machine that stands: harts, stacks, scopes, variables, expressions. */
import { Handles } from "@vscode/debugadapter";
import { CSR_FIELDS } from "../../../spec/csr-fields.ts";
import { CSRS } from "../../../spec/csrs.ts";
import { csrFieldValue } from "../../debug/csr-text.ts";
import type { MachineTarget } from "../../debug/machine-target.ts";
import { describeHart } from "../../debug/rsp/commands.ts";
import { describeResult, type Result } from "../../debug/source/evaluate.ts";
import type { StackFrame } from "../../debug/source/stack.ts";
import { variablesOf } from "../../debug/source/variables.ts";
import { kindOf, sizeOf } from "../../dwarf/types.ts";
import { formatValue } from "../../dwarf/value-text.ts";
import {
  childrenOf,
  hasChildren,
  type NamedValue,
  numberOfValue,
  type Value,
  valueTypeName,
} from "../../dwarf/values.ts";
import { HartbeatError } from "../../errors.ts";
import { ABI_NAMES, FLOAT_NAMES } from "../../registers.ts";
import type { Look } from "./look.ts";
import { type Arguments, type HandlerTable, hex, numberIn, optionalNumber, textIn } from "./requests.ts";
import type { SourceFiles } from "./source-files.ts";

/** What a reference that was given out stands for; good until the machine moves. */
type Reference =
  | { readonly kind: "frame"; readonly hart: number; readonly index: number }
  | { readonly kind: "locals"; readonly hart: number; readonly index: number }
  | { readonly kind: "registers" | "floats"; readonly hart: number; readonly index: number }
  | { readonly kind: "csrs"; readonly hart: number }
  | { readonly kind: "csr"; readonly hart: number; readonly name: string }
  /** `isPointee`: `path` is a pointer to the value. */
  | { readonly kind: "value"; readonly value: Value; readonly path: string; readonly isPointee: boolean };

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly variablesReference: number;
  readonly evaluateName?: string;
  readonly memoryReference?: string;
}

export interface InspectionOptions {
  readonly target: MachineTarget;
  readonly look: Look;
  readonly sources: SourceFiles;
  /** Throws HartbeatError while the machine runs. */
  readonly mustStand: () => void;
}

const wide = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16).padStart(16, "0")}`;
/** Registers of the general set with the pc before them, and their DWARF numbers. */
const GENERAL = ABI_NAMES.slice(1).map((name, index) => ({ name, number: index + 1 }));
const FLOATS = FLOAT_NAMES.map((name, index) => ({ name, number: index + 32 }));

export class Inspection {
  readonly #options: InspectionOptions;
  readonly #references = new Handles<Reference>(1);

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  /** References that were given out mean nothing from now on. */
  forget(): void {
    this.#references.reset();
    this.#options.look.forget();
  }

  readonly handlers: HandlerTable = {
    threads: () => ({
      threads: Array.from({ length: this.#options.target.hartCount }, (_, hart) => ({
        id: hart + 1,
        name: describeHart(this.#options.target, hart),
      })),
    }),
    stackTrace: (args) => this.#stackTrace(args),
    scopes: (args) => this.#scopes(args),
    variables: (args) => this.#variables(args),
    setVariable: (args) => this.#setVariable(args),
    dataBreakpointInfo: (args) => this.#dataBreakpointInfo(args),
  };

  /** The hart of a thread id. */
  hartOf(args: Arguments): number {
    const hart = numberIn(args, "threadId") - 1;
    if (hart < 0 || hart >= this.#options.target.hartCount)
      throw new HartbeatError(`There is no hart ${hart}.`);
    return hart;
  }

  /** The frame that a request names, or the innermost of a hart. */
  frameOf(args: Arguments, hart: number): { hart: number; index: number } {
    const id = optionalNumber(args, "frameId");
    if (id === undefined) return { hart, index: 0 };
    const reference = this.#references.get(id);
    if (reference?.kind !== "frame") throw new HartbeatError("There is no such frame any more.");
    return reference;
  }

  /** The value of an expression in a frame, as `evaluate` answers. */
  async evaluate(expression: string, { hart, index }: { hart: number; index: number }): Promise<object> {
    this.#options.mustStand();
    await this.#options.look.stack(hart);
    const [, plain = expression, format] = /^(.*),\s*([xd])$/s.exec(expression) ?? [];
    const evaluator = this.#options.look.evaluator(hart, index);
    const result = evaluator.evaluate(plain);
    const { text, type } = describeResult(result);
    const shown = format === undefined ? text : inBase(result, format, text);
    const value = evaluator.valueOf(result);
    const opens = value !== undefined && hasChildren(value);
    const reference = opens ? this.#open(value, `(${plain})`, result.kind === "number") : 0;
    return { result: shown, type, variablesReference: reference, ...memoryOf(result) };
  }

  #open(value: Value, path: string, isPointee: boolean): number {
    return this.#references.create({ kind: "value", value, path, isPointee });
  }

  async #stackTrace(args: Arguments): Promise<object> {
    this.#options.mustStand();
    const hart = this.hartOf(args);
    const stack = await this.#options.look.stack(hart);
    const start = optionalNumber(args, "startFrame") ?? 0;
    const levels = optionalNumber(args, "levels") || stack.length;
    const stackFrames = stack.slice(start, start + levels).map((frame, offset) => ({
      id: this.#references.create({ kind: "frame", hart, index: start + offset }),
      name: frame.inlined ? `${frame.name} [inlined]` : frame.name,
      ...this.#place(frame),
      instructionPointerReference: hex(frame.frame.pc),
      moduleId: frame.place?.image.label ?? "",
    }));
    return { stackFrames, totalFrames: stack.length };
  }

  #place({ source }: StackFrame): object {
    if (!source) return { line: 0, column: 0 };
    const path = this.#options.sources.pathOf(source.file);
    const name = source.file.replace(/.*\//, "");
    return { line: source.line, column: 1, source: path === undefined ? { name } : { name, path } };
  }

  #scopes(args: Arguments): object {
    this.#options.mustStand();
    numberIn(args, "frameId");
    const { hart, index } = this.frameOf(args, 0);
    const scope = (name: string, reference: Reference, expensive: boolean, hint?: string): object => ({
      name,
      variablesReference: this.#references.create(reference),
      expensive,
      ...(hint !== undefined && { presentationHint: hint }),
    });
    return {
      scopes: [
        scope("Locals", { kind: "locals", hart, index }, false, "locals"),
        scope("Registers", { kind: "registers", hart, index }, false, "registers"),
        scope("Floating point", { kind: "floats", hart, index }, true, "registers"),
        scope("CSRs", { kind: "csrs", hart }, true, "registers"),
      ],
    };
  }

  async #variables(args: Arguments): Promise<object> {
    this.#options.mustStand();
    const reference = this.#references.get(numberIn(args, "variablesReference"));
    if (!reference) throw new HartbeatError("There are no such variables any more.");
    const all = await this.#children(reference);
    const start = optionalNumber(args, "start") ?? 0;
    const count = optionalNumber(args, "count") || all.length;
    return { variables: all.slice(start, start + count) };
  }

  async #children(reference: Reference): Promise<Variable[]> {
    switch (reference.kind) {
      case "frame":
        return [];
      case "locals": {
        const { frame, surroundings } = await this.#frame(reference);
        return variablesOf(surroundings, frame).map((variable) => this.#named(variable, variable.name));
      }
      case "registers": {
        const { frame } = await this.#frame(reference);
        const rows = GENERAL.map(({ name, number }) => [name, frame.frame.register(number)] as const);
        return [["pc", frame.frame.pc] as const, ...rows].map(([name, value]) =>
          plain(name, value, `$${name}`),
        );
      }
      case "floats": {
        const { frame } = await this.#frame(reference);
        return FLOATS.map(({ name, number }) => floating(name, frame.frame.register(number)));
      }
      case "csrs":
        return this.#csrs(reference.hart);
      case "csr":
        return csrFields(reference.name, this.#csr(reference.hart, reference.name));
      case "value":
        return childrenOf(reference.value).map((child) => this.#named(child, pathOf(reference, child.name)));
    }
  }

  async #frame({ hart, index }: { hart: number; index: number }) {
    const { look } = this.#options;
    const stack = await look.stack(hart);
    const frame = stack[index];
    if (!frame) throw new HartbeatError("There is no such frame any more.");
    return { frame, surroundings: look.surroundings(hart, stack) };
  }

  #csr(hart: number, name: string): bigint {
    return this.#options.target.readRegister(hart, name) ?? 0n;
  }

  #csrs(hart: number): Variable[] {
    return CSRS.filter(({ name }) => !/hpm/.test(name)).map(({ name }) => {
      const named = (CSR_FIELDS[name] ?? []).length > 0;
      return {
        name,
        value: wide(this.#csr(hart, name)),
        evaluateName: `$${name}`,
        variablesReference: named ? this.#references.create({ kind: "csr", hart, name }) : 0,
      };
    });
  }

  #named({ name, value }: NamedValue, path: string): Variable {
    const { location } = value;
    return {
      name: name === "" ? "<anonymous>" : name,
      value: formatValue(value),
      type: valueTypeName(value),
      evaluateName: path,
      variablesReference: hasChildren(value) ? this.#open(value, path, false) : 0,
      ...(location?.kind === "memory" && { memoryReference: hex(location.address) }),
    };
  }

  async #setVariable(args: Arguments): Promise<object> {
    this.#options.mustStand();
    const reference = this.#references.get(numberIn(args, "variablesReference"));
    const name = textIn(args, "name");
    if (!reference) throw new HartbeatError("There are no such variables any more.");
    const { hart, index } = "index" in reference ? reference : { hart: 0, index: 0 };
    await this.#options.look.stack(hart);
    const result = this.#options.look.evaluator(hart, index).evaluate(textIn(args, "value"));
    const number = result.kind === "number" ? result.number : numberOfValue(result.value);
    if (number === undefined) throw new HartbeatError("That is no number.");
    await this.#set(reference, name, number);
    this.#options.look.refresh();
    const shown = (await this.#children(reference)).find((variable) => variable.name === name);
    return { value: shown?.value ?? "", variablesReference: shown?.variablesReference ?? 0 };
  }

  async #set(reference: Reference, name: string, number: bigint): Promise<void> {
    const { target } = this.#options;
    if (reference.kind === "csrs" || reference.kind === "registers" || reference.kind === "floats") {
      if ("index" in reference && reference.index !== 0) {
        throw new HartbeatError("Registers can be set in the innermost frame only.");
      }
      if (target.writeRegister(reference.hart, name, BigInt.asUintN(64, number))) return;
      throw new HartbeatError(`${name} cannot be written.`);
    }
    const value = await this.#valueNamed(reference, name);
    const size = value && sizeOf(value.type);
    const isScalar = value && !["struct", "union", "array"].includes(kindOf(value.type));
    if (!isScalar || size === undefined || size > 8 || value.location?.kind !== "memory" || value.bits) {
      throw new HartbeatError("Only numbers and pointers in memory can be set.");
    }
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, number), true);
    const hart = reference.kind === "locals" ? reference.hart : target.machine.core.currentHart;
    if (!target.writeMemory(hart, value.location.address, bytes.subarray(0, size))) {
      throw new HartbeatError("There is no memory that can be written.");
    }
  }

  async #valueNamed(reference: Reference, name: string): Promise<Value | undefined> {
    if (reference.kind === "value")
      return childrenOf(reference.value).find((child) => child.name === name)?.value;
    if (reference.kind !== "locals") return undefined;
    const { frame, surroundings } = await this.#frame(reference);
    return variablesOf(surroundings, frame).find((variable) => variable.name === name)?.value;
  }

  async #dataBreakpointInfo(args: Arguments): Promise<object> {
    this.#options.mustStand();
    const name = textIn(args, "name");
    const reference = this.#references.get(optionalNumber(args, "variablesReference") ?? 0);
    let value = reference && (await this.#valueNamed(reference, name));
    if (!reference) {
      const { hart, index } = this.frameOf(args, 0);
      await this.#options.look.stack(hart);
      const result = this.#options.look.evaluator(hart, index).evaluate(name);
      value = result.kind === "value" ? result.value : undefined;
    }
    const size = value && sizeOf(value.type);
    if (value?.location?.kind !== "memory" || !size) {
      return { dataId: null, description: `${name} is not in memory and cannot be watched` };
    }
    return {
      dataId: `${hex(value.location.address)} ${size}`,
      description: `${name}, ${size} bytes at ${hex(value.location.address)}`,
      accessTypes: ["read", "write", "readWrite"],
    };
  }
}

function memoryOf(result: Result): object {
  if (result.kind === "number")
    return result.pointee ? { memoryReference: hex(BigInt.asUintN(64, result.number)) } : {};
  const { location, type } = result.value;
  const pointed = kindOf(type) === "pointer" ? numberOfValue(result.value) : undefined;
  if (pointed !== undefined) return { memoryReference: hex(BigInt.asUintN(64, pointed)) };
  return location?.kind === "memory" ? { memoryReference: hex(location.address) } : {};
}

function inBase(result: Result, format: string, text: string): string {
  const number = result.kind === "number" ? result.number : numberOfValue(result.value);
  if (number === undefined) return text;
  return format === "x" ? hex(BigInt.asUintN(64, number)) : `${number}`;
}

function plain(name: string, value: bigint | undefined, evaluateName: string): Variable {
  return {
    name,
    value: value === undefined ? "<not kept>" : wide(value),
    evaluateName,
    variablesReference: 0,
  };
}

function floating(name: string, bits: bigint | undefined): Variable {
  if (bits === undefined) return plain(name, bits, `$${name}`);
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits, true);
  // NaN-boxed: the upper half is all ones.
  const single = bits >> 32n === 0xffff_ffffn;
  const number = single ? view.getFloat32(0, true) : view.getFloat64(0, true);
  return { name, value: `${number} (${wide(bits)})`, evaluateName: `$${name}`, variablesReference: 0 };
}

function csrFields(name: string, value: bigint): Variable[] {
  return (CSR_FIELDS[name] ?? []).map((field) => ({
    name: field.name,
    value: csrFieldValue(field, value),
    variablesReference: 0,
  }));
}

/** The C expression for a part of a value. */
function pathOf(whole: { path: string; value: Value; isPointee: boolean }, name: string): string {
  const { path, value, isPointee } = whole;
  if (name === "*") return `*(${path})`;
  if (name.startsWith("[")) return isPointee ? `(*${path})${name}` : `${path}${name}`;
  return isPointee || kindOf(value.type) === "pointer" ? `${path}->${name}` : `${path}.${name}`;
}
