/** Steps by source line through our kernel's boot. */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { LineStep, type SteppedMachine, stepLineBack } from "../../../host/debug/line-stepper.ts";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { LineTable } from "../../../host/dwarf/line-table.ts";
import { PACKAGE_FILES, PACKAGE_ROOT } from "../../../host/node/files.ts";
import { Machine } from "../../../host/node/index.ts";

const HART = 0;

describe("a machine that stands in the kernel", () => {
  let lines: LineTable;
  let machine: Machine;
  let stepped: SteppedMachine;
  beforeAll(async () => {
    lines = await LineTable.read(new Uint8Array(readFileSync(PACKAGE_FILES.kernel)), inflateSync);
  });
  afterEach(() => machine.dispose());

  async function standAt(where: string, harts = 1): Promise<void> {
    machine = await Machine.create({ harts });
    machine.debugger.keepHistory();
    const held = machine.debugger.breakAt(where);
    expect(machine.debugger.continue()?.kind).toBe("breakpoint");
    held.remove();
    stepped = {
      debugger: machine.debugger,
      target: new MachineTarget(machine),
      lineOf: (address) => lines.find(address),
    };
  }

  /** Steps, letting the machine run on each detour. */
  function step(kind: "into" | "over"): string {
    const step = new LineStep(stepped, HART, kind);
    for (let detour = step.advance(); detour; detour = step.advance()) {
      const { arrived } = detour;
      const held = machine.debugger.breakAt(detour.address, { when: (hart) => hart === HART && arrived() });
      machine.debugger.continue();
      held.remove();
    }
    return here();
  }

  function here(): string {
    const pc = machine.registers.read(HART, "pc") ?? 0n;
    const line = lines.find(pc);
    const text = line && readFileSync(`${PACKAGE_ROOT}/kernel-image/${line.file}`, "utf8").split("\n");
    return `${machine.symbols.symbolize(pc)?.name}: ${text?.[(line?.line ?? 0) - 1]?.trim()}`;
  }

  it("steps over calls, line by line", async () => {
    await standAt("rest_init");
    const seen = Array.from({ length: 6 }, () => step("over"));
    expect(seen.every((line) => line.startsWith("rest_init: "))).toBe(true);
    expect(seen.filter((line, index) => line === seen[index - 1])).toEqual([]);
    expect(seen).toContain("rest_init: pid = kernel_thread(kernel_init, NULL, CLONE_FS);");
  });

  it("steps into calls, and out of them at their ends", async () => {
    await standAt("rest_init");
    const functions = Array.from({ length: 40 }, () => step("into").replace(/:.*/s, ""));
    const visited = functions.filter((name, index) => name !== functions[index - 1]);
    const first = visited.indexOf("rcu_scheduler_starting");
    expect(visited.slice(first, first + 3)).toEqual(["rcu_scheduler_starting", "rest_init", "kernel_thread"]);
  });

  it("comes to the caller at the end of a function", async () => {
    await standAt("rcu_scheduler_starting");
    let line = here();
    for (let count = 0; count < 60 && line.startsWith("rcu_scheduler_starting: "); count++)
      line = step("over");
    expect(line).toMatch(/^rest_init: /);
  });

  it("does not get lost in interrupts and firmware calls", async () => {
    await standAt("kernel_init", 2);
    const seen = Array.from({ length: 60 }, () => step("over"));
    expect(seen.filter((line) => /handle_exception|do_irq/.test(line))).toEqual([]);
    expect(machine.console.output).toMatch(/Freeing/);
  });

  it("goes back by line, over calls", async () => {
    await standAt("rest_init");
    const there = [here(), ...Array.from({ length: 5 }, () => step("over"))];
    const back = Array.from({ length: 5 }, () => {
      expect(stepLineBack(stepped, HART)).toBe(false);
      return here();
    });
    expect(back).toEqual(there.slice(0, -1).reverse());
  });

  it("goes back out of a function to its call, though the code before it ends with another", async () => {
    await standAt("kernel_thread");
    const { cycles } = machine;
    const entry = here();
    step("over");
    expect(stepLineBack(stepped, HART)).toBe(false);
    expect(machine.cycles).toBe(cycles);
    expect(here()).toBe(entry);
    expect(stepLineBack(stepped, HART)).toBe(false);
    expect(here()).toMatch(/^rest_init: /);
  });

  it("says when the history begins", async () => {
    await standAt("rest_init");
    machine.debugger.goTo(40);
    const begins = Array.from({ length: 60 }, () => stepLineBack(stepped, HART));
    expect(begins.at(-1)).toBe(true);
    expect(machine.cycles).toBe(0);
  });
});
