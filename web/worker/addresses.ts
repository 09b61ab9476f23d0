/** Reads an address as people write it: a symbol, a number, a register, a source line, with an offset or without. */
import type { MachineTarget } from "../../host/debug/machine-target.ts";
import { HartbeatError } from "../../host/errors.ts";
import type { SourceLines } from "./source-lines.ts";

/** `lines` is asked for only where a source line is named. */
export async function parseAddress(
  text: string,
  hart: number,
  target: MachineTarget,
  lines: () => Promise<SourceLines>,
): Promise<bigint> {
  const trimmed = text.trim();
  const place = /^(\S+\.\w+):(\d+)$/.exec(trimmed);
  if (place) {
    const found = (await lines()).addressOf(place[1] as string, Number(place[2]));
    if (found) return found.address;
    throw new HartbeatError(`No code belongs to ${trimmed}; choose another line of the kernel's source.`);
  }
  const [, base = "", sign = "+", offset = "0"] =
    /^(\S+?)(?:\s*([+-])\s*(0x[0-9a-f]+|\d+))?$/i.exec(trimmed) ?? [];
  const start = baseAddress(base, hart, target);
  if (start === undefined) {
    throw new HartbeatError(
      `There is no symbol '${trimmed}'; give a function's name, an address such as 0x80200000, or a register.`,
    );
  }
  return BigInt.asUintN(64, sign === "-" ? start - BigInt(offset) : start + BigInt(offset));
}

function baseAddress(base: string, hart: number, target: MachineTarget): bigint | undefined {
  if (/^(0x[0-9a-f]{1,16}|\d{1,19})$/i.test(base)) return BigInt(base);
  const symbol = target.symbols.lookup(base);
  if (symbol !== undefined) return symbol;
  return /^[a-z][a-z0-9]*$/.test(base) ? target.readRegister(hart, base) : undefined;
}
