/** Breakpoints shared by several users. */
import { describe, expect, it } from "vitest";
import { Breakpoints } from "../../../host/debug/breakpoints.ts";

function fakeCore() {
  const log: string[] = [];
  return {
    log,
    setBreakpoint: (address: bigint) => void log.push(`set ${address}`),
    clearBreakpoint: (address: bigint) => void log.push(`clear ${address}`),
  };
}

describe("breakpoints", () => {
  it("reach the core once for each address", () => {
    const core = fakeCore();
    const breakpoints = new Breakpoints(core);
    const first = breakpoints.add(1n, () => "go-on");
    const second = breakpoints.add(1n, () => "stop");
    expect(breakpoints.hit(0, 1n)).toBe(true);
    second.remove();
    second.remove();
    expect(breakpoints.hit(0, 1n)).toBe(false);
    expect(core.log).toEqual(["set 1"]);
    first.remove();
    expect(core.log).toEqual(["set 1", "clear 1"]);
    expect(breakpoints.size).toBe(0);
  });

  it("tell every user the hart, also when one of them removes itself", () => {
    const breakpoints = new Breakpoints(fakeCore());
    const harts: number[] = [];
    const once = breakpoints.add(1n, (hart) => {
      once.remove();
      harts.push(hart);
      return "stop";
    });
    breakpoints.add(1n, (hart) => {
      harts.push(hart + 10);
      return "go-on";
    });
    expect(breakpoints.hit(2, 1n)).toBe(true);
    expect(breakpoints.hit(3, 1n)).toBe(false);
    expect(harts).toEqual([2, 12, 13]);
  });

  it("take addresses as unsigned 64-bit numbers", () => {
    const core = fakeCore();
    const breakpoints = new Breakpoints(core);
    breakpoints.add(-4096n, () => "stop");
    expect(core.log).toEqual(["set 18446744073709547520"]);
    expect(breakpoints.hit(0, 0xffff_ffff_ffff_f000n)).toBe(true);
    expect(breakpoints.hit(0, 4n)).toBe(false);
  });
});
