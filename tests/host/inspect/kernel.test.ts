/** What can be seen of our kernel from outside: its tasks, its source lines, its programs. */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { LineTable } from "../../../host/dwarf/line-table.ts";
import { readTasks } from "../../../host/inspect/tasks.ts";
import { PACKAGE_FILES } from "../../../host/node/files.ts";
import { Machine } from "../../../host/node/index.ts";
import { ProgramTrace } from "../../../host/trace/program-trace.ts";

describe("our kernel at the shell's prompt", () => {
  let machine: Machine;
  let target: MachineTarget;
  let programs: ProgramTrace;
  beforeAll(async () => {
    machine = await Machine.create({ harts: 2 });
    target = new MachineTarget(machine);
    programs = new ProgramTrace(target);
    await machine.console.expect("login: ");
    machine.console.send("root\n");
    await machine.console.expect("# ");
  });

  it("has the tasks that ps would show", () => {
    const tasks =
      readTasks(machine.symbols, (address, length) => target.readMemory(0, address, length)) ?? [];
    expect(tasks.slice(0, 3)).toMatchObject([
      { pid: 0, name: "swapper", kernelThread: true },
      { pid: 1, parent: 0, name: "init", state: "sleeping", kernelThread: false },
      { pid: 2, parent: 0, name: "kthreadd", kernelThread: true },
    ]);
    expect(tasks.at(-1)).toMatchObject({ parent: 1, name: "sh", kernelThread: false });
  });

  it("has run init, getty, login and a shell, the last three as one process", () => {
    const session = programs.records.filter(({ name }) => /^(getty|login|sh)$/.test(name)).slice(-3);
    expect(session.map(({ name }) => name)).toEqual(["getty", "login", "sh"]);
    expect(new Set(session.map(({ pid }) => pid)).size).toBe(1);
    expect(session[0]?.end?.cycle).toBe(session[1]?.cycle);
    const first = programs.records.find(({ pid }) => pid === 1);
    expect(first).toMatchObject({ name: "init", parent: 0, end: undefined });
  });

  it("tells the source line of a function, and the address of a line", async () => {
    const lines = await LineTable.read(new Uint8Array(readFileSync(PACKAGE_FILES.kernel)), inflateSync);
    const address = machine.symbols.lookup("start_kernel", "kernel") as bigint;
    const place = lines.find(address);
    expect(place?.file).toBe("init/main.c");
    expect(lines.addressOf("init/main.c", place?.line as number)?.address).toBe(address);
    expect(lines.find(0n)).toBeUndefined();
  });
});
