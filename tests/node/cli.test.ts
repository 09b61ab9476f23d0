/** The command line: help, one clear line for every mistake, booting, and the guest's exit status. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_FILES, packageVersion } from "../../host/node/files.ts";
import { HartbeatProcess, runHartbeat } from "../tools/hartbeat-process.ts";
import { FINISHER_PASS, FINISHER_RESET, finisherFail, finisherProgram } from "../tools/programs.ts";

let folder: string;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hartbeat-cli-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("help", () => {
  it("is printed without a subcommand", async () => {
    const run = await runHartbeat();
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.stdout).toMatch(/boot .*\n.*web /);
  });

  it("lists every option of boot with its default", async () => {
    const run = await runHartbeat("boot", "--help");
    expect(run).toMatchObject({ status: 0, stderr: "" });
    for (const option of [
      "--kernel",
      "--initrd",
      "--append",
      "--smp",
      "--memory",
      "--bios",
      "--drive",
      "--gdb",
      "-s ",
      "-S ",
      "--no-reboot",
      "--trace-boot",
      "--stats",
      "classic5-stalling",
      "--nographic",
      "Ctrl-A x",
      "128M",
    ]) {
      expect(run.stdout).toContain(option);
    }
    expect((await runHartbeat("boot", "-help")).stdout).toBe(run.stdout);
  });

  it("tells the version", async () => {
    expect(await runHartbeat("--version")).toMatchObject({ status: 0, stdout: `${packageVersion()}\n` });
  });
});

describe("a mistake gives one line and a status", () => {
  it.each([
    [["frobnicate"], 2, /unknown command 'frobnicate'/],
    [["boot", "-frobnicate"], 2, /unknown option '--frobnicate'/],
    [["boot", "extra"], 2, /too many arguments/],
    [["boot", "-kernel"], 2, /'--kernel <file>' argument missing/],
    [["boot", "-smp", "9"], 2, /-smp 9: give a number of harts from 1 to 8/],
    [["boot", "-smp=two"], 2, /-smp two: give a number/],
    [["boot", "-m", "1K"], 2, /-m 1K: give a size from 16M to 2G/],
    [["boot", "-gdb", "1234"], 2, /-gdb 1234: write tcp::PORT/],
    [["boot", "-drive", "disk.img"], 2, /-drive disk.img: 'disk.img' is not NAME=VALUE/],
    [["web", "--port", "http"], 2, /--port http: give a port number/],
    [["boot", "-kernel", "no/such"], 1, /the kernel 'no\/such': no such file/],
    [["boot", "-kernel", "."], 1, /the kernel '\.': it is a directory/],
    [["boot", "-initrd", "no/such"], 1, /the initial RAM disk 'no\/such': no such file/],
    [["boot", "-bios", "no/such"], 1, /the firmware 'no\/such': no such file/],
    [
      ["boot", "-initrd", "package.json"],
      1,
      /RAM disk 'package\.json' cannot be used: it is not a cpio archive/,
    ],
    [["boot", "-kernel", process.execPath], 1, /the kernel .* cannot be used: .*RISC-V/i],
    [["boot", "-bios", "none"], 1, /-bios none .*-kernel/],
    [["boot", "-drive", "file=no/such"], 1, /the drive 'no\/such': no such file/],
    [
      ["boot", "-kernel", "package.json", "-m", "16M", "-bios", "/dev/null"],
      1,
      /firmware '\/dev\/null'.* is empty/,
    ],
  ] as const)("hartbeat %j", async (words, status, message) => {
    const run = await runHartbeat(...words);
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(/^hartbeat: [^\n]+\n$/);
    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(status);
  });

  it.each([
    [
      "a truncated ELF file",
      () => readFileSync(PACKAGE_FILES.kernel).subarray(0, 100_000),
      /it is truncated/,
    ],
    [
      "an image larger than memory",
      () => new Uint8Array(20 * 2 ** 20),
      /does not fit into memory.*more memory/,
    ],
  ])("%s", async (_, contents, message) => {
    await writeFile(file("kernel"), contents());
    const run = await runHartbeat("boot", "-m", "16M", "-kernel", file("kernel"));
    expect(run.stderr).toMatch(/^hartbeat: [^\n]+\n$/);
    expect(run.stderr).toMatch(message);
    expect(run.status).toBe(1);
  });

  it("in a kernel that is cut short", async () => {
    await writeFile(file("short.elf"), finisherProgram(FINISHER_PASS).subarray(0, 100));
    const run = await runHartbeat("boot", "-bios", "none", "-kernel", file("short.elf"));
    expect(run.stderr).toMatch(/^hartbeat: [^\n]*short\.elf[^\n]+\n$/);
    expect(run.status).toBe(1);
  });

  it("in a kernel for another machine", async () => {
    const run = await runHartbeat("boot", "-bios", "none", "-kernel", process.execPath);
    expect(run.stderr).toMatch(/^hartbeat: [^\n]*kernel[^\n]+\n$/);
    expect(run.status).toBe(1);
  });

  it("in a port that is in use", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as { port: number };
    try {
      const boot = await runHartbeat("boot", "-gdb", `tcp::${port}`);
      expect(boot.stderr).toMatch(new RegExp(`^hartbeat: [^\\n]*${port}[^\\n]* in use[^\\n]*\\n$`));
      expect(boot.status).toBe(1);
      const web = await runHartbeat("web", "--port", String(port));
      expect(web.stderr).toMatch(new RegExp(`^hartbeat: [^\\n]*${port}[^\\n]* in use[^\\n]*\\n$`));
      expect(web.status).toBe(1);
    } finally {
      holder.close();
    }
  });
});

describe("the guest's exit status", () => {
  it.each([
    ["pass", FINISHER_PASS, 0],
    ["fail with code 7", finisherFail(7), 7],
    ["fail with code 255", finisherFail(255), 255],
  ])("%s", async (_title, value, status) => {
    await writeFile(file("finish.elf"), finisherProgram(value, "hello\n"));
    const run = await runHartbeat("boot", "-bios", "none", "-kernel", file("finish.elf"), "--stats");
    expect(run.stdout).toBe("hello\n");
    expect(run.stderr).toMatch(/^hartbeat: .* cycles.* wall time/);
    expect(run.status).toBe(status);
  });

  it("a reset ends the process when asked to", async () => {
    await writeFile(file("reset.elf"), finisherProgram(FINISHER_RESET));
    const run = await runHartbeat("boot", "-bios", "none", "-kernel", file("reset.elf"), "-no-reboot");
    expect(run).toMatchObject({ status: 0, stderr: "" });
  });
});

/** Milliseconds of CPU time that a process has used. */
function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The same in the next `ms` milliseconds. */
async function cpuTimeIn(pid: number, ms: number): Promise<number> {
  const before = cpuTime(pid);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return cpuTime(pid) - before;
}

