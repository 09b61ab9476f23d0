/** The trace on a real machine: right calls, and the same run as without it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import type { Machine } from "../../../host/machine.ts";
import type { BootStep } from "../../../host/trace/boot-path.ts";
import { BootTrace } from "../../../host/trace/boot-trace.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { GuestProgram } from "../debug/guest.ts";

const PATH = ["_start", "start_kernel", "setup_arch", "count"].map(
  (name): BootStep => ({ name, image: "firmware", early: true }),
);

requireTool("riscv64-linux-gnu-gcc")("a traced machine", () => {
  let program: GuestProgram;

  beforeAll(() => {
    program = new GuestProgram();
  });
  afterAll(() => program.remove());

  /** Runs the program to its end, traced or not. */
  async function run(traced: boolean): Promise<{ machine: Machine; trace: BootTrace | undefined }> {
    const machine = await program.machine(3);
    const target = new MachineTarget(machine);
    target.writeMemory(0, machine.symbols.lookup("released") ?? 0n, Uint8Array.of(1));
    const trace = traced ? new BootTrace(target, PATH) : undefined;
    expect(machine.run({ cycles: 1_000_000 })).toBe("halted");
    return { machine, trace };
  }

  it("records the calls of every hart with their cycles", async () => {
    const { trace } = await run(true);
    const records = trace?.records ?? [];
    const calls = records.filter(({ hart }) => hart === 0).map(({ name, depth }) => `${depth} ${name}`);
    expect(calls).toEqual(["0 _start", "1 start_kernel", "2 setup_arch", ...Array(10).fill("3 count")]);
    expect(records.filter(({ name }) => name === "_start").map(({ hart }) => hart)).toEqual([0, 1, 2]);
    const cycles = records.filter(({ hart }) => hart === 0).map(({ cycle }) => cycle);
    expect(cycles).toEqual([...cycles].sort((a, b) => a - b));
    expect(records.every(({ privilege, pid }) => privilege === "M" && pid === undefined)).toBe(true);
  });

  it("runs exactly as an untraced one", async () => {
    const [plain, traced] = [await run(false), await run(true)];
    expect(traced.machine.cycles).toBe(plain.machine.cycles);
    expect(traced.machine.instructions).toBe(plain.machine.instructions);
    expect(traced.machine.stateHash()).toBe(plain.machine.stateHash());
  });
});
