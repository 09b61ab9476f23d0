/** Our kernel on our machine or on QEMU, and a shell in it: commands in, output and status out. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { type CpioEntry, writeCpio } from "../../host/boot/cpio.ts";
import { FileDisk, Machine } from "../../host/node/index.ts";
import { IMAGE } from "../boot/images.ts";
import { lastLines } from "./patience.ts";
import { Qemu } from "./qemu.ts";
import { requireTool } from "./require-tool.ts";

/** What a test talks to: the console of either machine. */
export interface Guest {
  /** All that was written since power-on. */
  readonly output: string;
  send(text: string): void;
  expect(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits until the machine has been switched off from inside; gives its exit status. */
  ended(): Promise<number | null>;
  dispose(): void;
}

export interface GuestOptions {
  /** The RAM disk: archives, one behind the other; none: no RAM disk. */
  readonly initrd: readonly Uint8Array[];
  /** A disk image: the machine's /dev/vda. What the guest writes is in the file at once. */
  readonly disk?: string;
  readonly append?: string;
}

/** Where kernel tests run: the same image everywhere. */
const PLACES = [
  { machine: "hartbeat", harts: 1 },
  { machine: "hartbeat", harts: 4 },
  { machine: "QEMU", harts: 4 },
] as const;
export type Place = { readonly machine: (typeof PLACES)[number]["machine"]; readonly harts: number };

/** `describe` for each place; QEMU must be there for its own. */
export function describeInEachPlace(
  title: string,
  tests: (place: Place) => void,
  places: readonly Place[] = PLACES,
): void {
  for (const place of places) {
    const group = place.machine === "QEMU" ? requireTool("qemu-system-riscv64", "opensbi") : describe;
    group(`${title}, on ${place.machine} with -smp ${place.harts}`, () => tests(place));
  }
}

const RAM_MIB = 128;
const VIRTIO_DISK = ["-device", "virtio-blk-device,drive=disk", "-global", "virtio-mmio.force-legacy=false"];
/** For the machine to switch off, in cycles. */
const LAST_CYCLES = 5_000_000_000;

async function bootHartbeat(
  harts: number,
  initrd: Uint8Array,
  { append, disk }: GuestOptions,
): Promise<Guest> {
  const machine = await Machine.create({
    harts,
    ramBytes: RAM_MIB * 2 ** 20,
    kernel: IMAGE,
    ...(initrd.length > 0 && { initrd: { name: "RAM disk of the test", bytes: initrd } }),
    ...(append && { append }),
    ...(disk && { drives: [new FileDisk({ file: disk, readonly: false })] }),
  });
  return {
    get output() {
      return machine.console.output;
    },
    send: (text) => machine.console.send(text),
    expect: (pattern) => machine.console.expect(pattern),
    ended: async () => {
      machine.run({ cycles: LAST_CYCLES });
      return machine.halted && "status" in machine.halted ? machine.halted.status : null;
    },
    dispose: () => machine.dispose(),
  };
}

function bootQemu(harts: number, initrd: Uint8Array, { append, disk }: GuestOptions): Guest {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-guest-"));
  const file = join(folder, "initrd");
  writeFileSync(file, initrd);
  const qemu = new Qemu([
    ...["-smp", String(harts), "-m", `${RAM_MIB}M`, "-kernel", IMAGE],
    ...(initrd.length > 0 ? ["-initrd", file] : []),
    ...(append ? ["-append", append] : []),
    ...(disk ? ["-drive", `file=${disk},if=none,format=raw,id=disk`, ...VIRTIO_DISK] : []),
  ]);
  return {
    get output() {
      return qemu.output;
    },
    send: (text) => qemu.send(text),
    expect: (pattern) => qemu.expect(pattern),
    ended: () => qemu.end(),
    dispose: () => {
      qemu.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Powers on. */
export async function bootGuest({ machine, harts }: Place, options: GuestOptions): Promise<Guest> {
  const bytes = new Uint8Array(Buffer.concat(options.initrd));
  return machine === "QEMU" ? bootQemu(harts, bytes, options) : bootHartbeat(harts, bytes, options);
}

/** An archive with the folders that its files lie in. */
export function archive(entries: readonly CpioEntry[]): Uint8Array {
  const folders = new Set(
    entries.flatMap(({ path }) => {
      const parts = path.split("/").slice(0, -1);
      return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
    }),
  );
  for (const { path } of entries) folders.delete(path);
  const missing = [...folders].sort().map((path) => ({ kind: "directory", path }) as const);
  return writeCpio([...missing, ...entries]);
}

export const program = (path: string, bytes: Uint8Array): CpioEntry => ({
  kind: "file",
  path,
  bytes,
  executable: true,
});
export const folder = (path: string): CpioEntry => ({ kind: "directory", path });
export const script = (path: string, text: string): CpioEntry =>
  program(path, new TextEncoder().encode(text));

/**
 * What the kernel says may stand between any two characters that programs write: they wait in the terminal's buffer
 * until an interrupt sends them, and a CPU that QEMU's host keeps waiting takes its interrupts late.
 */
const SAID = String.raw`(?:\[ *\d+\.\d+\] [^\n]*\n)*`;
const ECHOED = ["=", '"', "\\r", "\\n"].join(SAID);
const ANSWERED = ["=", "((?:\\d", ")+)=", "\\r", "\\n"].join(SAID);
const PROMPTED = new RegExp(`${ANSWERED}[^]*?#${SAID} `);
const ANSWER = new RegExp(`${ECHOED}([^]*)${ANSWERED}`);

/** A shell that waits for commands. Its prompt ends with "# "; busybox asks for the cursor's place behind it. */
export class Shell {
  readonly guest: Guest;

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** Waits for the first prompt. */
  static async on(guest: Guest): Promise<Shell> {
    await guest.expect(/# /);
    return new Shell(guest);
  }

  /** Logs in as root, on a terminal that is wide enough for any line. */
  static async login(guest: Guest): Promise<Shell> {
    await guest.expect(/login: /);
    guest.send("root\n");
    const shell = await Shell.on(guest);
    await shell.run("stty columns 1000");
    return shell;
  }

  /** Runs a command line, whose status must be `status`; gives what it wrote. */
  async run(command: string, status = 0): Promise<string> {
    const from = this.guest.output.length;
    // The echo of the command has the dollar sign where the answer has a number. What lies between is the output.
    this.guest.send(`${command}; echo "=$?="\n`);
    await this.guest.expect(PROMPTED);
    const answer = ANSWER.exec(this.guest.output.slice(from));
    if (!answer) throw new Error(`no echo of '${command}' in:\n${lastLines(this.guest.output.slice(from))}`);
    const [, written = "", digits = ""] = answer;
    const output = written.replace(/\r/g, "");
    const ended = Number(digits.replace(new RegExp(SAID, "g"), ""));
    if (ended !== status)
      throw new Error(`'${command}' ended with status ${ended} after writing:\n${lastLines(output)}`);
    return output;
  }
}
