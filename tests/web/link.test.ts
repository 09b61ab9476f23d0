/** The part of the address that brings a machine to a moment. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { beginningOf, fragmentOf } from "../../web/link.ts";

it("writes what it reads back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 500 }), async (text) => {
      const fragment = await fragmentOf({ kind: "recording", text });
      expect(fragment).toMatch(/^#run=[\w-]+$/);
      expect(await beginningOf(fragment ?? "")).toEqual({ kind: "recording", text });
    }),
    { numRuns: 30 },
  );
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const fragment = await fragmentOf({ kind: "snapshot", bytes });
  expect(await beginningOf(fragment ?? "")).toEqual({ kind: "snapshot", bytes });
});

it("takes cycles and places from people", async () => {
  expect(await beginningOf("#cycle=1478661")).toEqual({ kind: "cycle", cycle: 1_478_661 });
  expect(await beginningOf("#at=init/main.c:109")).toEqual({ kind: "place", where: "init/main.c:109" });
  expect(await beginningOf("")).toBeUndefined();
  expect(await beginningOf("#elsewhere")).toBeUndefined();
});

it("makes no links that are too long", async () => {
  expect(await fragmentOf({ kind: "snapshot", bytes: new Uint8Array(100_000) })).toBeUndefined();
});

it.each(["#run=!!!", "#run=AAAA", "#state=%00", "#cycle=soon"])(
  "says what is wrong with %s",
  async (fragment) => {
    await expect(beginningOf(fragment)).rejects.toThrow(/damaged or cut short|give a number/);
  },
);
