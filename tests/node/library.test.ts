/** The library `hartbeat`: machines from files, headless. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { HartbeatError, Machine } from "../../host/node/index.ts";
import { FINISHER_PASS, finisherFail, finisherProgram } from "../tools/programs.ts";

let folder: string;
let hello: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hartbeat-library-"));
  hello = join(folder, "hello.elf");
  writeFileSync(hello, finisherProgram(finisherFail(3), "hello\n"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("Machine.create", () => {
  it("takes files by path and by bytes", async () => {
    for (const kernel of [hello, { name: "pass", bytes: finisherProgram(FINISHER_PASS, "hello\n") }]) {
      const machine = await Machine.create({ kernel, firmware: "none" });
      await machine.console.expect("hello\n");
      expect(machine.halted).toBeUndefined();
      machine.run({ cycles: 1000 });
      expect(machine.halted).toEqual({ kind: "poweroff", status: kernel === hello ? 3 : 0 });
      machine.dispose();
    }
  });

  it("runs two machines side by side without mixing them", async () => {
    const options = { kernel: hello, firmware: "none" } as const;
    const [a, b] = [await Machine.create(options), await Machine.create(options)];
    for (let i = 0; i < 20; i++) {
      a.run({ cycles: 1 });
      b.run({ cycles: 1 });
    }
    expect([a.console.output, a.cycles, a.stateHash()]).toEqual([b.console.output, b.cycles, b.stateHash()]);
    b.run({ cycles: 1 });
    expect(a.stateHash()).not.toBe(b.stateHash());
  });

  it("rejects files that cannot be read, in plain words", async () => {
    await expect(Machine.create({ kernel: "no/such" })).rejects.toThrow(HartbeatError);
    await expect(Machine.create({ kernel: "no/such" })).rejects.toThrow(
      /the kernel 'no\/such': no such file/,
    );
    await expect(Machine.create({ firmware: "no/such" })).rejects.toThrow(/the firmware 'no\/such'/);
    await expect(Machine.create({ initrd: "no/such" })).rejects.toThrow(/the initial RAM disk 'no\/such'/);
  });
});

it("is what the built package exports", () => {
  const script = `
    import { Machine } from "hartbeat";
    const machine = await Machine.create({ kernel: ${JSON.stringify(hello)}, firmware: "none" });
    await machine.console.expect("hello");
    console.log(machine.console.output);`;
  const node = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: PACKAGE_ROOT,
    encoding: "utf8",
  });
  expect(node).toMatchObject({ status: 0, stdout: "hello\n", stderr: "" });
});
