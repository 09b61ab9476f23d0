/** Who may come to the bridge between GDB and a page, and what it says to those who may not. */
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { HartbeatError } from "../../host/errors.ts";
import { BRIDGE_PROTOCOL } from "../../host/gdb-link.ts";
import { GdbBridge, parseOrigin } from "../../host/node/gdb-bridge.ts";

const PAGE = "https://lectures.example";

describe("the bridge", () => {
  let bridge: GdbBridge;
  let notices: string[];
  beforeEach(async () => {
    const heard: string[] = [];
    notices = heard;
    bridge = await GdbBridge.open({
      gdbPort: 0,
      port: 0,
      origins: [PAGE],
      onNotice: (text) => heard.push(text),
    });
  });
  afterEach(() => bridge.close());

  /** What the upgrade came to: "open", or the status of the refusal. */
  function knock(origin: string | undefined, host?: string): Promise<{ page: WebSocket; outcome: string }> {
    const page = new WebSocket(`ws://127.0.0.1:${bridge.port}/`, BRIDGE_PROTOCOL, {
      ...(origin !== undefined && { origin }),
      ...(host !== undefined && { headers: { Host: host } }),
    });
    return new Promise((resolve) => {
      page.on("open", () => resolve({ page, outcome: "open" }));
      page.on("error", () => undefined);
      page.on("unexpected-response", (_request, { statusCode }) =>
        resolve({ page, outcome: String(statusCode) }),
      );
    });
  }

  function attach(): Promise<Socket> {
    const { hostname, port } = new URL(`http://${bridge.gdbAddress}`);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(socket)).on("error", reject);
    });
  }

  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      socket.resume();
      if (socket.closed) resolve();
      else socket.on("close", () => resolve());
    });

  /** The next message as text. */
  const message = (page: WebSocket): Promise<string> =>
    new Promise((resolve) => page.once("message", (data) => resolve(String(data))));

  it("lets pages of hartbeat web and of a named origin in", async () => {
    for (const origin of ["http://127.0.0.1:8080", "http://localhost:8080", PAGE]) {
      const { page, outcome } = await knock(origin);
      expect([origin, outcome]).toEqual([origin, "open"]);
      expect(page.protocol).toBe(BRIDGE_PROTOCOL);
      page.close();
      await expect.poll(() => notices.at(-1)).toBe("the page is gone");
    }
  });

  it.each([
    ["another page", "https://evil.example", undefined],
    ["another port of this computer", "http://127.0.0.1:9999", undefined],
    ["a page without origin", "null", undefined],
    ["no page at all", undefined, undefined],
    ["an origin that only begins alike", `${PAGE}.evil.example`, undefined],
    ["a name that was made to point here", PAGE, "rebound.example:1235"],
    ["a name that only begins as this computer's", PAGE, "127.0.0.1.evil.example"],
  ])("turns %s away", async (_what, origin, host) => {
    expect((await knock(origin, host)).outcome).toBe("403");
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(/was turned away/);
  });

  it("carries bytes both ways, whatever they are", async () => {
    const { page } = await knock(PAGE);
    const attached = message(page);
    const gdb = await attach();
    expect(await attached).toBe('{"type":"attached"}');
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index * 7);
    const toPage: Buffer[] = [];
    page.on("message", (data: Buffer) => toPage.push(data));
    gdb.write(bytes);
    await expect.poll(() => Buffer.concat(toPage).length).toBe(bytes.length);
    expect(Buffer.concat(toPage).equals(bytes)).toBe(true);
    const toGdb: Buffer[] = [];
    gdb.on("data", (data) => toGdb.push(data));
    page.send(bytes);
    await expect.poll(() => Buffer.concat(toGdb).length).toBe(bytes.length);
    expect(Buffer.concat(toGdb).equals(bytes)).toBe(true);
    const gone = message(page);
    gdb.destroy();
    expect(await gone).toBe('{"type":"gone"}');
  });

  it("turns gdb away while there is no page, and a second one of either", async () => {
    await closed(await attach());
    expect(notices).toEqual([expect.stringMatching(/no page is connected; open one/)]);
    const { page } = await knock(PAGE);
    expect((await knock(PAGE)).outcome).toBe("409");
    const gdb = await attach();
    await closed(await attach());
    expect(notices.at(-1)).toMatch(/one is attached already/);
    page.terminate();
    await closed(gdb);
  });

  it("lets gdb go when the page says so, and tells why", async () => {
    const { page } = await knock(PAGE);
    const attached = message(page);
    const gdb = await attach();
    await attached;
    page.send(JSON.stringify({ type: "refused", why: "the machine is off" }));
    await closed(gdb);
    expect(notices).toContain("the page let gdb go: the machine is off");
    page.send("nonsense");
    await expect.poll(() => notices.at(-1)).toMatch(/something that the bridge does not understand/);
  });

  it("says which port is taken", async () => {
    const again = { gdbPort: 0, port: bridge.port, origins: [], onNotice: () => undefined };
    await expect(GdbBridge.open(again)).rejects.toThrow(
      /\(--port\) cannot listen on 127\.0\.0\.1:\d+: the port is in use/,
    );
    const gdbPort = Number(new URL(`http://${bridge.gdbAddress}`).port);
    await expect(GdbBridge.open({ ...again, port: 0, gdbPort })).rejects.toThrow(
      /\(--gdb\) cannot listen on/,
    );
  });
});

it.each(["example.org", "ftp://a.b", "https://a.b/page", "https://a.b:99999", "*"])(
  "refuses --origin %s",
  (text) => {
    expect(() => parseOrigin(text)).toThrow(HartbeatError);
  },
);

it("reads origins as browsers write them", () => {
  expect(parseOrigin("https://Example.org:443/")).toBe("https://example.org");
});
