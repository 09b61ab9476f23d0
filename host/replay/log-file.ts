/**
 * Recorded runs: a line that names the format and its version, a digest of the rest, and named values as text: what
 * the machine was built of, what came in and where, and where the run ended in which state.
 */
import { HartbeatError } from "../errors.ts";
import { decodeValue, encodeValue } from "../snapshot/codec.ts";
import { Digest } from "../snapshot/digest.ts";
import { checkIdentity, type MachineIdentity } from "../snapshot/snapshot-file.ts";
import { isLoggedInput, type LoggedInput } from "./input-log.ts";
import { isPosition, type Position } from "./position.ts";

const MAGIC = "hartbeat log ";
const VERSION = 2;

export interface RecordedRun {
  readonly identity: MachineIdentity;
  /** `power-on`, or the digest of the snapshot from which the run went on. */
  readonly origin: string;
  readonly inputs: readonly LoggedInput[];
  readonly end: { readonly at: Position; readonly state: string };
  /** How the machine was started: whatever the recorder wants to find again. */
  readonly arguments?: unknown;
}

export function writeLog(run: RecordedRun): string {
  const body = encodeValue(run);
  return `${MAGIC}${VERSION}\n${new Digest().text(body).hex()}\n${body}\n`;
}

/** Throws HartbeatError unless the text is a whole recording. */
export function readLog(text: string): RecordedRun {
  const [first = "", digest, body = ""] = text.split("\n");
  if (!first.startsWith(MAGIC)) {
    throw new HartbeatError("The file is no recording of hartbeat; name one that --record has written.");
  }
  if (first !== `${MAGIC}${VERSION}`) {
    const version = /^\d+$/.exec(first.slice(MAGIC.length))?.[0];
    if (version === undefined) damaged();
    throw new HartbeatError(
      `The recording has version ${version}, this hartbeat reads version ${VERSION}; record it again.`,
    );
  }
  if (new Digest().text(body).hex() !== digest) damaged();
  const run = decodeValue(body, "The recording") as Partial<RecordedRun> | null;
  const inputs: readonly unknown[] | undefined = Array.isArray(run?.inputs) ? run.inputs : undefined;
  if (!inputs?.every((entry, index) => isLoggedInput(entry) && entry.at.inputs === index)) damaged();
  const { at, state } = (run?.end ?? {}) as Partial<RecordedRun["end"]>;
  if (typeof state !== "string" || !isPosition(at) || at.inputs !== inputs?.length) damaged();
  return run as RecordedRun;
}

/** Throws HartbeatError unless the run began on such a machine, in such a state. */
export function checkRun(run: RecordedRun, machine: MachineIdentity, origin: string): void {
  checkIdentity(run.identity, machine);
  if (run.origin === origin) return;
  throw new HartbeatError(
    run.origin === "power-on"
      ? "The recording begins at power-on; replay it on a machine that has not run."
      : "The recording goes on from a snapshot; load the same one with --load first.",
  );
}

function damaged(): never {
  throw new HartbeatError("The recording is damaged or cut short; record it again.");
}
