/**
 * Snapshot files: a line of text that names the format and its version, a digest of the rest, then the rest
 * compressed: the length of the header (u32), the header (named values as text), pages of memory, sectors of disks.
 */
import { PAGE_BYTES } from "../core/core.ts";
import { SECTOR_BYTES } from "../devices/virtio-blk.ts";
import { HartbeatError } from "../errors.ts";
import { decodeValue, encodeValue } from "./codec.ts";
import { compress, decompress } from "./compression.ts";
import { digestOf } from "./digest.ts";
import type { WrittenSectors } from "./journaled-disk.ts";
import type { MachineState } from "./machine-state.ts";

const VERSION = 3;
const MAGIC = "hartbeat snapshot ";
const FIRST_LINE = `${MAGIC}${VERSION}\n`;
const DIGEST_CHARACTERS = 32;

/** What a machine is built of. */
export interface MachineIdentity {
  readonly harts: number;
  readonly ramBytes: number;
  /** Digest of boot ROM, firmware, kernel, initial RAM disk and device tree as they are loaded. */
  readonly images: string;
  /** Digests of the disks as they were at first. */
  readonly drives: readonly string[];
  /** The other virtio devices, in words, in the order of their slots. */
  readonly virtio: readonly string[];
  /** What the real-time clock shows at cycle 0, in milliseconds since 1970. */
  readonly rtcBase: number;
}

export interface SnapshotContents {
  readonly identity: MachineIdentity;
  readonly state: MachineState;
  readonly ram: Uint8Array;
  readonly disks: readonly WrittenSectors[];
}

export interface LoadedSnapshot {
  readonly state: MachineState;
  /** Memory that is not zero; `address` counts from the start of RAM. */
  readonly pages: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly disks: readonly WrittenSectors[];
}

interface Header {
  readonly identity: MachineIdentity;
  readonly state: MachineState;
  /** Numbers of the pages that follow, as [first, count]. */
  readonly pages: readonly (readonly [number, number])[];
  /** Numbers of the sectors of each disk that follow. */
  readonly sectors: readonly (readonly number[])[];
}

/** Runs of pages that hold anything but zeros. */
function usedPages(ram: Uint8Array): [number, number][] {
  const words = new Uint32Array(ram.buffer, ram.byteOffset, ram.length / 4);
  const wordsPerPage = PAGE_BYTES / 4;
  const runs: [number, number][] = [];
  for (let page = 0; page * PAGE_BYTES < ram.length; page += 1) {
    let at = page * wordsPerPage;
    const end = at + wordsPerPage;
    while (at < end && words[at] === 0) at += 1;
    if (at === end) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === page) last[1] += 1;
    else runs.push([page, 1]);
  }
  return runs;
}

export async function writeSnapshot({ identity, state, ram, disks }: SnapshotContents): Promise<Uint8Array> {
  const pages = usedPages(ram);
  const sectors = disks.map((disk) => [...disk.keys()].sort((a, b) => a - b));
  const header = new TextEncoder().encode(encodeValue({ identity, state, pages, sectors } satisfies Header));
  const parts = [
    new Uint8Array(Uint32Array.of(header.length).buffer),
    header,
    ...pages.map(([first, count]) => ram.subarray(first * PAGE_BYTES, (first + count) * PAGE_BYTES)),
    ...disks.flatMap((disk, index) => (sectors[index] ?? []).map((sector) => disk.get(sector) as Uint8Array)),
  ];
  const body = await compress(joined(parts));
  return joined([new TextEncoder().encode(FIRST_LINE + digestOf(body)), body]);
}

