/** Chains of callers at a function's entry, in its midst, and in functions that save no return address. */
import { describe, expect, it } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { Machine } from "../../../host/node/index.ts";
import { callChain } from "../../../host/trace/call-chain.ts";

/** The frames of f, called from 0x1010, and g, called by f from 0x2020, as the psABI lays them out. */
const OUTER = 0x9000n;
const INNER = 0x8fe0n;
const frames = new Map([
  [OUTER - 8n, 0x1010n],
  [OUTER - 16n, 0n],
  [INNER - 8n, 0x2020n],
  [INNER - 16n, OUTER],
]);
const read = (address: bigint): bigint | undefined => frames.get(address);

describe("the chain of callers", () => {
  it("begins with ra at a function's first instruction", () => {
    expect(callChain({ atEntry: true, ra: 0x3030n, s0: INNER, read })).toEqual([0x3030n, 0x2020n, 0x1010n]);
  });

  it("is in the frames when the function has one of its own", () => {
    expect(callChain({ atEntry: false, ra: 0x7777n, s0: INNER, read })).toEqual([0x2020n, 0x1010n]);
  });

  it("begins with ra in a function that calls nobody, which saves its caller's frame pointer alone", () => {
    const leaf = 0x8fd0n;
    const withLeaf = (address: bigint): bigint | undefined => (address === leaf - 8n ? INNER : read(address));
    expect(callChain({ atEntry: false, ra: 0x3030n, s0: leaf, read: withLeaf })).toEqual([
      0x3030n,
      0x2020n,
      0x1010n,
    ]);
  });

  it("is empty, or ra alone, without frames", () => {
    expect(callChain({ atEntry: false, ra: 0x3030n, s0: 0n, read })).toEqual([]);
    expect(callChain({ atEntry: true, ra: 0x3030n, s0: 0x10n, read })).toEqual([0x3030n]);
  });
});

it("leads from the wfi of a hart that waits to start_kernel", async () => {
  const machine = await Machine.create();
  await machine.console.expect("login: ");
  machine.run({ cycles: 100_000_000 });
  const target = new MachineTarget(machine);
  const register = (name: string): bigint => target.readRegister(0, name) ?? 0n;
  const word = (address: bigint): bigint | undefined => {
    const bytes = target.readMemory(0, address, 8);
    return bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  };
  const chain = callChain({ atEntry: false, ra: register("ra"), s0: register("s0"), read: word });
  const names = [register("pc"), ...chain].map((address) => machine.symbols.symbolize(address - 1n)?.name);
  expect(names.slice(0, names.indexOf("start_kernel") + 1)).toEqual([
    "arch_cpu_idle",
    "cpuidle_idle_call",
    "do_idle",
    "cpu_startup_entry",
    "rest_init",
    "arch_call_rest_init",
    "start_kernel",
  ]);
  machine.dispose();
});
