/** Cables and lines between machines: frames and bytes over TCP and into files, QEMU on the other side included. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { parseChardev, parseDevice, parseNetdev } from "../../host/backend-arguments.ts";
import { Backends } from "../../host/node/backends.ts";
import { runHartbeat } from "../tools/hartbeat-process.ts";
import { Qemu } from "../tools/qemu.ts";
import { requireTool } from "../tools/require-tool.ts";

const folder = mkdtempSync(join(tmpdir(), "hartbeat-backends-"));
afterAll(() => rmSync(folder, { recursive: true }));

const opened: Backends[] = [];
const closers: (() => void)[] = [];
afterEach(() => {
  for (const backends of opened.splice(0)) backends.close();
  for (const close of closers.splice(0)) close();
});

interface Words {
  readonly devices?: string[];
  readonly netdevs?: string[];
  readonly chardevs?: string[];
}

/** A machine's side: its ports, what came in at each, and what was said. */
class Side {
  readonly notices: string[] = [];
  readonly received: Uint8Array[] = [];
  #backends: Backends | undefined;
  #changed: () => void = () => undefined;

  static async open(words: Words, live = true): Promise<Side> {
    const side = new Side();
    await side.open(words, live);
    return side;
  }

  async open({ devices = [], netdevs = [], chardevs = [] }: Words, live = true): Promise<void> {
    const settings = {
      devices: devices.map(parseDevice),
      netdevs: netdevs.map(parseNetdev),
      chardevs: chardevs.map(parseChardev),
    };
    const onNotice = (text: string): void => {
      this.notices.push(text);
      this.#changed();
    };
    this.#backends = await Backends.open(settings, { live, onNotice });
    opened.push(this.#backends);
    for (const option of this.#backends.virtio) {
      if (option.device === "rng") continue;
      option.port.connect((bytes) => {
        this.received.push(bytes.slice());
        this.#changed();
      });
    }
  }

  send(bytes: Uint8Array): void {
    const option = this.#backends?.virtio[0];
    if (option?.device === "net") option.port.send(bytes);
    else if (option?.device === "console") option.port.output(bytes);
  }

  get listensOn(): number {
    return Number(/listens on port (\d+)/.exec(this.notices[0] ?? "")?.[1]);
  }

  get virtio() {
    return this.#backends?.virtio;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}

const net = (netdev: string): Words => ({ devices: ["virtio-net-device,netdev=n"], netdevs: [netdev] });
const frame = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill);

/** A frame may be lost while nobody is connected yet, so it is sent until it arrives. */
async function sendUntilSeen(from: Side, to: Side, bytes: Uint8Array): Promise<void> {
  const timer = setInterval(() => from.send(bytes), 20);
  await to.until(() => to.received.some((seen) => Buffer.compare(seen, bytes) === 0));
  clearInterval(timer);
}

async function listening(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer(onSocket);
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

test("two machines exchange frames of every size", async () => {
  const first = await Side.open(net("socket,id=n,listen=:0"));
  const second = await Side.open(net(`socket,id=n,connect=:${first.listensOn}`));
  await sendUntilSeen(second, first, frame(60, 1));
  const sizes = [1, 14, 59, 60, 1514, 1518, 9000];
  for (const size of sizes) first.send(frame(size, 2));
  await second.until(() => second.received.length === sizes.length);
  expect(second.received.map(({ length }) => length)).toEqual(sizes);
  expect(second.received.every((bytes) => bytes.every((byte) => byte === 2))).toBe(true);
});

test("a cable that was pulled can be plugged in again", async () => {
  const first = await Side.open(net("socket,id=n,listen=:0"));
  for (const fill of [1, 2]) {
    const second = await Side.open(net(`socket,id=n,connect=:${first.listensOn}`));
    await sendUntilSeen(second, first, frame(60, fill));
    opened.pop()?.close();
    first.received.length = 0;
  }
  first.send(frame(60, 3));
});

test("what is no stream of frames ends the connection, and says so", async () => {
  const port = await listening((socket) =>
    socket.on("error", () => undefined).write("GET / HTTP/1.0\r\n\r\n"),
  );
  const side = await Side.open(net(`socket,id=n,connect=:${port}`));
  await side.until(() => side.notices.length > 0);
  expect(side.notices).toEqual([
    "-netdev socket,id=n: what came in is no stream of frames; the connection is closed.",
  ]);
  expect(side.received).toEqual([]);
});

test("a console writes to a file, or to nowhere", async () => {
  const path = join(folder, "console");
  const chardevs = [`file,id=c,path=${path}`, "null,id=d"];
  const devices = ["virtio-serial-device", "virtconsole,chardev=c", "virtconsole,chardev=d"];
  const side = await Side.open({ devices, chardevs });
  side.send(new TextEncoder().encode("one\n"));
  side.send(new TextEncoder().encode("two\n"));
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(side.virtio).toHaveLength(2);
});

test("a console waits for somebody at its socket, and carries bytes both ways", async () => {
  const side = new Side();
  const opening = side.open({
    devices: ["virtconsole,chardev=c"],
    chardevs: ["socket,id=c,port=0,server=on"],
  });
  await side.until(() => side.notices.length > 0);
  const port = /waits for a connection to 127\.0\.0\.1:(\d+)$/.exec(side.notices[0] as string)?.[1];
  const socket = connect(Number(port), "127.0.0.1");
  await opening;
  socket.write("in");
  await side.until(() => Buffer.concat(side.received).toString() === "in");
  const answered = new Promise((resolve) => socket.once("data", resolve));
  side.send(new TextEncoder().encode("out"));
  const answer = await answered;
  expect(String(answer)).toBe("out");
  socket.destroy();
});

test("a replay has the same devices, and opens nothing", async () => {
  const words = { ...net("socket,id=n,connect=:1"), chardevs: ["file,id=c,path=/nowhere/at/all"] };
  const side = await Side.open(
    { ...words, devices: [...(words.devices ?? []), "virtconsole,chardev=c"] },
    false,
  );
  expect(side.virtio?.map(({ device }) => device)).toEqual(["net", "console"]);
  side.send(frame(60, 1));
});

test.each([
  [["-netdev", "socket,id=n,connect=:1"], 0],
  [["-device", "virtio-net-device,netdev=n"], /there is no -netdev with id=n that is still free/],
  [
    ["-netdev", "socket,id=n,connect=:1", "-device", "virtio-net-device,netdev=n"],
    /connection refused; start the other/,
  ],
  [
    ["-chardev", "file,id=c,path=/nowhere/f", "-device", "virtconsole,chardev=c"],
    /\/nowhere\/f': no such file/,
  ],
  [
    ["-netdev", "socket,id=n,listen=:0", "-device", "virtio-net-device,netdev=n,mac=1"],
    /no address of a network card/,
  ],
])("%s", async (words, outcome) => {
  const run = await runHartbeat("boot", ...words, "--max-cycles", "1");
  if (outcome === 0) expect(run.status).toBe(124);
  else expect(run).toMatchObject({ status: 1, stderr: expect.stringMatching(outcome as RegExp) });
});

requireTool("qemu-system-riscv64")("QEMU", () => {
  test("passes frames on from one machine of ours to another", async () => {
    const sides = [
      await Side.open(net("socket,id=n,listen=:0")),
      await Side.open(net("socket,id=n,listen=:0")),
    ];
    const [first, second] = sides as [Side, Side];
    const qemu = new Qemu([
      ...["-nodefaults", "-bios", "none"],
      ...[
        "-netdev",
        `socket,id=a,connect=127.0.0.1:${first.listensOn}`,
        "-netdev",
        "hubport,id=h,hubid=0,netdev=a",
      ],
      ...[
        "-netdev",
        `socket,id=b,connect=127.0.0.1:${second.listensOn}`,
        "-netdev",
        "hubport,id=i,hubid=0,netdev=b",
      ],
    ]);
    closers.push(() => qemu.kill());
    await sendUntilSeen(first, second, frame(1514, 5));
    await sendUntilSeen(second, first, frame(60, 6));
  });
});
