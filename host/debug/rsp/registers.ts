/**
 * The registers that GDB sees and the target description (`target.xml`) that names them.
 *
 * Numbers are GDB's own for RISC-V: x0 to x31, pc = 32, the f registers 33 to 64, CSRs from 65 on, and
 * the privilege mode after the last CSR.
 */
import { ABI_NAMES, FLOAT_NAMES } from "../../registers.ts";

export interface GdbRegister {
  readonly number: number;
  /** The name on both sides: in GDB and in DebugTarget. */
  readonly name: string;
  readonly type?: "code_ptr" | "data_ptr" | "riscv_double";
}

/** A row of a CSR table, as far as a debugger cares. */
export interface CsrName {
  readonly name: string;
  readonly address: number;
}

const PC = 32;
const FIRST_FLOAT = 33;
const FIRST_CSR = 65;
const PRIV = FIRST_CSR + 4096;

const POINTER_TYPES: Readonly<Record<string, "code_ptr" | "data_ptr">> = {
  ra: "code_ptr",
  sp: "data_ptr",
  gp: "data_ptr",
  tp: "data_ptr",
};

/** x0 to x31 and pc, in the order of the `g` packet. */
export const GENERAL_REGISTERS: readonly GdbRegister[] = [
  ...ABI_NAMES.map((name, number): GdbRegister => {
    const type = POINTER_TYPES[name];
    return type === undefined ? { number, name } : { number, name, type };
  }),
  { number: PC, name: "pc", type: "code_ptr" },
];

const FLOAT_REGISTERS: readonly GdbRegister[] = FLOAT_NAMES.map((name, index) => ({
  number: FIRST_FLOAT + index,
  name,
  type: "riscv_double",
}));

/** Lets GDB show a register as a number of either width. */
const DOUBLE_TYPE =
  '<union id="riscv_double"><field name="float" type="ieee_single"/>' +
  '<field name="double" type="ieee_double"/></union>';

const PRIV_REGISTER: GdbRegister = { number: PRIV, name: "priv" };

/** All registers of a machine with the given CSRs. */
export class RegisterSet {
  readonly csrs: readonly GdbRegister[];
  readonly #byNumber = new Map<number, GdbRegister>();

  constructor(csrs: readonly CsrName[]) {
    this.csrs = csrs.map(({ name, address }) => ({ name, number: FIRST_CSR + address }));
    for (const register of [...GENERAL_REGISTERS, ...FLOAT_REGISTERS, ...this.csrs, PRIV_REGISTER]) {
      this.#byNumber.set(register.number, register);
    }
  }

  byNumber(number: number): GdbRegister | undefined {
    return this.#byNumber.get(number);
  }

  /**
   * `target.xml`: "RISC-V Features" of the GDB manual, appendix G. Without the osabi, GDB takes bare metal for
   * a Linux process and steps by breakpoints at the next instruction, which go wrong at traps and with harts.
   */
  get description(): string {
    return [
      '<?xml version="1.0"?>',
      '<!DOCTYPE target SYSTEM "gdb-target.dtd">',
      '<target version="1.0">',
      "<architecture>riscv:rv64</architecture>",
      "<osabi>none</osabi>",
      ...feature("org.gnu.gdb.riscv.cpu", GENERAL_REGISTERS),
      ...feature("org.gnu.gdb.riscv.fpu", FLOAT_REGISTERS, [DOUBLE_TYPE]),
      ...feature("org.gnu.gdb.riscv.csr", this.csrs),
      ...feature("org.gnu.gdb.riscv.virtual", [PRIV_REGISTER]),
      "</target>",
      "",
    ].join("\n");
  }
}

function feature(name: string, registers: readonly GdbRegister[], types: readonly string[] = []): string[] {
  if (registers.length === 0) return [];
  const lines = registers.map(
    (reg) => `<reg name="${reg.name}" bitsize="64" regnum="${reg.number}" type="${reg.type ?? "int"}"/>`,
  );
  return [`<feature name="${name}">`, ...types, ...lines, "</feature>"];
}
