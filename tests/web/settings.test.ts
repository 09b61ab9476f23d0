/** The settings in the page's address. */
import { expect, it } from "vitest";
import { gdbPortFromQuery, panelFromQuery, queryFrom, settingsFromQuery } from "../../web/settings.ts";

const USUAL = {
  harts: 1,
  ramBytes: 2 ** 27,
  append: "",
  timing: "ideal",
  speed: 1,
  urls: {},
  free: false,
  paused: false,
};

it("has defaults", () => {
  expect(settingsFromQuery("")).toEqual(USUAL);
  expect(queryFrom(USUAL)).toBe("");
});

it("reads every parameter", () => {
  expect(
    settingsFromQuery(
      "?smp=4&m=256M&append=quiet%20init=/bin/sh&timing=cva6&speed=0.01&kernel=mine/vmlinux&free=1&paused=1",
    ),
  ).toEqual({
    harts: 4,
    ramBytes: 2 ** 28,
    append: "quiet init=/bin/sh",
    timing: "cva6",
    speed: 0.01,
    urls: { kernel: "mine/vmlinux" },
    free: true,
    paused: true,
  });
});

it("writes what it reads back", () => {
  const settings = {
    ...USUAL,
    harts: 8,
    ramBytes: 2 ** 26,
    append: "quiet a=b&c",
    timing: "classic5",
    speed: 0.5,
    urls: { disk: "a b.img", decompressor: "decompressor.elf" },
    paused: true,
  };
  const query = queryFrom(settings, "debugger");
  expect(settingsFromQuery(query)).toEqual(settings);
  expect(panelFromQuery(query)).toBe("debugger");
  expect(panelFromQuery("?panel=kitchen")).toBeUndefined();
});

it.each(["?smp=0", "?smp=x", "?m=1K", "?speed=2", "?speed=0"])("refuses %s", (query) => {
  expect(() => settingsFromQuery(query)).toThrow(/give a/);
});

it("reads the port of a GDB bridge", () => {
  expect(gdbPortFromQuery("?smp=2")).toBeUndefined();
  expect(gdbPortFromQuery("?gdb=4000")).toBe(4000);
  expect(gdbPortFromQuery("?gdb")).toBe(1235);
  expect(() => gdbPortFromQuery("?gdb=x")).toThrow(/give a port number/);
});

it("names the pipelines that there are", () => {
  expect(() => settingsFromQuery("?timing=p6")).toThrow(/There is no pipeline "p6"; there are cva6/);
});
