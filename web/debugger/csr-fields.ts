/** The fields of a control and status register in words. */
import { CSR_FIELDS, type CsrField, EXCEPTION_CAUSES, INTERRUPT_CAUSES } from "../../spec/csr-fields.ts";
import { hex } from "../dom.ts";

export interface FieldText {
  readonly name: string;
  readonly text: string;
  /** What the field is for. */
  readonly doc: string;
  /** Differs from the value before. */
  readonly changed: boolean;
}

const INTERRUPT_BIT = 63n;

const fieldOf = ({ low, width }: CsrField, value: bigint): bigint =>
  (value >> BigInt(low)) & ((1n << BigInt(width)) - 1n);

function textOf(field: CsrField, value: bigint): string | undefined {
  const { name, width, values } = field;
  const number = fieldOf(field, value);
  if (values) return `${name}=${values[Number(number)] ?? number}`;
  if (width === 1) return number === 1n ? name : undefined;
  return `${name}=${hex(number)}`;
}

function causeOf(value: bigint): string {
  const code = Number(value & 0xffffn);
  const causes = value >> INTERRUPT_BIT ? INTERRUPT_CAUSES : EXCEPTION_CAUSES;
  return causes[code] ?? `cause ${code}`;
}

/** Fields that say something: those with several values, flags that are up, and flags that have just gone down. */
export function describeCsr(name: string, value: bigint, before = value): FieldText[] {
  if (name === "mcause" || name === "scause") {
    return [
      { name: "cause", text: causeOf(value), doc: "why the last trap was taken", changed: value !== before },
    ];
  }
  return (CSR_FIELDS[name] ?? []).flatMap((field) => {
    const changed = fieldOf(field, value) !== fieldOf(field, before);
    const text = textOf(field, value) ?? (changed ? `not ${field.name}` : undefined);
    return text === undefined ? [] : [{ name: field.name, text, doc: field.doc, changed }];
  });
}
