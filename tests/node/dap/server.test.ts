/** The debug adapter over TCP, on machines of its own and on one that runs in a terminal; user programs; whatever a client sends. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { LAUNCH_ONLY } from "../../../host/node/dap/debuggee.ts";
import { serveDap } from "../../../host/node/dap/server.ts";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";
import { randomNumbers } from "../../replay/guest.ts";
import { HartbeatProcess } from "../../tools/hartbeat-process.ts";
import { liveBytes } from "../../tools/heap.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { userProgram } from "../../tools/user-programs.ts";
import { type Body, DapClient } from "./client.ts";

const LONG = process.env.HARTBEAT_LONG === "1";
const FUZZ_MESSAGES = LONG ? 100_000 : 4000;
const MESSAGES_PER_LOOK = 200;
const MOST_GROWTH = 24 * 2 ** 20;

let process_: HartbeatProcess | undefined;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  process_?.kill();
  await process_?.ended;
  process_ = undefined;
});

/** Starts the command and gives the port that it tells on standard error. */
async function serve(...words: string[]): Promise<number> {
  const child = new HartbeatProcess(words);
  process_ = child;
  await expect.poll(() => child.stderr).toMatch(/127\.0\.0\.1:\d+/);
  return Number(/127\.0\.0\.1:(\d+)/.exec(child.stderr)?.[1]);
}

async function dial(port: number): Promise<{ client: DapClient; socket: Socket }> {
  const socket = connect({ host: "127.0.0.1", port });
  sockets.push(socket);
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return { client: new DapClient(socket, socket), socket };
}

describe("hartbeat dap --port", () => {
  it("serves several clients, each with a machine of its own, and says that it listens on loopback", async () => {
    const port = await serve("dap", "--port", "0");
    expect(process_?.stderr).toMatch(/^hartbeat: debug adapter on 127\.0\.0\.1:\d+/);
    const [one, two] = [await dial(port), await dial(port)];
    for (const { client } of [one, two]) {
      await client.open("launch", { stopOnEntry: true });
      expect(await client.stopAfter("configurationDone", {})).toMatchObject({ reason: "entry" });
    }
    await one.client.stopAfter("stepIn", { threadId: 1, granularity: "instruction" });
    const pc = async ({ client }: { client: DapClient }): Promise<string> =>
      (await client.request("evaluate", { expression: "$pc" })).result;
    expect(await pc(one)).not.toBe(await pc(two));
    one.socket.resetAndDestroy();
    expect(await pc(two)).toBe("4096");
    await two.client.request("disconnect");
    const three = await dial(port);
    await three.client.open("launch", { stopOnEntry: true });
  });

  it("says which port is in use", async () => {
    const port = await serve("dap", "--port", "0");
    const second = new HartbeatProcess(["dap", "--port", `${port}`]);
    expect((await second.ended).status).toBe(1);
    expect(second.stderr).toBe(
      `hartbeat: The debug adapter cannot listen on 127.0.0.1:${port}: the port is in use; choose another one or end the program that holds it.\n`,
    );
  });
});

