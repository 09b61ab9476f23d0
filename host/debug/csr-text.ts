/** Fields of control and status registers as people read them. */
import type { CsrField } from "../../spec/csr-fields.ts";

/** A field's name of the value that it has, or the number. */
export function csrFieldValue({ low, width, values }: CsrField, csr: bigint): string {
  const field = Number((csr >> BigInt(low)) & ((1n << BigInt(width)) - 1n));
  return `${values?.[field] ?? (width > 4 ? `0x${field.toString(16)}` : field)}`;
}
