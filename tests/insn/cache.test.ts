/** Cache-block operations, and the instructions that are hints or waits. */
import { describe, expect, test } from "vitest";
import { encode } from "../core/encode.ts";
import {
  CBCFE,
  CBIE_FLUSH,
  CBIE_INVAL,
  CBIE_RESERVED,
  CBZE,
  ENABLES,
  HINTS_AND_WAITS,
} from "./cache-operations.ts";
import { DATA, run, type Start } from "./program.ts";

const A0 = 10;
const ILLEGAL = 2n;
const STORE_ACCESS_FAULT = 7n;
const execute = (name: string, start: Start) =>
  run((a) => a.op(name, { rs1: A0 }), { x: { [A0]: BigInt(DATA + 100) }, ...start });
const illegal = (name: string) => ({ cause: ILLEGAL, tval: BigInt(encode(name, { rs1: A0 })) });

describe("cache-block operations", () => {
  for (const [name, enable] of Object.entries(ENABLES)) {
    test(`${name} needs menvcfg in S-mode, senvcfg too in U-mode`, async () => {
      expect((await execute(name, {})).trap).toBeUndefined();
      expect((await execute(name, { level: 1 })).trap).toEqual(illegal(name));
      expect((await execute(name, { level: 1, csrs: { menvcfg: enable } })).trap).toBeUndefined();
      expect((await execute(name, { level: 0, csrs: { menvcfg: enable } })).trap).toEqual(illegal(name));
      expect((await execute(name, { level: 0, csrs: { senvcfg: enable } })).trap).toEqual(illegal(name));
      expect(
        (await execute(name, { level: 0, csrs: { menvcfg: enable, senvcfg: enable } })).trap,
      ).toBeUndefined();
    });

    test(`${name} reports a missing permission as a store's fault at the address itself`, async () => {
      // Entry 0 allows to execute the first MiB, entry 1 nothing of the data.
      const csrs = { menvcfg: 0xf0n, pmpaddr0: BigInt((DATA - 0x10_0000) / 4), pmpcfg0: 0x000cn };
      const { trap } = await execute(name, { level: 1, csrs });
      expect(trap).toEqual({ cause: STORE_ACCESS_FAULT, tval: BigInt(DATA + 100) });
    });
  }

  test("cbo.zero clears its 64 bytes and no others", async () => {
    const { core } = await execute("cbo.zero", { memory: new Uint8Array(256).fill(0xaa) });
    const bytes = [...(core.view(DATA, 256) as Uint8Array)];
    expect(bytes.map((byte, at) => byte === (at >= 64 && at < 128 ? 0 : 0xaa))).not.toContain(false);
  });

  test("cbo.zero of code is seen by the next fetch", async () => {
    const { trap } = await run((a) => {
      a.to("next", "jal")
        .skipTo(a.base + 64)
        .label("victim")
        .op("addi", { rd: 5, rs1: 0, imm: 1 });
      a.op("jalr", { rs1: 1 })
        .skipTo(a.base + 128)
        .label("next");
      a.to("victim", "jal", { rd: 1 })
        .address(A0, "victim")
        .op("cbo.zero", { rs1: A0 })
        .to("victim", "jal", { rd: 1 });
    });
    expect(trap).toEqual({ cause: ILLEGAL, tval: 0n });
  });

  test("cbo.zero of a device is an access fault", async () => {
    const { trap } = await execute("cbo.zero", { x: { [A0]: 0x1000_0000n } });
    expect(trap).toEqual({ cause: STORE_ACCESS_FAULT, tval: 0x1000_0000n });
  });

  test("CBIE = 10 is reserved and keeps what was there", async () => {
    const { core } = await run(() => {}, { csrs: { menvcfg: CBIE_FLUSH, senvcfg: CBIE_INVAL } });
    core.writeCsr(0, "menvcfg", CBIE_RESERVED | CBCFE);
    core.writeCsr(0, "senvcfg", CBIE_RESERVED | CBZE);
    expect(core.readCsr(0, "menvcfg")).toBe(CBIE_FLUSH | CBCFE);
    expect(core.readCsr(0, "senvcfg")).toBe(CBIE_INVAL | CBZE);
  });
});

describe("hints and waits", () => {
  for (const name of HINTS_AND_WAITS) {
    test(`${name} changes nothing, at any level and any address`, async () => {
      for (const level of [0, 1, 3] as const) {
        const outcome = await run((a) => a.op(name, { rs1: A0 }), { level, x: { [A0]: -1n } });
        expect(outcome.trap).toBeUndefined();
        expect(outcome.x(0)).toBe(0n);
      }
    });
  }
});
