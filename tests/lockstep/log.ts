/** Reads QEMU's log: cuts it into the states that it holds. */
import { CSR_SLOTS, newState, PRIV, type State, X0 } from "./state.ts";

/** `Trace 0: 0x0 [` and the digits of cs_base, pc, flags, cflags. */
const HEADER_LEAST = 66;
/** In cflags: the translation is for a machine with several processors. */
const CF_PARALLEL = 0x8_0000;
const NEWLINE = 10;
const SLASH = 0x2f;
/** First letters of the lines `Trace ...`, `Stopped execution of TB chain before ...` and `cpu_io_recompile: rewound ...`. */
const [TRACE, STOPPED, REWOUND] = [0x54, 0x53, 0x63] as const;
const SMALL_S = 0x73;
/** Bytes of one line ` name     0123456789abcdef`. */
const CSR_LINE = 27;
/** Bytes of one ` x1/ra    0123456789abcdef`, four to a line. */
const REGISTER = 26;
const REGISTER_LINE = 4 * REGISTER + 1;
const BODY = CSR_SLOTS.length * CSR_LINE + 16 * REGISTER_LINE;

/** Where the digits of each slot begin in a record. */
const DIGITS = Int32Array.from({ length: X0 + 64 }, (_, index) => {
  if (index < X0) return index * CSR_LINE + 10;
  const register = index - X0;
  return X0 * CSR_LINE + Math.floor(register / 4) * REGISTER_LINE + (register % 4) * REGISTER + 10;
});

const SATP = CSR_SLOTS.indexOf("satp");
/** Where satp's line has the first letter of its name. */
const SATP_NAME = SATP * CSR_LINE + 1;

/**
 * Gets every state, in a buffer that is used again, and says whether to go on. `again`: nothing may have happened since
 * the one before.
 */
export type OnState = (state: State, again: boolean) => boolean;

/** The value of four digits: their nibbles side by side in a word, then drawn together. */
function hex16(text: DataView, at: number): number {
  const word = text.getUint32(at);
  const nibbles = (word & 0x0f0f0f0f) + ((word >>> 6) & 0x01010101) * 9;
  const bytes = (nibbles | (nibbles >>> 4)) & 0x00ff00ff;
  return (bytes | (bytes >>> 8)) & 0xffff;
}

const hex32 = (text: DataView, at: number): number => ((hex16(text, at) << 16) | hex16(text, at + 4)) >>> 0;

/** A record is one line `Trace 0: host [cs_base/pc/flags/cflags] symbol`, then the registers. */
export class LogParser {
  readonly #state = newState();
  readonly #onState: OnState;
  #checked = false;
  /** The next record may be of what was logged before. */
  #again = false;
  #parallel = false;
  /** No more is wanted. */
  done = false;

  constructor(onState: OnState) {
    this.#onState = onState;
  }

  /** Reads the whole records that `data` begins with, and returns how many bytes they are. Throws when this is not such a log. */
  read(data: Buffer): number {
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    let at = 0;
    while (!this.done) {
      const end = data.indexOf(NEWLINE, at);
      if (end < 0) break;
      // They say of the block logged last that it was not executed yet, or not to its end.
      if (data[at] === STOPPED || data[at] === REWOUND) {
        this.#again = true;
        at = end + 1;
        continue;
      }
      if (data[at] !== TRACE || at + HEADER_LEAST > end)
        throw new Error(`QEMU says: ${data.toString("utf8", at, end)}`);
      const body = end + 1;
      if (data.length < body + BODY) break;
      if (!this.#checked) this.#check(data.subarray(body, body + BODY));
      const flags = data.indexOf(SLASH, data.indexOf(SLASH, at) + 1) + 1;
      this.#state[PRIV] = hex32(view, flags) & 3;
      // An atomic that needs the machine to itself is logged again when it is executed so.
      const parallel = (hex32(view, data.lastIndexOf(SLASH, end) + 1) & CF_PARALLEL) !== 0;
      this.#parallel ||= parallel;
      at = this.#parse(view, body);
      this.done = !this.#onState(this.#state, this.#again || parallel !== this.#parallel);
      this.#again = false;
    }
    return at;
  }

  /** Reads the registers, returns where they end. While satp is inaccessible (TVM) its line is missing; it keeps its value. */
  #parse(view: DataView, body: number): number {
    const state = this.#state;
    const missing = view.getUint8(body + SATP_NAME) === SMALL_S ? 0 : CSR_LINE;
    for (let index = 0; index < DIGITS.length; index++) {
      if (index === SATP && missing > 0) continue;
      const at = body + (DIGITS[index] as number) - (index > SATP ? missing : 0);
      state[2 * index + 1] = hex32(view, at);
      state[2 * index] = hex32(view, at + 8);
    }
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
