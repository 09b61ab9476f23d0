/** The machine through the eyes of a debugger: registers, memory, stops, and that looking changes nothing. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import type { Stop } from "../../../host/debug/target.ts";
import type { Machine } from "../../../host/machine.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { GuestProgram } from "./guest.ts";
import { RspClient } from "./rsp-client.ts";

const LONG = { cycles: 1_000_000 };

requireTool("riscv64-linux-gnu-gcc")("a machine under a debugger", () => {
  let program: GuestProgram;

  beforeAll(() => {
    program = new GuestProgram();
  });
  afterAll(() => program.remove());

  async function attach(harts = 3): Promise<{ machine: Machine; target: MachineTarget; stops: Stop[] }> {
    const machine = await program.machine(harts);
    const target = new MachineTarget(machine);
    const stops: Stop[] = [];
    target.onStop = (stop) => stops.push(stop);
    return { machine, target, stops };
  }

  function address(machine: Machine, name: string): bigint {
    const found = machine.symbols.lookup(name);
    if (found === undefined) throw new Error(`the program has no ${name}`);
    return found;
  }

  /** Lets the program power off when it is done with its first calls. */
  function release(machine: Machine, target: MachineTarget): void {
    expect(target.writeMemory(0, address(machine, "released"), Uint8Array.of(1))).toBe(true);
  }

  it("stops before the instruction at a breakpoint, each time", async () => {
    const { machine, target, stops } = await attach();
    const count = address(machine, "count");
    expect(target.insertBreakpoint(count)).toBe(true);
    for (let visit = 0n; visit < 5n; visit += 1n) {
      target.resume();
      expect(machine.run(LONG)).toBe("paused");
      expect(target.readRegister(0, "pc")).toBe(count);
      expect(target.readRegister(0, "a0")).toBe(visit);
      expect(target.running).toBe(false);
    }
    expect(stops).toEqual(Array(5).fill({ kind: "breakpoint", hart: 0 }));
  });

  it("stops each time also when the breakpoint is lifted for a step, as GDB does", async () => {
    const { machine, target } = await attach();
    const count = address(machine, "count");
    for (let visit = 0n; visit < 5n; visit += 1n) {
      target.insertBreakpoint(count);
      target.resume();
      machine.run(LONG);
      expect(target.readRegister(0, "a0")).toBe(visit);
      target.removeBreakpoint(count);
      target.step(0);
      expect(target.readRegister(0, "pc")).toBe(count + 2n);
    }
  });

  it("reports an access to what is watched alone, not to what lies beside it", async () => {
    const { machine, target, stops } = await attach(1);
    machine.debugger.keepHistory();
    // Read as 4 bytes: `while (!released)`.
    const released = address(machine, "released");
    for (const offset of [-4n, 0n, 4n]) {
      target.insertWatchpoint({ address: released + offset, length: 4, kind: "access" });
    }
    const access = { kind: "watch", hart: 0, address: released, access: "access" };
    for (let visit = 0; visit < 2; visit++) {
      target.resume();
      expect(machine.run(LONG)).toBe("paused");
    }
    expect(machine.debugger.reverseContinue()).toEqual(access);
    expect(stops).toEqual([access, access, access]);
  });

  it("reports both reading and writing of an atomic operation", async () => {
    const { machine, target, stops } = await attach(3);
    // Hart 2 adds to it.
    const spins = address(machine, "spins");
    for (const kind of ["read", "write"] as const)
      target.insertWatchpoint({ address: spins, length: 8, kind });
    target.resume();
    expect(machine.run(LONG)).toBe("paused");
    expect(stops.map((stop) => stop.kind === "watch" && stop.access)).toEqual(["read", "write"]);
  });

  it("steps one instruction of the hart that is named", async () => {
    const { target, stops } = await attach();
    const before = target.readRegister(2, "pc") ?? 0n;
    target.step(2);
    expect(target.readRegister(2, "pc")).toBe(before + 4n);
    expect(stops).toEqual([{ kind: "step", hart: 2 }]);
    expect(target.running).toBe(false);
  });

  it("is interrupted once", async () => {
    const { machine, target, stops } = await attach();
    machine.run({ cycles: 10_000 });
    target.interrupt();
    target.interrupt();
    expect(stops).toEqual([{ kind: "interrupt", hart: expect.any(Number) }]);
    expect(machine.run(LONG)).toBe("paused");
    expect(target.hartStatus(1)).toEqual({ privilege: "M", activity: "wfi" });
    expect(target.hartStatus(2)).toEqual({ privilege: "M", activity: "running" });
  });

  it("holds whoever runs the machine until it goes on", async () => {
    const { target } = await attach();
    expect(target.gate()).toBeUndefined();
    target.interrupt();
    const gate = target.gate();
    expect(gate).toBeInstanceOf(Promise);
    expect(target.gate()).toBe(gate);
    target.resume();
    await gate;
    expect(target.gate()).toBeUndefined();
  });

  it("tells once that the guest ended, and again when asked to go on", async () => {
    const { machine, target, stops } = await attach();
    release(machine, target);
    expect(machine.run(LONG)).toBe("halted");
    target.gate();
    target.gate();
    expect(stops).toEqual([{ kind: "exit", status: 0 }]);
    target.resume();
    target.step(0);
    expect(stops).toHaveLength(3);
    target.reset();
    expect(target.readRegister(0, "pc")).toBe(0x1000n);
    expect(machine.paused).toBe(true);
    target.step(0);
    expect(stops.at(-1)).toEqual({ kind: "step", hart: 0 });
  });

  it("stops on its way back when it is told to, and goes on from there", async () => {
    const { machine, target } = await attach(2);
    const client = new RspClient(target);
    client.ask("?");
    target.resume();
    machine.run({ cycles: 30_000_000 });
    client.raw(Uint8Array.of(3));
    const { executed } = machine.position;
    const state = machine.stateHash();
    client.ask("Z0,9000000,2");
    expect(client.ask("bc")).toBeUndefined();
    expect(target.running).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(client.raw(Uint8Array.of(3))).toEqual([expect.stringMatching(/^T02thread:[12];$/)]);
    expect(target.running).toBe(false);
    expect(machine.position.executed).toBeLessThan(executed);
    machine.debugger.goTo(machine.cycles + 1_000_000);
    expect(client.raw(Uint8Array.of(3))).toEqual([]);

    // Without an interrupt it comes to the start by itself; a client that goes away ends it.
    client.ask("bc");
    await expect.poll(() => client.received.at(-1)).toMatch(/^T05replaylog:begin;/);
    machine.debugger.goTo(30_000_000);
    while (machine.position.executed < executed) machine.debugger.step(0);
    expect(machine.stateHash()).toBe(state);
    client.ask("bc");
    client.session.end();
    expect(target.running).toBe(true);
  });

  it("says when there are too many breakpoints", async () => {
    const { machine, target } = await attach();
    let inserted = 0;
    while (inserted < 5000 && target.insertBreakpoint(0x9000_0000n + BigInt(4 * inserted))) inserted += 1;
    expect(inserted).toBeGreaterThan(100);
    expect(inserted).toBeLessThan(5000);
    for (let i = 0; i < inserted; i += 1) target.removeBreakpoint(0x9000_0000n + BigInt(4 * i));
    expect(machine.breakpoints.size).toBe(0);
  });

  it("ends in the same state whether or not a debugger looked", async () => {
    const plain = await attach();
    release(plain.machine, plain.target);
    expect(plain.machine.run(LONG)).toBe("halted");

    const watched = await attach();
    release(watched.machine, watched.target);
    for (const name of ["count", "setup_arch", "start_kernel"]) {
      watched.target.insertBreakpoint(address(watched.machine, name));
    }
    while (watched.machine.run({ cycles: 777 }) !== "halted") {
      for (const name of ["pc", "mstatus", "sp", "cycle"]) watched.target.readRegister(0, name);
      watched.target.readMemory(0, 0x8000_0000n, 64);
      if (watched.target.running) continue;
      watched.target.step(watched.stops.length % 3 === 1 ? 2 : 0);
      watched.target.resume();
    }
    expect(watched.stops.length).toBeGreaterThan(20);
    expect(watched.machine.cycles).toBe(plain.machine.cycles);
    expect(watched.machine.stateHash()).toBe(plain.machine.stateHash());
  });
});
