/** The GDB server over real sockets. */
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { HartbeatError } from "../../../host/errors.ts";
import { type GdbServer, startGdbServer } from "../../../host/node/gdb-server.ts";
import { FakeTarget } from "./fake-target.ts";
import { frame } from "./rsp-client.ts";

const servers: GdbServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(target: FakeTarget): Promise<GdbServer> {
  const server = await startGdbServer(target, 0);
  servers.push(server);
  return server;
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Sends a packet and resolves with what has come once it holds a whole reply. */
function ask(socket: Socket, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const take = (bytes: Buffer): void => {
      text += bytes.toString("latin1");
      if (!/#[0-9a-f]{2}$/.test(text)) return;
      socket.off("data", take);
      resolve(text);
    };
    socket.on("data", take);
    socket.once("close", () => reject(new Error("the server closed the connection")));
    socket.write("+");
    socket.write(frame(body));
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

describe("the GDB server", () => {
  it("serves one client after another, and one at a time", async () => {
    const { port } = await start(new FakeTarget());
    const first = await dial(port);
    expect(await ask(first, "qC")).toBe("+$QC1#c5");
    const second = await dial(port);
    await closed(second);
    expect(await ask(first, "qC")).toBe("+$QC1#c5");
    first.end();
    await closed(first);
    const third = await dial(port);
    expect(await ask(third, "?")).toContain("T02thread:1;");
    third.destroy();
  });

  it("lets a client come back at once, while its end is on its way", async () => {
    const { port } = await start(new FakeTarget());
    let before = await dial(port);
    for (let time = 0; time < 50; time++) {
      await ask(before, time % 2 ? "D" : "qC");
      if (time % 3) before.end();
      else before.resetAndDestroy();
      before = await dial(port);
    }
    expect(await ask(before, "qC")).toBe("+$QC1#c5");
  });

  it("closes with a client that waits", async () => {
    const server = await startGdbServer(new FakeTarget(), 0);
    const first = await dial(server.port);
    expect(await ask(first, "qC")).toBe("+$QC1#c5");
    const second = await dial(server.port);
    await Promise.all([closed(first), closed(second), server.close()]);
  });

  it("takes a lost connection for the end of the session", async () => {
    const target = new FakeTarget();
    const { port } = await start(target);
    const client = await dial(port);
    await ask(client, "Z0,80000010,2");
    expect(target.breakpoints.size).toBe(1);
    client.resetAndDestroy();
    await expect.poll(() => target.breakpoints.size).toBe(0);
  });

  it("says which port is in use", async () => {
    const { port, address } = await start(new FakeTarget());
    expect(address).toBe(`127.0.0.1:${port}`);
    const failure = startGdbServer(new FakeTarget(), port);
    await expect(failure).rejects.toThrow(HartbeatError);
    await expect(failure).rejects.toThrow(
      `The GDB server cannot listen on 127.0.0.1:${port}: the port is in use; choose another one or end the program that holds it.`,
    );
  });
});
