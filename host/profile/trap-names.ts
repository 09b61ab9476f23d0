/** Traps by their codes, in words (privileged manual, table 14). */
import { EXCEPTION, INTERRUPT } from "../../spec/riscv.ts";

const INTERRUPTS: Readonly<Record<keyof typeof INTERRUPT, string>> = {
  SSI: "supervisor software interrupt",
  MSI: "machine software interrupt",
  STI: "supervisor timer interrupt",
  MTI: "machine timer interrupt",
  SEI: "supervisor external interrupt",
  MEI: "machine external interrupt",
};

const EXCEPTION_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(EXCEPTION).map(([key, code]) => {
    const words = key.toLowerCase().replaceAll("_", " ");
    return [code, words.replace(/^ecall from (.)$/, (_, mode: string) => `ecall from ${mode.toUpperCase()}`)];
  }),
);
const INTERRUPT_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(INTERRUPT).map(([key, code]) => [code, INTERRUPTS[key as keyof typeof INTERRUPT]]),
);

/** `code` is that of mcause or scause, without the bit that tells interrupts. */
export function trapName(kind: "exception" | "interrupt", code: number): string {
  const names = kind === "interrupt" ? INTERRUPT_NAMES : EXCEPTION_NAMES;
  return names.get(code) ?? `${kind} ${code}`;
}
