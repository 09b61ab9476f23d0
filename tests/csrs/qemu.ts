/** Runs a program on QEMU, with all the counters that there may be, until it powers off, and returns main memory. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CPU } from "../lockstep/qemu.ts";
import { PATIENCE_MS } from "../tools/patience.ts";

export function ramAfter(qemu: string, image: Uint8Array, ramBytes: number): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-qemu-"));
  const [program, ram] = [join(folder, "program"), join(folder, "ram")];
  try {
    writeFileSync(program, image);
    const machine = `-M virt,memory-backend=ram -cpu ${CPU},pmu-num=29 -display none -serial none -monitor none -bios ${program}`;
    const size = `${ramBytes >> 20}M`;
    const memory = `-m ${size} -object memory-backend-file,id=ram,size=${size},mem-path=${ram},share=on`;
    execFileSync(qemu, `${machine} ${memory}`.split(" "), { timeout: PATIENCE_MS });
    return readFileSync(ram);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
