/**
 * The part of the page's address behind `#`: where the run stands. `#run=` is a recording, `#state=` a snapshot, both
 * packed; `#cycle=N` and `#at=PLACE` (a symbol, an address, file:line) are for people to write.
 */
import { HartbeatError } from "../host/errors.ts";
import { compress, decompress } from "../host/snapshot/compression.ts";
import type { Beginning } from "./protocol.ts";

/** Longer addresses do not pass through every program. */
const LONGEST = 32_000;

function toText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromText(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
}

/** The fragment, with its #; undefined when it would be too long for a link. */
export async function fragmentOf(beginning: Beginning): Promise<string | undefined> {
  const packed = async (): Promise<string> => {
    switch (beginning.kind) {
      case "recording":
        return `#run=${toText(await compress(new TextEncoder().encode(beginning.text)))}`;
      case "snapshot":
        return `#state=${toText(beginning.bytes)}`;
      case "cycle":
        return `#cycle=${beginning.cycle}`;
      case "place":
        return `#at=${encodeURIComponent(beginning.where)}`;
    }
  };
  const fragment = await packed();
  return fragment.length <= LONGEST ? fragment : undefined;
}

/** What a fragment asks for; undefined when it asks for nothing. Throws HartbeatError when it is broken. */
export async function beginningOf(fragment: string): Promise<Beginning | undefined> {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const [run, state] = [parameters.get("run"), parameters.get("state")];
  const [cycle, where] = [parameters.get("cycle"), parameters.get("at")];
  try {
    if (run !== null) {
      return { kind: "recording", text: new TextDecoder().decode(await decompress(fromText(run))) };
    }
    if (state !== null) return { kind: "snapshot", bytes: fromText(state) };
  } catch {
    throw new HartbeatError("The link is damaged or cut short: copy it again, whole.");
  }
  if (cycle !== null) {
    if (!/^\d{1,15}$/.test(cycle)) throw new HartbeatError(`#cycle=${cycle}: give a number of guest cycles.`);
    return { kind: "cycle", cycle: Number(cycle) };
  }
  return where === null ? undefined : { kind: "place", where };
}
