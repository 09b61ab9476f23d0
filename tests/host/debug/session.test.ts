/** Sessions of the remote protocol, packet by packet, on a made-up machine. */
import { beforeEach, describe, expect, it } from "vitest";
import { bytesOfHex, bytesOfString, hexOfString, stringOfBytes } from "../../../host/debug/rsp/hex.ts";
import { FakeTarget } from "./fake-target.ts";
import { frame, RspClient } from "./rsp-client.ts";

let target: FakeTarget;
let client: RspClient;

beforeEach(() => {
  target = new FakeTarget(2);
  client = new RspClient(target);
});

function monitor(command: string): string {
  return stringOfBytes(bytesOfHex(client.ask(`qRcmd,${hexOfString(command)}`) ?? "") ?? new Uint8Array());
}

describe("the conversation", () => {
  it("acknowledges, repeats on demand, and stops acknowledging when asked to", () => {
    expect(client.raw(frame("qC"))).toEqual(["+", "QC1"]);
    expect(client.raw(bytesOfString("-"))).toEqual(["QC1"]);
    expect(client.raw(bytesOfString("+"))).toEqual([]);
    expect(client.raw(bytesOfString("-"))).toEqual([]);
    expect(client.raw(bytesOfString("$qC#00"))).toEqual(["-"]);
    expect(client.raw(frame("QStartNoAckMode"))).toEqual(["+", "OK"]);
    expect(client.raw(frame("qC"))).toEqual(["QC1"]);
  });

  it("answers a packet once that came again because its answer was late", () => {
    const step = [...frame("vCont;s:1")];
    expect(client.raw(Uint8Array.from([...step, ...step]))).toEqual(["+", "T05thread:1;", "+"]);
    expect(client.raw(bytesOfString("+"))).toEqual([]);
    expect(client.raw(Uint8Array.from(step))).toEqual(["+", "T05thread:1;"]);
    expect(target.log).toEqual(["step 0", "step 0"]);
  });

  it("answers unknown packets with an empty reply", () => {
    for (const packet of ["vMustReplyEmpty", "qTStatus", "Z5,80000000,4", "!", "", "qCRC:0,1"]) {
      expect(client.ask(packet)).toBe("");
    }
  });

  it("tells what it supports", () => {
    expect(client.ask("qSupported:swbreak+;xmlRegisters=i386")).toContain("PacketSize=4000");
    expect(client.ask("vCont?")).toBe("vCont;c;C;s;S;r");
    expect(client.ask("qAttached")).toBe("1");
    expect(client.ask("qSymbol::")).toBe("OK");
  });
});

describe("registers", () => {
  it("are read and written little-endian", () => {
    target.registers[0]?.set("ra", 0x1122334455667788n);
    expect(client.ask("p1")).toBe("8877665544332211");
    expect(client.ask("P20=0000008000000000")).toBe("OK");
    expect(target.registers[0]?.get("pc")).toBe(0x80000000n);
    const all = client.ask("g") ?? "";
    expect(all).toHaveLength(33 * 16);
    expect(all.slice(16, 32)).toBe("8877665544332211");
    expect(all.slice(5 * 16, 6 * 16)).toBe("x".repeat(16));
    expect(all.slice(32 * 16)).toBe("0000008000000000");
  });

  it("are written all together", () => {
    const values = Array.from(
      { length: 33 },
      (_, i) => `${(i + 1).toString(16).padStart(2, "0")}${"00".repeat(7)}`,
    );
    expect(client.ask(`G${values.join("")}`)).toBe("OK");
    expect(target.registers[0]?.get("sp")).toBe(3n);
    expect(target.registers[0]?.get("zero")).toBe(0n);
  });

  it("belong to the hart that Hg chose", () => {
    target.registers[1]?.set("ra", 5n);
    expect(client.ask("Hg2")).toBe("OK");
    expect(client.ask("p1")).toBe("0500000000000000");
    expect(client.ask("qC")).toBe("QC2");
    expect(client.ask("Hg3")).toBe("E03");
  });

  it("include CSRs at GDB's numbers", () => {
    target.registers[0]?.set("mstatus", 0xan);
    expect(client.ask(`p${(65 + 0x300).toString(16)}`)).toBe("0a00000000000000");
    expect(client.ask(`P${(65 + 0xf14).toString(16)}=0100000000000000`)).toBe("E0e");
    expect(client.ask("pffff")).toBe("E16");
  });

  it("are named by the target description, which comes in pieces", () => {
    let description = "";
    for (;;) {
      const part = client.ask(`qXfer:features:read:target.xml:${description.length.toString(16)},100`) ?? "";
      description += part.slice(1);
      if (part.startsWith("l")) break;
    }
    expect(description).toMatch(/^<\?xml.*<\/target>\n$/s);
    expect(description).toContain('<reg name="pc" bitsize="64" regnum="32" type="code_ptr"/>');
    expect(description).toContain('<reg name="mstatus" bitsize="64" regnum="833" type="int"/>');
    expect(client.ask("qXfer:features:read:other.xml:0,100")).toBe("E00");
  });
});