describe("hartbeat boot --dap", () => {
  it("lets an editor attach, look, step and leave, and the machine goes on", async () => {
    const port = await serve("boot", "--dap", "tcp::0", "-smp", "2");
    const child = process_ as HartbeatProcess;
    await child.expect(/login: /);
    const { client } = await dial(port);
    await expect(client.request("launch", {})).rejects.toThrow(
      /runs already; use a configuration with request: attach/,
    );
    await client.open("attach", {});
    await client.request("setFunctionBreakpoints", { breakpoints: [{ name: "sys_execve" }] });
    await client.request("configurationDone");
    const stopped = client.event("stopped");
    child.send("root\n");
    const { threadId } = await stopped;
    const { stackFrames } = await client.request("stackTrace", { threadId });
    expect(stackFrames[0].name).toMatch(/sys_execve/);
    await client.stopAfter("next", { threadId });
    await client.request("disconnect");
    const at = await child.expect(/# /);
    const second = await dial(port);
    await second.client.open("attach", {});
    await second.client.request("configurationDone");
    child.send("echo still here\n");
    await child.expect(/still here/, at);
    second.socket.destroy();
    child.send("poweroff\n");
    expect((await child.ended).status).toBe(0);
  });

  it("has one debugger at a time", async () => {
    const child = new HartbeatProcess(["boot", "--dap", "tcp::0", "-s"]);
    expect((await child.ended).status).toBe(1);
    expect(child.stderr).toContain("A machine has one debugger at a time; choose --gdb or --dap.");
    const other = new HartbeatProcess(["boot", "--dap", "4711"]);
    expect((await other.ended).status).toBe(2);
    expect(other.stderr).toContain("--dap 4711: write tcp::PORT");
  });
});

requireTool("riscv64-linux-gnu-gcc", "make")("user programs in the debug adapter", () => {
  it("stop at their lines, step over a sleep that ends on any hart, and go into the kernel", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hartbeat-dap-"));
    for (const name of ["sleep", "id"]) copyFileSync(userProgram(name), join(folder, name));
    try {
      const port = await serve("dap", "--port", "0");
      const { client } = await dial(port);
      await client.open("launch", { smp: 2, programs: folder });
      const path = join(PACKAGE_ROOT, "kernel-image/user/bin/sleep.c");
      const { breakpoints } = await client.request("setBreakpoints", {
        source: { path },
        breakpoints: [{ line: 31 }],
      });
      expect(breakpoints[0].verified).toBe(true);
      await client.request("configurationDone");
      const type = async (text: string): Promise<void> => {
        await client.request("evaluate", { expression: `> ${text}`, context: "repl" });
      };
      await expect.poll(() => client.output("stdout")).toMatch(/login: $/);
      await type("root");
      await expect.poll(() => client.output("stdout")).toMatch(/# $/);
      const stopped = client.event("stopped");
      await type("id; sleep 0.2");
      let { threadId } = await stopped;
      const top = async (): Promise<Body> =>
        (await client.request("stackTrace", { threadId })).stackFrames[0];
      expect(await top()).toMatchObject({ name: "main", source: { path } });
      const info = await client.request("evaluate", { expression: "argv[1]", frameId: (await top()).id });
      expect(info.result).toMatch(/"0\.2"/);

      // Over everything that main does, the sleep too, to its return.
      for (let steps = 0; steps < 40 && (await top()).name === "main"; steps++) {
        ({ threadId } = await client.stopAfter("next", { threadId }));
      }
      expect((await top()).name).toMatch(/^(libc_start|exit)$/);
      for (let steps = 0; steps < 60; steps++) {
        ({ threadId } = await client.stopAfter("stepIn", { threadId }));
        if (/handle_exception/.test((await top()).name)) break;
      }
      const names = (await client.request("stackTrace", { threadId })).stackFrames.map(
        ({ name }: Body) => name,
      );
      expect(names[0]).toBe("handle_exception");
      expect(names.slice(1)).toContain("libc_start");
      const { modules } = await client.request("modules");
      expect(modules.map(({ name }: Body) => name)).toEqual(
        expect.arrayContaining(["kernel", "firmware", "sleep"]),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const COMMANDS = [
  ...["initialize", "launch", "attach", "configurationDone", "threads", "stackTrace", "scopes", "variables"],
  ...[
    "evaluate",
    "setBreakpoints",
    "setFunctionBreakpoints",
    "setInstructionBreakpoints",
    "setDataBreakpoints",
  ],
  ...[
    "setExceptionBreakpoints",
    "dataBreakpointInfo",
    "readMemory",
    "writeMemory",
    "disassemble",
    "setVariable",
  ],
  ...["continue", "next", "stepIn", "stepOut", "stepBack", "pause", "modules", "exceptionInfo", "nonsense"],
  ...["breakpointLocations", "constructor", "toString"],
];
const VALUES: readonly unknown[] = [
  ...[
    0,
    1,
    2,
    -1,
    1.5,
    2 ** 53,
    "",
    "x",
    "0x80000000",
    "main",
    "init_task",
    "((((",
    null,
    true,
    [],
    {},
    [1, "a", null],
  ],
  { path: "/x/init/main.c" },
  [{ line: 120, condition: "1 +" }, { name: "panic", hitCondition: "soon" }, { instructionReference: "0x0" }],
];
const NAMES = [
  ...[
    "threadId",
    "frameId",
    "variablesReference",
    "expression",
    "source",
    "breakpoints",
    "memoryReference",
    "count",
  ],
  ...[
    "offset",
    "instructionCount",
    "instructionOffset",
    "name",
    "value",
    "data",
    "dataId",
    "filters",
    "granularity",
  ],
  ...["line", "context", "levels", "startFrame"],
];

describe("a session", () => {
  it("survives thousands of random and damaged messages, and answers each request once", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const ended = serveDap(input, output, LAUNCH_ONLY);
    const client = new DapClient(output, input);
    const random = randomNumbers(77);
    await client.open("launch", { stopOnEntry: true });
    await client.stopAfter("configurationDone", {});
    const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
    let sent = 0;
    let answered = 0;
    const faults: unknown[] = [];
    const look = async (): Promise<void> => {
      await client.request("threads").catch(() => {});
      for (const { type, request_seq, message } of client.messages.splice(0)) {
        if (type !== "response" || Number(request_seq) < 10_000) continue;
        answered += 1;
        if (/fault of its own/.test(`${message}`)) faults.push(message);
      }
    };
    let before = 0;
    for (let count = 0; count < FUZZ_MESSAGES; count++) {
      const kind = random(20);
      if (kind === 0) client.raw(`Content-Length: ${random(2) ? "abc" : -5}\r\n\r\n`);
      else if (kind === 1) client.raw(`Content-Length: 7\r\n\r\n{"a": 1`);
      else if (kind === 2) client.raw(`X: ${"y".repeat(random(9000))}\r\n\r\n`);
      else if (kind === 3)
        client.send(pick<object>([[], { type: "event" }, { type: "request", seq: "one" }, { seq: 5 }]));
      else {
        const args = Object.fromEntries(Array.from({ length: random(5) }, () => [pick(NAMES), pick(VALUES)]));
        const body = random(10) === 0 ? { arguments: pick(VALUES) } : { arguments: args };
        client.send({ seq: 10_000 + sent, type: "request", command: pick(COMMANDS), ...body });
        sent += 1;
      }
      if (count % MESSAGES_PER_LOOK === MESSAGES_PER_LOOK - 1) await look();
      if (count === FUZZ_MESSAGES / 4) before = liveBytes();
    }
    await look();
    const growth = liveBytes() - before;
    if (LONG) console.log(`${FUZZ_MESSAGES} messages, ${answered} responses, ${growth} bytes more`);
    expect(growth).toBeLessThan(MOST_GROWTH);
    expect(answered).toBe(sent);
    expect(faults).toEqual([]);
    const { threads } = await client.request("threads");
    expect(threads).toHaveLength(1);
    await client.request("disconnect");
    await ended;
  });
});
