/** Framing of the remote protocol: round trips, split input, noise, bounds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, FrameReader, PACKET_SIZE } from "../../../host/debug/rsp/framing.ts";
import { bytesOfString } from "../../../host/debug/rsp/hex.ts";

const byteString = fc.uint8Array({ maxLength: 200 }).map((bytes) => String.fromCharCode(...bytes));

describe("frames", () => {
  it("read back as they were written, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(byteString, { maxLength: 5 }), fc.integer({ min: 1, max: 7 }), (bodies, piece) => {
        const reader = new FrameReader();
        const stream = bodies.flatMap((body) => [...encodeFrame(body)]);
        const events = [];
        for (let i = 0; i < stream.length; i += piece) {
          events.push(...reader.push(Uint8Array.from(stream.slice(i, i + piece))));
        }
        expect(events).toEqual(bodies.map((body) => ({ kind: "packet", body, intact: true })));
      }),
    );
  });

  it("tell a wrong or malformed checksum", () => {
    const reader = new FrameReader();
    expect(reader.push(bytesOfString("$g#68"))).toEqual([{ kind: "packet", body: "g", intact: false }]);
    expect(reader.push(bytesOfString("$g#zz"))).toEqual([{ kind: "packet", body: "g", intact: false }]);
    expect(reader.push(bytesOfString("$g#67"))).toEqual([{ kind: "packet", body: "g", intact: true }]);
  });

  it("start anew at a bare dollar, and pass over noise", () => {
    const events = new FrameReader().push(bytesOfString("xyz$broken$g#67+-\x03"));
    expect(events).toEqual([
      { kind: "packet", body: "g", intact: true },
      { kind: "ack" },
      { kind: "nack" },
      { kind: "interrupt" },
    ]);
  });

  it("leave a star in a request alone", () => {
    const events = new FrameReader().push(bytesOfString("$a*b#ed"));
    expect(events).toEqual([{ kind: "packet", body: "a*b", intact: true }]);
  });

  it("are not kept beyond their greatest size", () => {
    const events = new FrameReader().push(bytesOfString(`$${"0".repeat(3 * PACKET_SIZE)}#00`));
    expect(events).toMatchObject([{ kind: "packet", intact: false }]);
    expect(events[0]).toHaveProperty("body.length", PACKET_SIZE);
  });
});