describe("booting", () => {
  it.each([1, 4])("reaches a login with %i harts, and powers off with status 0", async (harts) => {
    const run = new HartbeatProcess(["boot", "-smp", String(harts)]);
    let at = await run.expect(/login: $/);
    run.send("root\n");
    at = await run.expect(/# $/, at);
    run.send("ps -ef\n");
    at = await run.expect(/# $/, at);
    expect(run.stdout).toMatch(/^\s*(root|0)\s+1\s+0\s.*init/m);
    expect(run.stdout).toMatch(/^\s*(root|0)\s+2\s+0\s.*\[kthreadd\]/m);
    run.send("poweroff\n");
    expect(await run.end()).toEqual({ status: 0, signal: null });
    expect(run.stderr).toBe("");
  });

  it("types what comes all at once from a pipe, line by line", async () => {
    const run = new HartbeatProcess(["boot"]);
    run.child.stdin.end("root\necho one two\npoweroff\n");
    expect(await run.end()).toEqual({ status: 0, signal: null });
    expect(run.stdout).toMatch(/# echo one two\r?\none two\r?\n/);
  });

  it("powers off in a pipeline's time, and says where that went", async () => {
    const run = new HartbeatProcess(["boot", "--timing", "--stats"]);
    run.child.stdin.end("root\npoweroff\n");
    expect(await run.end()).toEqual({ status: 0, signal: null });
    expect(run.stderr).toMatch(/^hartbeat: pipeline cva6\n +hart 0\n/m);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends by %s in a pipeline's time", async (signal) => {
    const run = new HartbeatProcess(["boot", "--timing", "-smp", "2"]);
    const at = await run.expect(/login: $/);
    run.send("root\nwhile :; do :; done\n");
    await run.expect(/# while/, at);
    run.child.kill(signal);
    expect((await run.end()).status).toBe(signal === "SIGINT" ? 130 : 143);
  });

  it("uses no CPU at the prompt", async () => {
    const run = new HartbeatProcess(["boot"]);
    await run.expect(/login: $/);
    // What the boot has left to do, compiling for example, may take a while.
    await expect.poll(() => cpuTimeIn(run.child.pid as number, 1000)).toBeLessThan(50);
    run.kill();
  });

  it("restarts when the guest reboots", async () => {
    const run = new HartbeatProcess(["boot"]);
    let at = await run.expect(/login: $/);
    run.send("root\n");
    at = await run.expect(/# $/, at);
    run.send("reboot\n");
    at = await run.expect(/login: $/, at);
    run.child.kill("SIGTERM");
    expect(await run.end()).toEqual({ status: 143, signal: null });
  });

  it("ends quietly when nobody reads its output", async () => {
    const run = new HartbeatProcess(["boot"]);
    run.child.stdout.destroy();
    expect(await run.end()).toMatchObject({ status: 1 });
    expect(run.stderr).toBe("");
  });

  it("prints the boot path as a tree when asked to", async () => {
    const run = new HartbeatProcess(["boot", "--trace-boot"]);
    await run.expect(/login: $/);
    run.child.kill("SIGTERM");
    await run.end();
    expect(run.stderr).toMatch(/^ *cycle +hart +pid +mode +function\n/);
    expect(run.stderr).toMatch(/ 0 +0 +S +start_kernel\n[\s\S]* 0 +0 +S +rest_init\n/);
    expect(run.stderr).toMatch(/ 1 +S +kernel_init\n/);
    expect(run.stderr).toMatch(/ 2 +S +kthreadd\n/);
  });
});

describe("hartbeat web", () => {
  it("serves the page until it is ended", async () => {
    const run = new HartbeatProcess(["web", "--port", "0"]);
    await run.expect(/\n/);
    const url = /http:\S+/.exec(run.stdout)?.[0] as string;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(url)).text()).toContain("<title>hartbeat</title>");
    for (const name of ["page.js", "worker.js", "style.css", "core.wasm", "vmlinux"]) {
      expect((await fetch(url + name)).status).toBe(200);
    }
    run.child.kill("SIGTERM");
    expect(await run.end()).toEqual({ status: 0, signal: null });
  });
});
