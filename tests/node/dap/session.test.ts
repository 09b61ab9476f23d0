/** The debug adapter on our kernel, over standard input and output: an editor's session from launch to disconnect. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";
import { type Body, DapClient } from "./client.ts";

const SOURCES = join(PACKAGE_ROOT, "kernel-image");
const MAIN = join(SOURCES, "init/main.c");

/** The number of the first line of a file that has a text. */
function lineWith(path: string, text: string): number {
  const index = readFileSync(path, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`${path} has no line with ${text}`);
  return index + 1;
}

describe("hartbeat dap", () => {
  let child: ChildProcessWithoutNullStreams;
  let client: DapClient;
  let exit: Promise<number | null>;

  afterEach(async () => {
    if (child.exitCode === null) child.kill();
    await exit;
  });

  async function start(): Promise<void> {
    child = spawn(process.execPath, [join(PACKAGE_ROOT, "dist/hartbeat.js"), "dap"], { stdio: "pipe" });
    exit = new Promise((resolve) => child.once("close", resolve));
    client = new DapClient(child.stdout, child.stdin);
  }

  /** Stands at the first line of rest_init. */
  async function atRestInit(more: object = {}): Promise<Body> {
    await start();
    await client.open("launch", { smp: 2, ...more });
    await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "rest_init" }] });
    return client.stopAfter("configurationDone", {});
  }

  const stack = async (threadId = 1): Promise<Body[]> =>
    (await client.request("stackTrace", { threadId })).stackFrames;
  const names = async (threadId = 1): Promise<string[]> => (await stack(threadId)).map(({ name }) => name);
  const line = async (): Promise<number> => (await stack())[0].line;

  async function scope(name: string, frameId: number): Promise<Body[]> {
    const { scopes } = await client.request("scopes", { frameId });
    const { variablesReference } = scopes.find((each: Body) => each.name === name);
    return (await client.request("variables", { variablesReference })).variables;
  }

  it("tells what it can do, and stops at lines, functions and conditions", async () => {
    await start();
    const capabilities = await client.open("launch", { smp: 2, append: "quiet" });
    expect(capabilities).toMatchObject({ supportsStepBack: true, supportsDataBreakpoints: true });
    const wanted = lineWith(MAIN, "kernel_thread(kthreadd,");
    const { breakpoints } = await client.request("setBreakpoints", {
      source: { path: MAIN },
      breakpoints: [{ line: wanted }, { line: 1_000_000 }],
    });
    expect(breakpoints).toMatchObject([{ verified: true, line: wanted }, { verified: false }]);
    const functions = await client.request("setFunctionBreakpoints", {
      breakpoints: [
        { name: "kernel_init" },
        { name: "no_such_function" },
        { name: "kernel_clone", condition: "$a0 == 0" },
      ],
    });
    expect(functions.breakpoints.map(({ verified }: Body) => verified)).toEqual([true, false, true]);
    await client.request("setExceptionBreakpoints", { filters: ["panic"] });

    const first = await client.stopAfter("configurationDone", {});
    expect(first).toMatchObject({ reason: "breakpoint", threadId: 1, allThreadsStopped: true });
    expect(first.hitBreakpointIds).toEqual([breakpoints[0].id]);
    const [top] = await stack();
    expect(top).toMatchObject({ name: "rest_init", line: wanted, source: { name: "main.c", path: MAIN } });
    const second = await client.stopAfter("continue");
    expect(second).toMatchObject({
      reason: "function breakpoint",
      hitBreakpointIds: [functions.breakpoints[0].id],
    });
    const { threads } = await client.request("threads");
    expect(threads.map(({ name }: Body) => name)).toEqual([
      expect.stringMatching(/^CPU#0 \[.*\]/),
      expect.stringMatching(/^CPU#1 \[.*\]/),
    ]);
    await client.request("disconnect");
    expect(await exit).toBe(0);
  });

  it("steps by line: over, into, out, back, and by instruction", async () => {
    await atRestInit();
    expect(await names()).toEqual(["rest_init", expect.any(String), expect.any(String), expect.any(String)]);
    const call = lineWith(MAIN, "kernel_thread(kernel_init,");
    while ((await line()) !== call) await client.stopAfter("next");
    expect(await client.stopAfter("next")).toMatchObject({ reason: "step", threadId: 1 });
    const after = await line();
    expect(after).toBeGreaterThan(call);
    expect((await names())[0]).toBe("rest_init");

    await client.stopAfter("stepBack");
    expect(await line()).toBe(call);
    for (let tries = 0; (await names())[0] !== "kernel_thread" && tries < 10; tries++) {
      await client.stopAfter("stepIn");
    }
    expect((await names()).slice(0, 2)).toEqual(["kernel_thread", "rest_init"]);
    await client.stopAfter("stepOut");
    expect((await names())[0]).toBe("rest_init");
    expect(await line()).toBeGreaterThanOrEqual(call);

    const before = (await stack())[0].instructionPointerReference;
    await client.stopAfter("stepIn", { threadId: 1, granularity: "instruction" });
    const there = (await stack())[0].instructionPointerReference;
    expect([2n, 4n]).toContain(BigInt(there) - BigInt(before));
    await client.stopAfter("stepBack", { threadId: 1, granularity: "instruction" });
    expect((await stack())[0].instructionPointerReference).toBe(before);
    await expect(client.request("next", { threadId: 99 })).rejects.toThrow("There is no hart 98.");
  });

  it("shows variables, registers, CSRs and C expressions, and changes them", async () => {
    await start();
    await client.open("launch", { smp: 1 });
    await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "kernel_clone" }] });
    await client.stopAfter("configurationDone", {});
    const [frame, caller] = await stack();
    expect(caller.name).toBe("kernel_thread");
    const locals = await scope("Locals", caller.id);
    expect(locals.map(({ name }) => name)).toEqual(expect.arrayContaining(["fn", "arg", "flags"]));
    expect(locals.find(({ name }) => name === "fn").value).toMatch(/^0xffffffff8\w+ <kernel_init>$/);
    const registers = await scope("Registers", frame.id);
    expect(registers[0].name).toBe("pc");
    expect(registers[0].value).toMatch(/^0xffffffff8\w{7}$/);
    const csrs = await scope("CSRs", frame.id);
    const satp = csrs.find(({ name }) => name === "satp");
    const fields = await client.request("variables", { variablesReference: satp.variablesReference });
    expect(fields.variables[0]).toMatchObject({ name: "MODE", value: "Sv39" });

    const ask = async (expression: string, context = "watch"): Promise<Body> =>
      client.request("evaluate", { expression, frameId: frame.id, context });
    expect(await ask("init_task.comm")).toMatchObject({ result: '"swapper"', type: "char [16]" });
    expect((await ask("init_task.tasks")).variablesReference).toBeGreaterThan(0);
    expect((await ask("system_state,x")).result).toBe("0x0");
    expect((await ask("$pc")).result).toBe(registers[0].value);
    await expect(ask("no_such_thing")).rejects.toThrow(
      "There is no variable or function 'no_such_thing' here.",
    );
    const task = await ask("&init_task");
    const members = await client.request("variables", { variablesReference: task.variablesReference });
    expect(members.variables.map(({ name }: Body) => name)).toEqual(expect.arrayContaining(["pid", "comm"]));
    const tasks = members.variables.find(({ name }: Body) => name === "tasks");
    expect(tasks.evaluateName).toBe("(&init_task)->tasks");

    const { scopes } = await client.request("scopes", { frameId: frame.id });
    const [, { variablesReference }] = scopes;
    await client.request("setVariable", { variablesReference, name: "a5", value: "0x40 + 2" });
    expect((await ask("$a5")).result).toBe("66");
    await client.request("setVariable", {
      variablesReference: task.variablesReference,
      name: "pid",
      value: "77",
    });
    expect((await ask("init_task.pid")).result).toBe("77");
    await expect(
      client.request("setVariable", {
        variablesReference: task.variablesReference,
        name: "comm",
        value: "1",
      }),
    ).rejects.toThrow("Only numbers and pointers in memory can be set.");

    expect((await ask("ps", "repl")).result).toMatch(/PID +PPID/);
    expect((await ask("monitor pt 0xffffffff80000000", "repl")).result).toMatch(/level 0/);
  });

  it("reads and writes memory, and shows code around a place", async () => {
    await atRestInit();
    const memoryReference = (await client.request("evaluate", { expression: "&init_task.comm" }))
      .memoryReference;
    const comm = await client.request("readMemory", { memoryReference, count: 16 });
    expect(Buffer.from(comm.data, "base64").toString("latin1")).toMatch(/^swapper\0/);
    const data = Buffer.from("changed").toString("base64");
    await client.request("writeMemory", { memoryReference, data });
    expect((await client.request("evaluate", { expression: "init_task.comm" })).result).toBe('"changed"');
    const hole = await client.request("readMemory", { memoryReference: "0x10", count: 8 });
    expect(hole).toMatchObject({ data: "", unreadableBytes: 8 });
    await expect(client.request("readMemory", { memoryReference: "nowhere", count: 8 })).rejects.toThrow(
      /an address such as/,
    );

    const [frame] = await stack();
    const at = frame.instructionPointerReference;
    const { instructions } = await client.request("disassemble", {
      memoryReference: at,
      instructionOffset: -3,
      instructionCount: 8,
    });
    expect(instructions).toHaveLength(8);
    expect(instructions[3]).toMatchObject({ address: at, symbol: "rest_init" });
    expect(instructions[4].location.path).toBe(MAIN);
    // Before the first instruction of a function lies the end of another one.
    const { address, instructionBytes, symbol } = instructions[2];
    expect(Number(BigInt(at) - BigInt(address))).toBe(instructionBytes.length / 2);
    expect(symbol).not.toBe("rest_init");
    await client.stopAfter("stepIn", { threadId: 1, granularity: "instruction" });
    await client.stopAfter("stepIn", { threadId: 1, granularity: "instruction" });
    const later = await client.request("disassemble", {
      memoryReference: (await stack())[0].instructionPointerReference,
      instructionOffset: -2,
      instructionCount: 1,
    });
    expect(later.instructions[0].address).toBe(at);
  });

  it("watches data forward and back, and comes to the start of what it remembers", async () => {
    await atRestInit();
    const info = await client.request("dataBreakpointInfo", { name: "system_state" });
    expect(info.accessTypes).toContain("write");
    const { breakpoints } = await client.request("setDataBreakpoints", {
      breakpoints: [{ dataId: info.dataId, accessType: "write" }],
    });
    await client.request("setFunctionBreakpoints", { breakpoints: [] });
    const value = async (): Promise<string> =>
      (await client.request("evaluate", { expression: "system_state" })).result;
    expect(await client.stopAfter("continue")).toMatchObject({
      reason: "data breakpoint",
      hitBreakpointIds: [breakpoints[0].id],
    });
    expect(await value()).toBe("SYSTEM_SCHEDULING");
    await client.stopAfter("continue");
    expect(await value()).not.toBe("SYSTEM_SCHEDULING");
    await client.stopAfter("reverseContinue");
    expect(await value()).toBe("SYSTEM_SCHEDULING");
    await client.stopAfter("reverseContinue");
    expect(await value()).toBe("SYSTEM_BOOTING");
    expect(await client.stopAfter("reverseContinue")).toMatchObject({
      reason: "entry",
      description: "At the start of what is remembered",
    });
    expect((await stack())[0].instructionPointerReference).toBe("0x1000");
  });

  it("stops on a panic, logs without stopping, counts hits, pauses, restarts and types", async () => {
    await start();
    await client.open("launch", { append: "init=/bin/false", stopOnEntry: true });
    await client.request("setExceptionBreakpoints", { filters: ["panic"] });
    await client.request("setFunctionBreakpoints", {
      breakpoints: [
        { name: "kernel_thread", logMessage: "thread {fn} with {flags,x}" },
        { name: "schedule", hitCondition: "== 3" },
      ],
    });
    expect(await client.stopAfter("configurationDone", {})).toMatchObject({ reason: "entry" });
    expect((await client.stopAfter("continue")).reason).toBe("function breakpoint");
    expect(client.output("console")).toMatch(/thread 0xffffffff8\w+ <kernel_init> with/);
    await client.request("setFunctionBreakpoints", { breakpoints: [] });
    const panic = await client.stopAfter("continue");
    expect(panic).toMatchObject({ reason: "exception" });
    const info = await client.request("exceptionInfo", { threadId: panic.threadId });
    expect(info.description).toContain("environment call from U-mode");
    expect((await names(panic.threadId))[0]).toBe("panic");
    expect(await names(panic.threadId)).toContain("handle_exception");
    expect(client.output("stdout")).toMatch(/Run \/bin\/false/);

    await client.request("setExceptionBreakpoints", { filters: [] });
    expect(await client.stopAfter("restart", {})).toMatchObject({ reason: "entry" });
    await client.request("continue", { threadId: 1 });
    await expect(client.request("stackTrace", { threadId: 1 })).rejects.toThrow(/is running; pause it first/);
    const stopped = client.event("stopped");
    await client.request("pause", { threadId: 1 });
    expect(await stopped).toMatchObject({ reason: "pause" });
  });

  it("answers what it cannot do in a sentence", async () => {
    await start();
    await client.request("initialize", { adapterID: "hartbeat" });
    await expect(client.request("continue", { threadId: 1 })).rejects.toThrow(/launch or attach first/);
    await expect(client.request("fly")).rejects.toThrow("hartbeat knows no request 'fly'.");
    await expect(client.request("attach", {})).rejects.toThrow(/There is no machine to attach to/);
    await expect(client.request("launch", { smp: 99 })).rejects.toThrow(
      "-smp 99: give a number of harts from 1 to 8",
    );
    await expect(client.request("launch", { kernel: "/no/such/kernel" })).rejects.toThrow(
      /\/no\/such\/kernel/,
    );
    await client.open("launch", {});
    await expect(client.request("launch", {})).rejects.toThrow("The session has a machine already.");
    await expect(client.request("variables", { variablesReference: "x" })).rejects.toThrow(
      /needs variablesReference/,
    );
    await client.request("disconnect", { terminateDebuggee: true });
    expect(await exit).toBe(0);
  });
});