describe("memory", () => {
  it("is read and written in hexadecimal and in binary", () => {
    expect(client.ask("M80000000,4:01020304")).toBe("OK");
    expect(client.ask("X80000004,4:#$}*")).toBe("OK");
    expect(client.ask("m80000000,8")).toBe("0102030423247d2a");
  });

  it("ends where it ends", () => {
    expect(client.ask("m8000fffe,8")).toBe("0000");
    expect(client.ask("m0,4")).toBe("E0e");
    expect(client.ask("M0,1:00")).toBe("E0e");
  });

  it("refuses malformed requests", () => {
    for (const packet of [
      "m",
      "m80000000",
      "mzz,4",
      "m80000000,0",
      "M80000000,4:01",
      "M80000000,1",
      "X1,2",
    ]) {
      expect(client.ask(packet)).toBe("E16");
    }
    expect(client.ask("X80000000,0:")).toBe("OK");
  });
});

describe("running", () => {
  it("tells the first stop, continues, and reports the breakpoint", () => {
    client.ask("qSupported:swbreak+");
    expect(client.ask("?")).toBe("T02thread:1;");
    expect(client.ask("Z0,80000010,2")).toBe("OK");
    expect(client.ask("vCont;c")).toBeUndefined();
    client.received.length = 0;
    target.registers[1]?.set("pc", 0x80000010n);
    target.stop({ kind: "breakpoint", hart: 1 });
    expect(client.received).toEqual(["T05swbreak:;thread:2;"]);
    expect(client.ask("qC")).toBe("QC2");
  });

  it("does not take a breakpoint of somebody else for the client's own", () => {
    client.ask("qSupported:swbreak+");
    client.ask("Z0,80000010,2");
    client.ask("vCont;c");
    client.received.length = 0;
    target.registers[0]?.set("pc", 0x8000_0020n);
    target.stop({ kind: "breakpoint", hart: 0 });
    expect(client.received).toEqual(["T05thread:1;"]);
  });

  it("stops a machine that runs when the client comes", () => {
    target.running = true;
    expect(client.ask("?")).toBe("T02thread:1;");
    expect(target.log).toEqual(["interrupt"]);
  });

  it("is interrupted by the interrupt byte", () => {
    client.ask("c");
    expect(client.raw(bytesOfString("\x03"))).toEqual(["T02thread:1;"]);
    expect(client.raw(bytesOfString("\x03"))).toEqual([]);
  });

  it("steps the hart that the packet names", () => {
    expect(client.ask("vCont;s:2;c")).toBe("T05thread:2;");
    expect(client.ask("vCont;c:1;s:2")).toBe("T05thread:2;");
    expect(client.ask("Hc1")).toBe("OK");
    expect(client.ask("s80000020")).toBe("T05thread:1;");
    expect(target.registers[0]?.get("pc")).toBe(0x80000020n);
    expect(client.ask("vCont;S05:p1.2")).toBe("T05thread:2;");
    expect(target.log).toEqual(["step 1", "step 1", "step 0", "step 1"]);
  });

  it("refuses what it cannot do", () => {
    expect(client.ask("vCont;c:1")).toBe("E.harts go together; set scheduler-locking off");
    expect(client.ask("vCont;s:9")).toBe("E16");
    for (const bad of [
      "r80000000:1",
      "r80000000,90:9",
      "r,:1",
      "r80000000,80000010:1;x",
      "t",
      "",
      "s:1;",
      "c:",
    ]) {
      expect(client.ask(`vCont;${bad}`)).toBe("E16");
    }
    expect(client.ask("cxyz")).toBe("E16");
    expect(target.log).toEqual([]);
  });

  it("reports the end of the machine", () => {
    client.ask("c");
    client.received.length = 0;
    target.stop({ kind: "exit", status: 3 });
    expect(client.received).toEqual(["W03"]);
    expect(client.ask("?")).toBe("W03");
    expect(client.ask("k")).toBeUndefined();
    expect(client.ask("vKill;1")).toBe("OK");
    expect(client.ask("vKill;x")).toBe("E16");
    expect(target.log).toEqual(["resume", "quit", "quit"]);
  });
});

