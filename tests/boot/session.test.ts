/** What one sees after a login: the process tree, the commands, the way out. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Machine } from "../../host/node/index.ts";

/** Runs a command in the guest's shell and gives what it wrote. */
async function run(machine: Machine, command: string): Promise<string> {
  machine.console.send(`${command}\n`);
  await machine.console.expect(`${command}\r\n`);
  const before = machine.console.output.length;
  await machine.console.expect(/# /);
  return machine.console.output
    .slice(before)
    .replace(/\r/g, "")
    .replace(/[^\n]*# $/, "");
}

describe.each([1, 4])("a session on %i harts", (harts) => {
  let machine: Machine;

  beforeAll(async () => {
    machine = await Machine.create({ harts });
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# /);
  });

  afterAll(() => machine.dispose());

  test("init is pid 1 and [kthreadd] pid 2, both children of 0", async () => {
    const rows = (await run(machine, "ps -ef")).trim().split("\n").slice(1);
    const processes = rows.map((row) => row.trim().split(/\s+/));
    expect(processes[0]).toMatchObject({ 1: "1", 2: "0" });
    expect(rows[0]).toMatch(/init/);
    expect(processes[1]).toMatchObject({ 1: "2", 2: "0" });
    expect(rows[1]).toMatch(/\[kthreadd\]$/);
    for (const words of processes.filter((row) => row.at(-1)?.startsWith("[") && row[1] !== "2")) {
      expect(words[2], words.join(" ")).toBe("2");
    }
  });

  test("the shell runs programs, pipes and redirections", async () => {
    expect(await run(machine, "echo one two | cat")).toBe("one two\n");
    expect(await run(machine, "echo kept > /tmp/file; cat /tmp/file; ls /tmp")).toBe("kept\nfile\n");
    expect(await run(machine, "nproc")).toBe(`${harts}\n`);
    expect(await run(machine, "cat /no/such/file; echo $?")).toMatch(/No such file or directory\n1\n$/);
  });

  test("an idle machine executes next to nothing", async () => {
    await machine.run({ cycles: 2_000_000_000 });
    const before = machine.instructions;
    machine.run({ cycles: 1_000_000_000 });
    expect(machine.instructions - before).toBeLessThan(1_000_000);
  });

  test("poweroff ends with status 0", async () => {
    machine.console.send("poweroff\n");
    machine.run({ cycles: 5_000_000_000 });
    expect(machine.halted).toEqual({ kind: "poweroff", status: 0 });
  });
});
