/** QEMU's spellings of options, and what is refused. */
import { describe, expect, it } from "vitest";
import {
  normaliseArguments,
  parseCycles,
  parseDrive,
  parseGdb,
  parseMemory,
  parsePort,
  parseRtc,
  parseSmp,
} from "../../host/arguments.ts";
import { cycleOf } from "../../host/trace/place.ts";

describe("normaliseArguments", () => {
  it.each([
    ["-kernel vmlinux", "--kernel=vmlinux"],
    ["--kernel vmlinux", "--kernel=vmlinux"],
    ["-kernel=vmlinux", "--kernel=vmlinux"],
    ["-smp=4 -m 256M -s -S", "--smp=4 --memory=256M -s -S"],
    ["-append -v", "--append=-v"],
    ["-nographic -no-reboot --trace-boot", "--nographic --no-reboot --trace-boot"],
    ["boot -bios none x", "boot --bios=none x"],
    ["-gdb tcp::1234", "--gdb=tcp::1234"],
    ["-frobnicate", "--frobnicate"],
    ["-kernel", "--kernel"],
    ["+signature=f +signature-granularity=8", "--signature=f --signature-granularity=8"],
    ["-netdev x -chardev y --max-cycles 5", "--netdev=x --chardev=y --max-cycles=5"],
  ])("%s", (given, expected) => {
    expect(normaliseArguments(given.split(" ")).join(" ")).toBe(expected);
  });
});

describe("values", () => {
  it("takes memory sizes as QEMU does", () => {
    expect(["128", "128M", "64m", "65536K", "1G", "size=32M"].map(parseMemory)).toEqual(
      [128, 128, 64, 64, 1024, 32].map((mebibytes) => mebibytes * 1024 * 1024),
    );
  });

  it.each(["", "0", "1K", "128X", "-5", "3G", "99999999999999G", "16385K"])("refuses -m '%s'", (text) => {
    expect(() => parseMemory(text)).toThrow(/16M to 2G/);
  });

  it("takes 1 to 8 harts", () => {
    expect(["1", "8", "cpus=4"].map(parseSmp)).toEqual([1, 8, 4]);
    for (const text of ["0", "9", "two", "", "1.5", "-1", "4,cores=2"]) {
      expect(() => parseSmp(text)).toThrow(/harts from 1 to 8/);
    }
  });

  it("takes ports on loopback only", () => {
    expect(["tcp::1234", "tcp:localhost:0", "tcp:127.0.0.1:65535"].map((text) => parseGdb(text))).toEqual([
      1234, 0, 65535,
    ]);
    for (const text of ["1234", "tcp:0.0.0.0:1234", "unix:x", "tcp::"]) {
      expect(() => parseGdb(text)).toThrow(/tcp::PORT/);
    }
    for (const text of ["65536", "-1", "http", "123456"]) {
      expect(() => parsePort(text, "--port")).toThrow(/--port .*0 to 65535/);
    }
  });

  it("reads limits", () => {
    const cycles = (text: string): number => cycleOf(parseCycles(text), 1000);
    expect(["1", "250k", "100M", "2G"].map(cycles)).toEqual([1, 250_000, 100_000_000, 2_000_000_000]);
    expect(["+1", "+2k", "+1m"].map(cycles)).toEqual([1001, 3000, 1_001_000]);
    for (const text of ["0", "+0", "+", "++1", "k", "+1T", "-1", "1.5", "10T", "", "99999999999999999"])
      expect(() => parseCycles(text)).toThrow(/number of cycles such as/);
  });

  it("reads what the clock starts at", () => {
    const now = new Date(Date.UTC(2026, 5, 1));
    expect(parseRtc("base=utc", now)).toBe(now.getTime());
    expect(parseRtc("base=2020-02-29", now)).toBe(Date.UTC(2020, 1, 29));
    expect(parseRtc("base=2020-02-29T01:02:03", now)).toBe(Date.UTC(2020, 1, 29, 1, 2, 3));
    for (const text of ["base=soon", "base=2020-13-01", "base=1969-01-01"]) {
      expect(() => parseRtc(text, now)).toThrow(/base is utc, localtime or a date/);
    }
    expect(() => parseRtc("clock=host", now)).toThrow(/'clock' is unknown; use base=/);
  });

  it("reads drives", () => {
    expect(parseDrive("file=a.img")).toEqual({ file: "a.img", readonly: false, snapshot: false });
    expect(parseDrive("file=a,,b.img,format=raw,readonly=on,if=virtio")).toEqual({
      file: "a,b.img",
      readonly: true,
      snapshot: false,
    });
    expect(parseDrive("file=a,if=none,id=d,snapshot=on")).toMatchObject({ id: "d", snapshot: true });
    expect(() => parseDrive("file=a,if=none")).toThrow(/needs id=ID/);
    expect(() => parseDrive("file=a,if=ide")).toThrow(/virtio or none/);
    expect(() => parseDrive("a.img")).toThrow(/NAME=VALUE/);
    expect(() => parseDrive("format=raw")).toThrow(/file=PATH/);
    expect(() => parseDrive("file=a,format=qcow2")).toThrow(/format=raw/);
    expect(() => parseDrive("file=a,cache=none")).toThrow(/'cache' is unknown/);
    expect(() => parseDrive("file=a,readonly=maybe")).toThrow(/on or off/);
  });
});
