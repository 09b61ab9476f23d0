/** A run is one and the same however it is cut, watched or accompanied. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Machine } from "../../host/machine.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { machineWith, runToEnd } from "./harness.ts";
import { BY_AMO, BY_LOCK, BY_LRSC, OWN, OWN_BYTES, SHARED, workload } from "./workload.ts";

const ROUNDS = 200;
const fresh = (harts: number): Promise<Machine> => machineWith((a) => workload(a, harts, ROUNDS), { harts });

function word(machine: Machine, address: number): number {
  return Number(new DataView(machine.readPhysical(address, 8).buffer).getBigUint64(0, true));
}

const references = new Map<number, Promise<string>>();
/** The state after an undisturbed run. */
function reference(harts: number): Promise<string> {
  const known = references.get(harts);
  if (known) return known;
  const found = fresh(harts).then((machine) => {
    runToEnd(machine);
    return machine.stateHash();
  });
  references.set(harts, found);
  return found;
}

describe.each([1, 2, 4, 8])("%i harts", (harts) => {
  it("count without loss by amoadd, by lr and sc, and under a lock", async () => {
    const machine = await fresh(harts);
    runToEnd(machine);
    for (const offset of [BY_AMO, BY_LRSC, BY_LOCK])
      expect(word(machine, SHARED + offset)).toBe(harts * ROUNDS);
    for (let hart = 0; hart < harts; hart++)
      expect(word(machine, OWN + hart * OWN_BYTES)).toBeGreaterThan(10);
  });

  it("come to the same state twice", async () => {
    const machine = await fresh(harts);
    runToEnd(machine);
    expect(machine.stateHash()).toBe(await reference(harts));
  });

  it("come to it in pieces of any length", async () => {
    const expected = await reference(harts);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }),
        async (pieces) => {
          const machine = await fresh(harts);
          for (let n = 0; !machine.halted; n++) {
            machine.run({ cycles: pieces[n % pieces.length] as number });
            if (n > 10_000_000) throw new Error("does not end");
          }
          expect(machine.stateHash()).toBe(expected);
        },
      ),
      { numRuns: 12, seed: harts },
    );
  });

  it("come to it through breakpoints on every path", async () => {
    const machine = await fresh(harts);
    let hits = 0;
    for (let offset = 0; offset < 0x180; offset += 4) {
      machine.breakpoints.add(BigInt(RAM_BASE + offset), () => {
        hits++;
        return hits % 3 === 0 ? "stop" : "go-on";
      });
    }
    for (;;) {
      const end = machine.run({ cycles: 20_000_000 });
      if (end === "halted") break;
      expect(end).toBe("paused");
      machine.resume();
    }
    expect(hits).toBeGreaterThan(1000 * harts);
    expect(machine.stateHash()).toBe(await reference(harts));
  });

  it("come to it when single steps of one hart come between", async () => {
    const machine = await fresh(harts);
    for (let n = 0; !machine.halted; n++) {
      machine.step(n % harts);
      machine.run({ cycles: 1 + ((n * 7919) % 4096) });
    }
    expect(machine.stateHash()).toBe(await reference(harts));
  });

  it("come to it when breakpoints come and go", async () => {
    const machine = await fresh(harts);
    for (let n = 0; !machine.halted; n++) {
      const held = machine.breakpoints.add(BigInt(RAM_BASE + ((n * 52) % 0x180)), () => "go-on");
      machine.run({ cycles: 500 });
      held.remove();
    }
    expect(machine.stateHash()).toBe(await reference(harts));
  });
});

describe("a breakpoint", () => {
  it("stops before its instruction, on the hart that came there, each time", async () => {
    const machine = await machineWith((a) => {
      a.li(5, 0).label("loop").op("addi", { rd: 5, rs1: 5, imm: 1 }).to("loop", "jal");
    });
    machine.breakpoints.add(BigInt(RAM_BASE + 4), () => "stop");
    for (let n = 0n; n < 5n; n++) {
      expect(machine.run({ cycles: 1000 })).toBe("paused");
      expect([machine.registers.read(0, "pc"), machine.registers.read(0, "t0")]).toEqual([
        BigInt(RAM_BASE + 4),
        n,
      ]);
      machine.resume();
    }
  });

  it("is of a virtual address: elsewhere at the same place of a page nothing stops", async () => {
    const machine = await machineWith((a) => {
      a.li(5, 3)
        .to("far", "jal")
        .skipTo(RAM_BASE + 0x1008);
      a.label("far").op("addi", { rd: 5, rs1: 5, imm: 1 }).label("end").to("end", "jal");
    });
    machine.breakpoints.add(BigInt(RAM_BASE + 0x2008), () => "stop");
    expect(machine.run({ cycles: 1000 })).toBe("cycles");
    expect(machine.registers.read(0, "t0")).toBe(4n);
  });
});

describe("two machines", () => {
  it("side by side do not notice each other", async () => {
    const [one, other] = [await fresh(2), await fresh(4)];
    for (let n = 0; !(one.halted && other.halted); n++) {
      one.run({ cycles: 100 + (n % 700) });
      other.run({ cycles: 1 + (n % 1300) });
    }
    expect([one.stateHash(), other.stateHash()]).toEqual([await reference(2), await reference(4)]);
  });
});

describe("memory", () => {
  it("of 2 GiB is there to its last word, and not a word further", async () => {
    const size = 2 ** 31;
    const last = RAM_BASE + size - 8;
    const machine = await machineWith(
      (a) => {
        a.li(5, last).li(6, 0x1234_5678_9abcn).op("sd", { rs1: 5, rs2: 6 });
        a.op("ld", { rd: 7, rs1: 5 }).op("sd", { rs1: 5, rs2: 6, imm: 8 });
      },
      { ramBytes: size },
    );
    for (let steps = 0; steps < 40 && machine.registers.read(0, "mcause") === 0n; steps++) machine.step(0);
    expect(machine.registers.read(0, "x7")).toBe(0x1234_5678_9abcn);
    expect(machine.registers.read(0, "mtval")).toBe(BigInt(last + 8));
    expect(machine.readPhysical(last, 16)).toHaveLength(8);
    machine.dispose();
  });
});

describe("reset", () => {
  it("brings the same run again", async () => {
    const machine = await fresh(2);
    machine.run({ cycles: 12_345 });
    machine.reset();
    runToEnd(machine);
    for (const offset of [BY_AMO, BY_LRSC, BY_LOCK]) expect(word(machine, SHARED + offset)).toBe(2 * ROUNDS);
  });
});