/** Reads a file and checks that it is whole and fits a machine of this identity. Throws HartbeatError otherwise. */
export async function readSnapshot(file: Uint8Array, machine: MachineIdentity): Promise<LoadedSnapshot> {
  const bytes = await unpack(file);
  const length = bytes.length < 4 ? Number.POSITIVE_INFINITY : new DataView(bytes.buffer).getUint32(0, true);
  if (4 + length > bytes.length) damaged();
  const header = decodeValue(
    new TextDecoder().decode(bytes.subarray(4, 4 + length)),
    "The snapshot",
  ) as Header;
  checkIdentity(header.identity, machine);
  checkState(header, machine);
  let at = 4 + length;
  const take = (size: number): Uint8Array => {
    if (!(size >= 0) || at + size > bytes.length) damaged();
    at += size;
    return bytes.slice(at - size, at);
  };
  const pages = header.pages.map(([first, count]) => {
    if (!(first >= 0) || !((first + count) * PAGE_BYTES <= machine.ramBytes)) damaged();
    return { address: first * PAGE_BYTES, bytes: take(count * PAGE_BYTES) };
  });
  const disks = header.sectors.map((list) => new Map(list.map((sector) => [sector, take(SECTOR_BYTES)])));
  return { state: header.state, pages, disks };
}

async function unpack(file: Uint8Array): Promise<Uint8Array> {
  const start = new TextDecoder().decode(file.subarray(0, FIRST_LINE.length));
  if (!start.startsWith(MAGIC)) {
    throw new HartbeatError("The file is no snapshot of hartbeat; name one that --save has written.");
  }
  if (start !== FIRST_LINE) {
    const version = /^\d+/.exec(start.slice(MAGIC.length))?.[0];
    if (version === undefined || version === `${VERSION}`) damaged();
    throw new HartbeatError(
      `The snapshot has version ${version}, this hartbeat reads version ${VERSION}; take it again.`,
    );
  }
  const body = file.subarray(FIRST_LINE.length + DIGEST_CHARACTERS);
  const digest = new TextDecoder().decode(
    file.subarray(FIRST_LINE.length, FIRST_LINE.length + DIGEST_CHARACTERS),
  );
  if (digestOf(body) !== digest) damaged();
  try {
    return await decompress(body);
  } catch {
    return damaged();
  }
}

/** Says what differs between the machine of the file and the one at hand. */
export function checkIdentity(saved: MachineIdentity | undefined, machine: MachineIdentity): void {
  const refuse = (what: string): never => {
    throw new HartbeatError(`The saved machine has ${what}; start with what it was started with.`);
  };
  if (typeof saved !== "object" || !Array.isArray(saved.drives) || !Array.isArray(saved.virtio)) damaged();
  const { harts, ramBytes, images, drives, virtio, rtcBase } = saved as MachineIdentity;
  if (harts !== machine.harts) refuse(`${harts} harts, this one ${machine.harts}`);
  if (ramBytes !== machine.ramBytes)
    refuse(`${ramBytes / 2 ** 20} MiB of memory, this one ${machine.ramBytes / 2 ** 20}`);
  if (images !== machine.images) refuse("other firmware, kernel, initial RAM disk or arguments");
  if (drives.join() !== machine.drives.join()) refuse("other disks, or disks with other contents");
  if (virtio.join() !== machine.virtio.join())
    refuse(`these virtio devices besides disks: ${named(virtio)}; this one: ${named(machine.virtio)}`);
  if (rtcBase !== machine.rtcBase)
    refuse(`a clock that began at ${moment(rtcBase)}, this one at ${moment(machine.rtcBase)}`);
}

const named = (devices: readonly string[]): string => devices.join(", ") || "none";

function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? "no time" : date.toISOString().replace(/(\.000)?Z$/, "");
}

function checkState({ state, pages, sectors }: Header, { harts, drives }: MachineIdentity): void {
  const lists = [
    state?.core?.harts,
    state?.core?.models,
    state?.timing?.started,
    state?.events,
    state?.inputs,
    pages,
    sectors,
  ];
  const whole =
    lists.every(Array.isArray) && state.core.harts.length === harts && sectors.length === drives.length;
  if (!whole || typeof state.console?.output !== "string" || typeof state.devices !== "object") damaged();
}

function damaged(): never {
  throw new HartbeatError("The snapshot is damaged or cut short; take it again.");
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
