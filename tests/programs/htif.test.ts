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
    const ended = await run(programs.build("exit", `CODE=${code}`));
    const failure = new RegExp(`^hartbeat: The program ended with code ${code} in tohost.*\n$`);
    expect(ended).toMatchObject({ status, stderr: code === 0 ? "" : expect.stringMatching(failure) });
  });

  test("runs on several harts", async () => {
    expect(await run(programs.build("exit", "CODE=3"), "-smp", "4")).toMatchObject({ status: 3 });
  });

  test("needs no option to start in M-mode, and may be named as the firmware", async () => {
    const elf = programs.build("exit", "CODE=3");
    expect(await runHartbeat("boot", "-kernel", elf)).toMatchObject({ status: 3 });
    expect(await runHartbeat("boot", "-bios", elf)).toMatchObject({ status: 3 });
    const beside = await runHartbeat("boot", "-bios", "default", "-kernel", elf);
    expect(beside).toMatchObject({ status: 3 });
  });

  test("that never ends is given up at a cycle of one's choice, and says where it was", async () => {
    const ended = await run(programs.build("ask", "COMMAND=2", "FOREVER"), "--max-cycles=123k", "-smp", "2");
    expect(ended.status).toBe(124);
    expect(ended.stderr).toMatch(
      /^.*system call.*\n.*after 123,000 cycles \(--max-cycles\): hart 0 at _start\+0x.*, hart 1 at /,
    );
    expect(await run("x", "--max-cycles", "soon")).toMatchObject({ status: 2 });
  });

  test.each([
    ["an unknown device", ["COMMAND=0x0200000000000000"], /device 2 of tohost for command 0/],
    ["an unknown command", ["COMMAND=0x0105000000000000"], /device 1 of tohost for command 5/],
    ["a system call from nowhere", ["COMMAND=0x10"], /0x10 to tohost, where there is no memory/],
    ["an unknown system call", ["COMMAND=0", "SYSCALL=1024, 0, 0, 0"], /system call 1024/],
  ])("is told of %s, and goes on", async (_, defines, text) => {
    const ended = await run(programs.build("ask", ...defines));
    expect(ended).toMatchObject({ status: 0, stderr: expect.stringMatching(text) });
    expect(ended.stderr.split("\n")).toHaveLength(2);
  });

  test("may ask to write what is not there", async () => {
    const ended = await run(programs.build("ask", "COMMAND=0", "SYSCALL=64, 1, 0x10, 8"));
    expect(ended).toMatchObject({ status: 0, stdout: "", stderr: "" });
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

  test("may be asked for as Spike is", async () => {
    const file = join(programs.folder, "spike");
    await run(programs.build("signature"), `+signature=${file}`, "+signature-granularity=8");
    expect(readFileSync(file, "utf8")).toMatch(/^0123456789abcdef\n/);
  });

  test("needs its symbols, and 4 or 8 bytes", async () => {
    const file = join(programs.folder, "none");
    const missing = await run(programs.build("exit", "CODE=0"), "--signature", file);
    expect(missing).toMatchObject({ status: 1 });
    expect(missing.stderr).toMatch(/^hartbeat: The kernel has no symbol begin_signature/);
    expect(await run("x", "--signature-granularity", "16")).toMatchObject({ status: 2 });
  });
});
