/** Programs in the manner of the riscv-tests and of riscv-arch-test: exit codes, output and signatures through HTIF. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";
import { GuestPrograms } from "../tools/guest-program.ts";
import { runHartbeat } from "../tools/hartbeat-process.ts";
import { requireTool } from "../tools/require-tool.ts";

const programs = new GuestPrograms();
afterAll(() => programs.remove());

const run = (elf: string, ...words: string[]) =>
  runHartbeat("boot", "-bios", "none", "-kernel", elf, ...words);

requireTool("riscv64-linux-gnu-gcc")("a program with tohost", () => {
  test.each([
    [0, 0],
    [1, 1],
    [1337, 1337 % 256],
    [512, 1],
  ])("that ends with code %i gives status %i", async (code, status) => {
    expect(await run(programs.build("exit", `CODE=${code}`))).toMatchObject({ status, stderr: "" });
  });

  test("runs on several harts", async () => {
    expect(await run(programs.build("exit", "CODE=3"), "-smp", "4")).toMatchObject({ status: 3 });
  });

  test("computes with floating point", async () => {
    expect(await run(programs.build("float"))).toMatchObject({ status: 0 });
  });

  test("writes and exits through system calls", async () => {
    const text = "from the proxy\n";
    expect(await run(programs.build("syscall"))).toMatchObject({ status: text.length, stdout: `${text}x` });
  });

  test("ends from S-mode with paging on", async () => {
    expect(await run(programs.build("virtual"))).toMatchObject({ status: 0 });
  });

  test("ends at the same cycle however the run is cut", async () => {
    const elf = programs.build("syscall");
    const cut = async (cycles: number): Promise<number> => {
      const machine = await Machine.create({ kernel: elf, firmware: "none" });
      while (!machine.halted) machine.run({ cycles });
      return machine.cycles;
    };
    expect(await cut(777)).toBe(await cut(1_000_000));
  });
});

requireTool("riscv64-linux-gnu-gcc")("a signature", () => {
  const dump = async (...words: string[]): Promise<string> => {
    const file = join(programs.folder, "signature");
    expect(await run(programs.build("signature"), "--signature", file, ...words)).toMatchObject({
      status: 0,
    });
    return readFileSync(file, "utf8");
  };

  test("is written in words of 4 bytes, or of 8", async () => {
    const fours = ["89abcdef", "01234567", "fffffffe", "ffffffff", "deadbeef", "deadbeef"];
    expect(await dump()).toBe(`${fours.join("\n")}\n`);
    const eights = ["0123456789abcdef", "fffffffffffffffe", "deadbeefdeadbeef"];
    expect(await dump("--signature-granularity=8")).toBe(`${eights.join("\n")}\n`);
  });

  test("needs its symbols, and 4 or 8 bytes", async () => {
    const file = join(programs.folder, "none");
    const missing = await run(programs.build("exit", "CODE=0"), "--signature", file);
    expect(missing).toMatchObject({ status: 1 });
    expect(missing.stderr).toMatch(/^hartbeat: The kernel has no symbol begin_signature/);
    expect(await run("x", "--signature-granularity", "16")).toMatchObject({ status: 2 });
  });
});
