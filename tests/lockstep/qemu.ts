/** The program on QEMU, which logs the state before every instruction; the log is read while it is written. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RAM_BYTES } from "./map.ts";
import type { Program } from "./program.ts";
import { CSR_SLOTS, newState, PRIV, type State, X0 } from "./state.ts";

/** The extensions that our machine has not, switched off, and the others on; identification registers of 0, like ours. */
const OFF = ["h", "v", "debug"];
const ON = ["Zfhmin", "sstc", "svinval", "svnapot", "svpbmt"];
const CPU = [
  "rv64",
  ...OFF.map((name) => `${name}=false`),
  ...ON.map((name) => `${name}=true`),
  "marchid=0",
  "mimpid=0",
].join(",");

/** A translation for a machine with several harts. */
const CF_PARALLEL = 0x8_0000;
/** `Trace 0: 0x0 [` and the digits of cs_base, pc, flags, cflags. */
const HEADER_LEAST = 66;

const NEWLINE = 10;
const SLASH = 0x2f;
/** Bytes of one line ` name     0123456789abcdef`. */
const CSR_LINE = 27;
/** Bytes of one ` x1/ra    0123456789abcdef`, four to a line. */
const REGISTER = 26;
const REGISTER_LINE = 4 * REGISTER + 1;
const BODY = CSR_SLOTS.length * CSR_LINE + 16 * REGISTER_LINE;

/** Where the digits of each slot begin in a record. */
const DIGITS = Array.from({ length: X0 + 64 }, (_, index) => {
  if (index < X0) return index * CSR_LINE + 10;
  const register = index - X0;
  return X0 * CSR_LINE + Math.floor(register / 4) * REGISTER_LINE + (register % 4) * REGISTER + 10;
});

const SATP = CSR_SLOTS.indexOf("satp");
/** Where satp's line has the first letter of its name. */
const SATP_NAME = SATP * CSR_LINE + 1;

const VALUES = new Uint8Array(128);
for (let digit = 0; digit < 16; digit++) VALUES[digit.toString(16).charCodeAt(0)] = digit;

function hex32(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 8; i++) value = (value << 4) | (VALUES[bytes[at + i] as number] as number);
  return value >>> 0;
}

/** Cuts the log into states. A record is one line `Trace 0: host [cs_base/pc/flags/cflags]`, then the registers. */
class LogParser {
  readonly #state = newState();
  #rest = Buffer.alloc(0);
  #checked = false;
  #pending = false;
  readonly #onState: (state: State) => boolean;

  /** `onState` gets every state, in a buffer that is used again, and says whether to go on. */
  constructor(onState: (state: State) => boolean) {
    this.#onState = onState;
  }

  /** False when no more is wanted. */
  push(chunk: Buffer): boolean {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, at);
      if (end < 0) break;
      const first = data[at];
      if (first === 0x53) {
        // "Stopped execution of TB chain before": the instruction just logged was not executed, and will be logged again.
        this.#pending = false;
        at = end + 1;
        continue;
      }
      if (first !== 0x54) throw new Error(`QEMU says: ${data.toString("utf8", at, end)}`);
      if (data.length < end + 1 + BODY + 1) break;
      const repeated = !this.#parallel(data, at, end);
      if (!repeated && !this.#flush()) return false;
      at = this.#parse(data, at, end + 1);
    }
    this.#rest = Buffer.from(data.subarray(at));
    return true;
  }

  /**
   * An atomic that needs the machine to itself is logged again when it is executed so, by a translation without
   * CF_PARALLEL. `[cs_base/pc/flags/cflags] ` ends the line.
   */
  #parallel(data: Buffer, at: number, end: number): boolean {
    const cflags = hex32(data, data.lastIndexOf(SLASH, end) + 1);
    if (at + HEADER_LEAST > end) throw new Error(`QEMU says: ${data.toString("utf8", at, end)}`);
    return (cflags & CF_PARALLEL) !== 0;
  }

  /** Hands on the last state, at the end of the log. */
  end(): void {
    this.#flush();
  }

  #flush(): boolean {
    if (!this.#pending) return true;
    this.#pending = false;
    return this.#onState(this.#state);
  }

  /** Reads one record, returns where it ends. While satp is inaccessible (TVM) its line is missing; it keeps its value. */
  #parse(data: Buffer, header: number, body: number): number {
    if (!this.#checked) this.#check(data.subarray(body, body + BODY));
    const slash = data.indexOf(SLASH, data.indexOf(SLASH, header) + 1);
    this.#state[PRIV] = hex32(data, slash + 1) & 3;
    const missing = data[body + SATP_NAME] === 0x73 ? 0 : CSR_LINE;
    for (let index = 0; index < DIGITS.length; index++) {
      if (index === SATP && missing > 0) continue;
      const at = body + (DIGITS[index] as number) - (index > SATP ? missing : 0);
      this.#state[2 * index + 1] = hex32(data, at);
      this.#state[2 * index] = hex32(data, at + 8);
    }
    this.#pending = true;
    return body + BODY - missing;
  }

  /** The log's form belongs to one version of QEMU; another may print other registers. */
  #check(record: Buffer): void {
    const words = record.toString("latin1").split(/\s+/).filter(Boolean);
    const names = words.filter((_, index) => index % 2 === 0);
    if (
      CSR_SLOTS.some((name, index) => names[index] !== name) ||
      names[X0 + 31] !== "x31/t6" ||
      names[X0 + 63] !== "f31/ft11"
    ) {
      throw new Error(`this QEMU logs other registers: ${names.join(" ")}`);
    }
    this.#checked = true;
  }
}

/** Runs QEMU on the program until `onState` returns false, it powers off, or nothing was logged for `quietMs`. */
export async function runQemu(
  qemu: string,
  program: Program,
  onState: (state: State) => boolean,
  quietMs = 10_000,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hartbeat-lockstep-"));
  const [image, log] = [join(folder, "image"), join(folder, "log")];
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    writeFileSync(image, program.image);
    execFileSync("mkfifo", [log]);
    // With maxcpus=2 atomics are executed as atomics, which fault as the manual says.
    const options = `-M virt -cpu ${CPU} -smp 1,maxcpus=2 -m ${RAM_BYTES >> 20}M -display none -serial none -monitor none`;
    const logging = `-singlestep -d nochain,exec,cpu,fpu -D ${log} -bios ${image}`;
    child = spawn(qemu, `${options} ${logging}`.split(" "), { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    const stream = createReadStream(log, { highWaterMark: 1 << 18 });
    const stop = (): void => {
      stream.destroy();
      child?.kill("SIGKILL");
    };
    child.on("error", stop);
    child.on("exit", () => {
      if (stream.bytesRead === 0) stream.destroy();
    });
    const parser = new LogParser(onState);
    let quiet = false;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        quiet = true;
        stop();
      }, quietMs);
    };
    watch();
    try {
      for await (const chunk of stream) {
        watch();
        if (!parser.push(chunk as Buffer)) {
          stop();
          return;
        }
      }
    } catch (error) {
      if (!quiet && said === "") throw error;
    }
    parser.end();
    if (said !== "" && stream.bytesRead === 0) throw new Error(`QEMU says: ${said.trim()}`);
  } finally {
    clearTimeout(timer);
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
