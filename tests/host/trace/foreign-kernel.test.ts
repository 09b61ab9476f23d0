/** The boot of a kernel that is not ours, seen by its symbols alone. */
import { beforeAll, describe, expect, it } from "vitest";
import { looksLikeSystemMap, readKernelSymbols } from "../../../host/boot/symbol-file.ts";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { HartbeatError } from "../../../host/errors.ts";
import { type CreateOptions, Machine } from "../../../host/node/index.ts";
import { BOOT_PATH } from "../../../host/trace/boot-path.ts";
import { BootTrace } from "../../../host/trace/boot-trace.ts";
import { ProgramTrace } from "../../../host/trace/program-trace.ts";
import { buildForeignKernel, type ForeignKernel } from "../../tools/foreign-kernel.ts";
import { requireTool } from "../../tools/require-tool.ts";

const RANGE = { start: 0x8020_0000, end: 0x8030_0000 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

requireTool("riscv64-linux-gnu-gcc")("the boot of a foreign kernel", () => {
  let kernel: ForeignKernel;
  beforeAll(() => {
    kernel = buildForeignKernel();
  });

  async function traces(options: CreateOptions) {
    const machine = await Machine.create(options);
    const target = new MachineTarget(machine);
    const boot = new BootTrace(target);
    const programs = new ProgramTrace(target);
    machine.run({ cycles: 10_000_000 });
    expect(machine.halted?.status).toBe(0);
    machine.dispose();
    return { boot, programs };
  }

  const cases: [string, () => CreateOptions][] = [
    ["an ELF file with its symbols", () => ({ kernel: kernel.vmlinux })],
    ["a stripped ELF file and its vmlinux", () => ({ kernel: kernel.stripped, symbols: kernel.vmlinux })],
    [
      "a stripped ELF file and its System.map",
      () => ({ kernel: kernel.stripped, symbols: kernel.systemMap }),
    ],
    ["an Image and its vmlinux", () => ({ kernel: kernel.image, symbols: kernel.vmlinux })],
    ["an Image and its System.map", () => ({ kernel: kernel.image, symbols: kernel.systemMap })],
  ];

  it.each(cases)("fills in from %s", async (_what, options) => {
    const { boot, programs } = await traces(options());
    const seen = boot.records
      .filter(({ image }) => image !== "firmware")
      .map(
        ({ name, task, pid, depth, privilege }) =>
          `${name} ${task ?? "-"} ${pid ?? "?"} ${depth} ${privilege}`,
      );
    expect(seen).toEqual([
      "_start - ? 0 S",
      "start_kernel 0 ? 0 S",
      "setup_arch 0 ? 1 S",
      "mm_init 0 ? 1 S",
      "sched_init 0 ? 1 S",
      "rest_init 0 ? 1 S",
      "kernel_thread 0 ? 2 S",
      "kernel_thread 0 ? 2 S",
      "kthreadd 1 ? 0 S",
      "kernel_init 2 ? 0 S",
      "run_init_process 2 ? 1 S",
      "start_thread 2 ? 2 S",
      "/init 2 ? 0 U",
    ]);
    const [thread] = boot.records.filter(({ name }) => name === "kernel_thread");
    expect(thread?.argument).toBe("kernel_init");
    expect(boot.records.find(({ name }) => name === "sched_init")?.end).toBeDefined();
    expect(boot.finished).toBe(true);
    expect(boot.knowsPids).toBe(false);
    expect(boot.missing.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["setup_vm", "do_initcalls"]),
    );
    expect(boot.missing.length).toBeLessThan(BOOT_PATH.length - 10);
    // Its first task's name tells where the names of tasks are.
    expect(programs.records).toEqual([expect.objectContaining({ name: "init", pid: undefined })]);
    expect(programs.records[0]?.end).toBeDefined();
  });

  it("has nothing but the firmware's part without symbols", async () => {
    const { boot } = await traces({ kernel: kernel.image });
    expect(boot.records.map(({ image }) => image)).toEqual(["firmware"]);
  });

  it("changes nothing of the run", async () => {
    const hashes = [];
    for (const symbols of [undefined, kernel.systemMap]) {
      const machine = await Machine.create({ kernel: kernel.image, ...(symbols && { symbols }) });
      if (symbols) new BootTrace(new MachineTarget(machine));
      machine.run({ cycles: 10_000_000 });
      hashes.push(machine.stateHash());
      machine.dispose();
    }
    expect(hashes[1]).toBe(hashes[0]);
  });
});

describe("symbol files", () => {
  it("are told from other text", () => {
    expect(looksLikeSystemMap(bytesOf("ffffffff80000000 T _start\nffff"))).toBe(true);
    expect(looksLikeSystemMap(bytesOf("0000000000000000 A _x\n"))).toBe(true);
    for (const text of ["", "hello\n", "ffffffff80000000 T\n", "ffffffff80000000 T a b\n", "fff T _start\n"])
      expect(looksLikeSystemMap(bytesOf(text)), text).toBe(false);
  });

  it("leave modules out, and end with the kernel", () => {
    const text =
      "ffffffff80000000 T _start\nffffffff80001000 t f\nffffffff80002000 B _end\nffffffff01000000 t g\t[mod]\n";
    const { symbols, segments } = readKernelSymbols({ name: "kallsyms", bytes: bytesOf(text) }, RANGE);
    expect(symbols.map(({ name, type, global }) => [name, type, global])).toEqual([
      ["_start", "func", true],
      ["f", "func", false],
      ["_end", "object", true],
    ]);
    expect(segments).toMatchObject([{ paddr: RANGE.start, vaddr: 0xffff_ffff_8000_0000n, memSize: 0x2000 }]);
  });

  it.each([
    [
      "the stub that Debian has in its place",
      "ffffffffffffffff B The real System.map is elsewhere\n",
      /no symbols in 'x'/,
    ],
    [
      "one that hides its addresses",
      "0000000000000000 T _start\n0000000000000000 T f\n",
      /no symbols in 'x'/,
    ],
    ["one without a beginning", "ffffffff80001000 T f\n", /do not tell where the kernel begins/],
    ["anything else", "\x00\x01\x02", /no symbols in 'x'/],
  ])("are refused in plain words: %s", (_what, text, message) => {
    const read = (): unknown => readKernelSymbols({ name: "x", bytes: bytesOf(text) }, RANGE);
    expect(read).toThrow(HartbeatError);
    expect(read).toThrow(message);
  });
});
