/** The settings in the page's address. */
import { expect, it } from "vitest";
import { settingsFromQuery } from "../../web/settings.ts";

it("has defaults", () => {
  expect(settingsFromQuery("")).toEqual({ harts: 1, ramBytes: 2 ** 27, append: "", free: false });
});

it("reads every parameter", () => {
  expect(settingsFromQuery("?smp=4&m=256M&append=quiet%20init=/bin/sh&free=1")).toEqual({
    harts: 4,
    ramBytes: 2 ** 28,
    append: "quiet init=/bin/sh",
    free: true,
  });
});

it.each(["?smp=0", "?smp=x", "?m=1K"])("refuses %s", (query) => {
  expect(() => settingsFromQuery(query)).toThrow(/give a/);
});