describe("breakpoints", () => {
  it("may be set twice, and by two kinds, at one address", () => {
    client.ask("Z0,80000010,2");
    client.ask("Z0,80000010,2");
    client.ask("Z1,80000010,2");
    expect(target.breakpoints).toEqual(new Map([[0x80000010n, 1]]));
    client.ask("z0,80000010,2");
    expect(target.breakpoints.size).toBe(1);
    client.ask("z1,80000010,2");
    expect(target.breakpoints.size).toBe(0);
    expect(client.ask("z1,80000010,2")).toBe("OK");
  });

  it("go when the client detaches, and the machine goes on", () => {
    client.ask("Z0,80000010,2");
    expect(client.ask("D")).toBe("OK");
    expect(target.breakpoints.size).toBe(0);
    expect(target.log).toEqual(["resume"]);
    client.session.end();
    expect(target.log).toEqual(["resume"]);
  });

  it("go when the connection is lost; a machine that ran goes on, one that never did waits", () => {
    client.ask("Z0,80000010,2");
    client.session.end();
    expect(target.breakpoints.size).toBe(0);
    expect(target.log).toEqual([]);

    const second = new RspClient(target);
    second.ask("c");
    second.raw(bytesOfString("\x03"));
    second.session.end();
    expect(target.log).toEqual(["resume", "interrupt", "resume"]);

    const third = new RspClient(target);
    expect(third.ask("?")).toBe("T02thread:1;");
    expect(third.ask("D")).toBe("OK");
    expect(third.ask("?")).toBe("T02thread:1;");
  });
});

describe("the file that runs", () => {
  it("is named to a debugger that has none, in pieces and in UTF-8", () => {
    expect(client.ask("qSupported:swbreak+")).not.toContain("exec-file");
    expect(client.ask("qXfer:exec-file:read::0,100")).toBe("");
    client = new RspClient(target, { execFile: "/k\u00e9rnel/vmlinux" });
    expect(client.ask("qSupported:swbreak+")).toMatch(/;qXfer:exec-file:read\+$/);
    expect(client.ask("qXfer:exec-file:read::0,4")).toBe("m/k\u00c3\u00a9");
    expect(client.ask("qXfer:exec-file:read:1:4,100")).toBe("lrnel/vmlinux");
    expect(client.ask("qXfer:exec-file:read:1:40,100")).toBe("l");
    for (const bad of ["", ":", "zz:0,4", ":0", ":0,4,4"]) {
      expect(client.ask(`qXfer:exec-file:read:${bad}`)).toBe("E16");
    }
  });
});

describe("threads", () => {
  it("are the harts", () => {
    expect(client.ask("qfThreadInfo")).toBe("m1,2");
    expect(client.ask("qsThreadInfo")).toBe("l");
    expect(client.ask("T2")).toBe("OK");
    expect(client.ask("T3")).toBe("E03");
    expect(client.ask("qThreadExtraInfo,2")).toBe(hexOfString("CPU#1 [M, wfi]"));
    expect(client.ask("qXfer:threads:read::0,1000")).toContain(
      '<thread id="1" core="0" name="hart 0">CPU#0 [S, running]</thread>',
    );
  });
});

