/** The program on QEMU, which logs its state before every block of instructions, or before every one; the log is read while it is written. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PATIENCE_MS } from "../tools/patience.ts";
import { CLOCK_SHIFT } from "./clock.ts";
import { LogParser, type OnState } from "./log.ts";
import { RAM_BYTES } from "./map.ts";
import type { Program } from "./program.ts";

/** The extensions that our machine has not, switched off, and the others on; identification registers of 0, like ours. */
const OFF = ["h", "v", "debug"];
const ON = ["Zfhmin", "sstc", "svinval", "svnapot", "svpbmt"];
export const CPU = [
  "rv64",
  ...OFF.map((name) => `${name}=false`),
  ...ON.map((name) => `${name}=true`),
  "marchid=0",
  "mimpid=0",
].join(",");

/** With maxcpus=2 atomics are executed as atomics, which fault as the manual says. */
const MACHINE = `-M virt,memory-backend=ram -cpu ${CPU} -smp 1,maxcpus=2 -m ${RAM_BYTES >> 20}M -display none -serial none -monitor none`;
/** Time is counted in instructions, so that the timer interrupts the same one in every run. */
const CLOCKED = `-icount shift=${CLOCK_SHIFT},sleep=off`;

/** Before what QEMU logs its state: its blocks of instructions outside of handlers' insides, or each instruction. */
export type Grain = "block" | "instruction";

/** `-dfilter` for all addresses but those of handlers: most blocks would be theirs. */
function filter(handlers: Program["handlers"]): string {
  const edges = [0n, ...handlers.flat().map(BigInt), 1n << 64n];
  const ranges: string[] = [];
  for (let at = 0; at < edges.length; at += 2) {
    const [first, end] = [edges[at] as bigint, edges[at + 1] as bigint];
    if (end > first) ranges.push(`0x${first.toString(16)}..0x${(end - 1n).toString(16)}`);
  }
  return `-dfilter ${ranges.join(",")}`;
}

/** Room for what a pipe holds and the beginning of a record. */
const BUFFER_BYTES = 1 << 18;

/** How long the pipe may fill. */
const PAUSE_MS = 0.1;
const NEVER_WOKEN = new Int32Array(new SharedArrayBuffer(4));

/** Hands what comes through the pipe at `path` to the parser, until it is done or the other end is closed. */
async function readLog(path: string, parser: LogParser, onProgress: () => void): Promise<void> {
  const pipe = await open(path, "r");
  try {
    const buffer = Buffer.alloc(BUFFER_BYTES);
    let filled = 0;
    while (!parser.done) {
      const { bytesRead } = await pipe.read(buffer, filled, BUFFER_BYTES - filled);
      if (bytesRead === 0) return;
      onProgress();
      filled += bytesRead;
      // Many small reads would cost more than what they read.
      if (bytesRead < BUFFER_BYTES / 8) Atomics.wait(NEVER_WOKEN, 0, 0, PAUSE_MS);
      const used = parser.read(buffer.subarray(0, filled));
      buffer.copyWithin(0, used, filled);
      filled -= used;
    }
  } finally {
    await pipe.close();
  }
}

/** Lets a reader that waits for somebody to write to the pipe see its end. */
function release(path: string): void {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Nobody reads.
  }
}

/** Runs QEMU on the program until `onState` returns false or it powers off; then its memory is returned. */
export async function runQemu(
  qemu: string,
  program: Program,
  grain: Grain,
  onState: OnState,
): Promise<Buffer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-lockstep-"));
  const [image, log, ram] = ["image", "log", "ram"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    writeFileSync(image, program.image);
    execFileSync("mkfifo", [log]);
    const logging = `${grain === "instruction" ? "-singlestep" : filter(program.handlers)} -d nochain,exec,cpu,fpu -D ${log} -bios ${image}`;
    const memory = `-object memory-backend-file,id=ram,size=${RAM_BYTES >> 20}M,mem-path=${ram},share=on`;
    const options = `${MACHINE} ${memory} ${program.clocked ? CLOCKED : ""} ${logging}`
      .split(" ")
      .filter(Boolean);
    child = spawn(qemu, options, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    child.on("error", (error) => {
      said += error.message;
      release(log);
    });
    child.on("exit", () => release(log));
    const parser = new LogParser(onState);
    let quiet = false;
    let progress = false;
    const watch = (): void => {
      progress = true;
      clearTimeout(timer);
      timer = setTimeout(() => {
        quiet = true;
        child?.kill("SIGKILL");
      }, PATIENCE_MS);
    };
    watch();
    progress = false;
    await readLog(log, parser, watch);
    if (quiet) throw new Error(`program ${program.seed} does not go on on QEMU`);
    if (!progress) throw new Error(`QEMU says: ${said.trim()}`);
    return parser.done ? undefined : readFileSync(ram);
  } finally {
    clearTimeout(timer);
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
