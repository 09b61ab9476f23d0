/** The oracle: the same operations on QEMU's user-mode emulator, in a program that GNU as has encoded. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTool } from "../tools/tools.ts";
import type { Operation } from "./operations.ts";

/** Most records of a batch: BATCH of oracle.c. */
export const BATCH = 65536;

/** The loop of one operation: a0 records, a1 results, a2 count. */
function printLoop({ name, sources, toInteger, fromInteger }: Operation, index: number): string {
  const result = toInteger ? "a4" : "fa3";
  const operands = sources.map((_, place) => (fromInteger ? "a3" : `fa${place}`));
  return `op${index}:
1: ld a3, 0(a0)
  fld fa0, 0(a0)
  fld fa1, 8(a0)
  fld fa2, 16(a0)
  fsflags zero
  ${name} ${[result, ...operands].join(", ")}
  frflags a5
  ${toInteger ? "sd" : "fsd"} ${result}, 0(a1)
  sd a5, 8(a1)
  addi a0, a0, 24
  addi a1, a1, 16
  addi a2, a2, -1
  bnez a2, 1b
  ret`;
}

export class Oracle {
  readonly #folder = mkdtempSync(join(tmpdir(), "hartbeat-fp-"));
  readonly #program: string;

  constructor(operations: readonly Operation[]) {
    const gcc = findTool("riscv64-linux-gnu-gcc");
    if (!gcc) throw new Error("riscv64-linux-gnu-gcc is not installed");
    const loops = join(this.#folder, "operations.S");
    this.#program = join(this.#folder, "oracle");
    const table = operations.map((_, index) => `  .dword op${index}`);
    writeFileSync(
      loops,
      `.option arch, +zfhmin\n${operations.map(printLoop).join("\n")}\n.section .rodata\n.balign 8\n.global operations\noperations:\n${table.join("\n")}\n`,
    );
    const source = fileURLToPath(new URL("oracle.c", import.meta.url));
    const options = ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-nostdlib", "-ffreestanding"];
    const built = spawnSync(gcc, [...options, "-o", this.#program, source, loops], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(`the oracle does not build: ${built.stderr}`);
  }

  /** Runs `operation` (an index) on the records, in each of the rounding modes; the answers come one mode after the other. */
  run(operation: number, modes: readonly number[], records: Uint32Array, count: number): BigUint64Array {
    const qemu = findTool("qemu-riscv64");
    if (!qemu) throw new Error("qemu-riscv64 is not installed");
    const header = 24;
    const batch = header + count * 24;
    const input = new Uint8Array(modes.length * batch);
    const bytes = new Uint8Array(records.buffer, records.byteOffset, count * 24);
    modes.forEach((mode, index) => {
      new BigUint64Array(input.buffer, index * batch, 3).set([operation, mode, count].map(BigInt));
      input.set(bytes, index * batch + header);
    });
    const { status, stdout, stderr } = spawnSync(qemu, ["-cpu", "rv64,Zfh=true", this.#program], {
      input,
      maxBuffer: modes.length * count * 16 + 1024,
      timeout: 600_000,
    });
    if (status !== 0) throw new Error(`qemu-riscv64 ended with ${status}: ${stderr}`);
    const copy = new Uint8Array(stdout);
    return new BigUint64Array(copy.buffer, 0, copy.length / 8);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