describe("going back", () => {
  it("steps and runs backwards, and tells the start of what is known", () => {
    expect(client.ask("qSupported:swbreak+")).toMatch(/ReverseStep\+;ReverseContinue\+/);
    expect(client.ask("Hc2")).toBe("OK");
    expect(client.ask("bs")).toBe("T05thread:2;");
    expect(client.ask("bc")).toBe("T05replaylog:begin;thread:1;");
    expect(target.log).toEqual(["step back 1", "resume back"]);
  });

  it("steps back on the hart that the user looks at, whosever registers were read", () => {
    const stepsBack = (...packets: string[]): string | undefined => {
      client.ask("vCont;s:1;c");
      const list = "qXfer:threads:read::0,1000";
      for (const packet of packets) client.ask(packet === "list" ? list : packet);
      client.ask("bs");
      return target.log.at(-1);
    };
    // info threads
    expect(stepsBack("list", "Hg2", "g")).toBe("step back 0");
    // thread 2, whose registers GDB has or has not
    expect(stepsBack("list", "Hg2", "g", "T2")).toBe("step back 1");
    expect(stepsBack("T2", "Hg2", "g", "T1")).toBe("step back 0");
    // thread apply all
    expect(stepsBack("list", "T2", "Hg2", "g", "T1", "Hg1", "g")).toBe("step back 0");
    expect(stepsBack("T2", "list", "T2", "Hg2", "g", "T1", "Hg1", "g")).toBe("step back 1");
    expect(stepsBack("Hc2", "T1")).toBe("step back 1");
    expect(client.ask("Hc0")).toBe("OK");
  });

  it("steps over a range", () => {
    expect(client.ask("vCont;r80000000,80000010:2;c:-1")).toBe("T05thread:2;");
    expect(client.ask("vCont;r80000000,80000010;c")).toBe("T05thread:1;");
    expect(client.ask("vCont;c:1;r80000000,80000020:p1.2;s:2")).toBe("T05thread:2;");
    expect(client.ask("vCont;s:2;r80000000,80000020")).toBe("T05thread:2;");
    expect(target.log).toEqual([
      "step 1 in 80000000..80000010",
      "step 0 in 80000000..80000010",
      "step 1 in 80000000..80000020",
      "step 1",
    ]);
  });
});

describe("watchpoints", () => {
  it("are set once for repeated packets, and end with the session", () => {
    expect(client.ask("Z2,80000010,4")).toBe("OK");
    expect(client.ask("Z2,80000010,4")).toBe("OK");
    expect(client.ask("Z4,80000020,8")).toBe("OK");
    expect(client.ask("z2,80000010,4")).toBe("OK");
    expect(client.ask("Z3,80000010,0")).toBe("E16");
    expect(client.ask("D")).toBe("OK");
    expect(target.log.filter((line) => line.includes("watch"))).toEqual([
      "watch write 80000010 4",
      "watch access 80000020 8",
      "unwatch write 80000010 4",
      "unwatch access 80000020 8",
    ]);
  });

  it("tell the address when they stop the machine", () => {
    client.ask("qC");
    client.ask("vCont;c");
    target.stop({ kind: "watch", hart: 1, address: 0x80000010n, access: "write" });
    expect(client.received).toContain("T05watch:80000010;thread:2;");
  });
});

describe("monitor", () => {
  it("speaks of the hart that the user looks at", () => {
    for (const packet of ["qXfer:threads:read::0,1000", "Hg2", "g"]) client.ask(packet);
    expect(monitor("regs")).toMatch(/^CPU#0 /);
    client.ask("T2");
    expect(monitor("regs")).toMatch(/^CPU#1 /);
  });

  it("knows a few commands", () => {
    expect(monitor("help")).toMatch(/^cycles {4}guest cycles since reset$/m);
    expect(monitor("help goto")).toMatch(/^goto .*\n.*\n {2}maintenance flush register-cache\n/);
    expect(monitor("help nonsense")).toContain("unknown command");
    expect(monitor("cycles")).toBe("42\n");
    expect(monitor("regs")).toContain("mstatus        0x0000000000000000");
    expect(monitor("reset")).toBe("reset\n");
    expect(monitor("constructor")).toContain("unknown command");
    expect(client.ask("qRcmd,1")).toBe("E16");
    expect(target.log).toEqual(["reset"]);
  });
});
