/**
 * A session outlives whatever a client sends: 100,000 random and mutated packets from a fixed seed, and with a machine behind it
 * as many with HARTBEAT_LONG=1. It keeps nothing of them either, but for what the log of a run needs to repeat them.
 */
import { describe, expect, it } from "vitest";
import { MachineTarget } from "../../../host/debug/machine-target.ts";
import { liveBytes } from "../../tools/heap.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { FakeTarget } from "./fake-target.ts";
import { GuestProgram } from "./guest.ts";
import { frame, RspClient } from "./rsp-client.ts";

const PACKETS = 100_000;
const LONG = process.env.HARTBEAT_LONG === "1";
const MACHINE_PACKETS = LONG ? 100_000 : 5_000;
const PACKETS_PER_SESSION = 5_000;
const MOST_GROWTH = 2 ** 20;
/** Each register and word that was written stands in the log of the run. */
const MOST_LOGGED_PER_PACKET = 1000;

const SEEDS = [
  "qSupported:swbreak+",
  "QStartNoAckMode",
  "?",
  "g",
  `G${"01".repeat(264)}`,
  "p1",
  "P20=0000008000000000",
  "m80000000,10",
  "M80000000,4:01020304",
  "X80000000,4:abcd",
  "Z0,80000010,2",
  "Z1,80000010,4",
  "z0,80000010,2",
  "vCont?",
  "vCont;c",
  "vCont;s:1;c",
  "vCont;C05:p1.-1",
  "c",
  "s80000000",
  "C05;80000000",
  "S05",
  "Hg1",
  "Hc-1",
  "T1",
  "qC",
  "qfThreadInfo",
  "qsThreadInfo",
  "qThreadExtraInfo,1",
  "qAttached",
  "D",
  "k",
  "qSymbol::",
  "qXfer:features:read:target.xml:0,1000",
  "qXfer:threads:read::0,1000",
  "qRcmd,72656773",
  "vMustReplyEmpty",
];

/** Marsaglia's xorshift, so that a failure can be repeated. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Packets for ever, some of them sound. */
function packetSource(random: (below: number) => number): () => Uint8Array {
  const byte = (): string => String.fromCharCode(random(256));

  function mutate(text: string): string {
    const at = random(text.length + 1);
    switch (random(4)) {
      case 0:
        return text.slice(0, at) + byte() + text.slice(at + 1);
      case 1:
        return text.slice(0, at) + byte().repeat(random(40)) + text.slice(at);
      case 2:
        return text.slice(0, at);
      default:
        return text.slice(0, at) + SEEDS[random(SEEDS.length)];
    }
  }

  function body(): string {
    if (random(10) === 0) return Array.from({ length: random(64) }, byte).join("");
    let text = SEEDS[random(SEEDS.length)] ?? "";
    for (let times = random(4); times > 0; times -= 1) text = mutate(text);
    return text;
  }

  return () => {
    const bytes = frame(body());
    if (random(8) === 0) bytes[random(bytes.length)] = random(256);
    return bytes;
  };
}

describe("a session", () => {
  it("survives 100,000 random and mutated packets", () => {
    const random = generator(0x2545f491);
    const packet = packetSource(random);
    const target = new FakeTarget(4);
    let client = new RspClient(target);
    let before = 0;
    for (let i = 0; i < PACKETS; i += 1) {
      if (i === 2 * PACKETS_PER_SESSION) before = liveBytes();
      client.raw(packet());
      if (target.running && random(2) === 0) target.stop({ kind: "breakpoint", hart: random(4) });
      if (i % PACKETS_PER_SESSION === PACKETS_PER_SESSION - 1) {
        client.session.end();
        expect(target.breakpoints.size).toBe(0);
        client = new RspClient(target);
      }
      target.log.length = 0;
    }
    expect(client.ask("qC")).toMatch(/^QC[1-4]$/);
    expect(liveBytes() - before).toBeLessThan(MOST_GROWTH);
  });
});

requireTool("riscv64-linux-gnu-gcc")("a session with a machine", () => {
  it("survives random and mutated packets, whatever they do to the guest", async () => {
    const program = new GuestProgram();
    const machine = await program.machine(1);
    program.remove();
    const random = generator(0x1d872b41);
    const packet = packetSource(random);
    const target = new MachineTarget(machine);
    let client = new RspClient(target);
    const before = liveBytes();
    let replies = 0;
    for (let i = 0; i < MACHINE_PACKETS; i += 1) {
      replies += client.raw(packet()).length;
      machine.run({ cycles: 1000 });
      target.gate();
      if (i % PACKETS_PER_SESSION === PACKETS_PER_SESSION - 1) {
        client.session.end();
        expect(machine.breakpoints.size).toBe(0);
        client = new RspClient(target);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    client.session.end();
    expect(machine.breakpoints.size).toBe(0);
    expect(target.readRegister(0, "zero")).toBe(0n);
    const growth = liveBytes() - before;
    if (LONG)
      console.log(
        `${MACHINE_PACKETS} packets, ${replies} replies, ${growth} bytes more; rss`,
        process.memoryUsage().rss,
      );
    expect(growth).toBeLessThan(MOST_GROWTH + MOST_LOGGED_PER_PACKET * MACHINE_PACKETS);
  });
});
