/** Packets that read and write registers: g G p P. */
import { type CommandTable, E_FAULT, E_MALFORMED, OK } from "./commands.ts";
import { hexOfRegister, parseCount, registerOfHex } from "./hex.ts";
import { GENERAL_REGISTERS } from "./registers.ts";

const HEX_DIGITS = 16;

export const REGISTER_COMMANDS: CommandTable = {
  g: (_args, { target, generalHart }) =>
    GENERAL_REGISTERS.map(({ name }) => hexOfRegister(target.readRegister(generalHart, name))).join(""),

  G: (args, { target, generalHart }) => {
    if (args.length !== GENERAL_REGISTERS.length * HEX_DIGITS) return E_MALFORMED;
    const values = GENERAL_REGISTERS.map(({ number }) =>
      registerOfHex(args.slice(number * HEX_DIGITS, (number + 1) * HEX_DIGITS)),
    );
    for (const [i, { name }] of GENERAL_REGISTERS.entries()) {
      const value = values[i];
      if (value !== undefined) target.writeRegister(generalHart, name, value);
    }
    return OK;
  },

  p: (args, { target, registers, generalHart }) => {
    const register = registers.byNumber(parseCount(args) ?? -1);
    if (register === undefined) return E_MALFORMED;
    return hexOfRegister(target.readRegister(generalHart, register.name));
  },

  P: (args, { target, registers, generalHart }) => {
    const [number = "", digits = ""] = args.split("=");
    const register = registers.byNumber(parseCount(number) ?? -1);
    const value = registerOfHex(digits);
    if (register === undefined || value === undefined) return E_MALFORMED;
    return target.writeRegister(generalHart, register.name, value) ? OK : E_FAULT;
  },
};
