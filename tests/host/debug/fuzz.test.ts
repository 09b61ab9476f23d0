/** A session outlives whatever a client sends: 100,000 random and mutated packets from a fixed seed. */
import { describe, expect, it } from "vitest";
import { FakeTarget } from "./fake-target.ts";
import { frame, RspClient } from "./rsp-client.ts";

const PACKETS = 100_000;
const PACKETS_PER_SESSION = 5_000;

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

describe("a session", () => {
  it("survives 100,000 random and mutated packets", () => {
    const random = generator(0x2545f491);
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

    function packet(): string {
      if (random(10) === 0) return Array.from({ length: random(64) }, byte).join("");
      let text = SEEDS[random(SEEDS.length)] ?? "";
      for (let times = random(4); times > 0; times -= 1) text = mutate(text);
      return text;
    }

    const target = new FakeTarget(4);
    let client = new RspClient(target);
    for (let i = 0; i < PACKETS; i += 1) {
      const bytes = frame(packet());
      if (random(8) === 0) bytes[random(bytes.length)] = random(256);
      client.raw(bytes);
      if (target.running && random(2) === 0) target.stop({ kind: "breakpoint", hart: random(4) });
      if (i % PACKETS_PER_SESSION === PACKETS_PER_SESSION - 1) {
        expect(target.breakpoints.size).toBeLessThanOrEqual(1024);
        client.session.end();
        expect(target.breakpoints.size).toBe(0);
        client = new RspClient(target);
      }
      target.log.length = 0;
    }
    expect(client.ask("qC")).toMatch(/^QC[1-4]$/);
  });
});
