/** The settings in the page's address. */
import { expect, it } from "vitest";
import { panelFromQuery, queryFrom, settingsFromQuery } from "../../web/settings.ts";

const USUAL = { harts: 1, ramBytes: 2 ** 27, append: "", free: false, paused: false };

it("has defaults", () => {
  expect(settingsFromQuery("")).toEqual(USUAL);
  expect(queryFrom(USUAL)).toBe("");
});

it("reads every parameter", () => {
  expect(settingsFromQuery("?smp=4&m=256M&append=quiet%20init=/bin/sh&free=1&paused=1")).toEqual({
    harts: 4,
    ramBytes: 2 ** 28,
    append: "quiet init=/bin/sh",
    free: true,
    paused: true,
  });
});

it("writes what it reads back", () => {
  const settings = { ...USUAL, harts: 8, ramBytes: 2 ** 26, append: "quiet a=b&c", paused: true };
  const query = queryFrom(settings, "debugger");
  expect(settingsFromQuery(query)).toEqual(settings);
  expect(panelFromQuery(query)).toBe("debugger");
  expect(panelFromQuery("?panel=kitchen")).toBeUndefined();
});

it.each(["?smp=0", "?smp=x", "?m=1K"])("refuses %s", (query) => {
  expect(() => settingsFromQuery(query)).toThrow(/give a/);
});
