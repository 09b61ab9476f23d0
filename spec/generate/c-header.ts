/** Prints what firmware and kernel share as a C header. */
import { SBI_ERRORS, SBI_EXTENSIONS, SBI_LEGACY } from "../sbi.ts";

const define = (name: string, value: number): string =>
  `#define ${name} ${value < 0 ? `(${value})` : `0x${value.toString(16)}`}`;

/** kernel-image/include/generated/sbi-ids.h, with Linux's names. */
export function printSbiHeader(): string {
  const errors = Object.entries(SBI_ERRORS).map(([name, value]) =>
    define(value === 0 ? `SBI_${name}` : `SBI_ERR_${name}`, value),
  );
  const legacy = Object.entries(SBI_LEGACY).map(([name, value]) => define(`SBI_EXT_0_1_${name}`, value));
  const extensions = SBI_EXTENSIONS.flatMap(({ name, id, functions }) => [
    define(`SBI_EXT_${name}`, id),
    ...functions.map((fn, index) => define(`SBI_EXT_${name}_${fn}`, index)),
  ]);
  return `/* Ids of the Supervisor Binary Interface. */\n#pragma once\n\n${[...errors, ...legacy, ...extensions].join("\n")}\n`;
}
