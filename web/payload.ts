/** What a browser fetches: to come to the login prompt, and later for what the user opens; and how much there may be. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const AT_START = [
  "index.html",
  "style.css",
  "page.js",
  "worker.js",
  "core.wasm",
  "firmware.elf",
  "vmlinux",
  "initramfs.cpio",
] as const;

/** Pieces of the page and line tables that are fetched when they are needed. */
const LATER = /^(?!page\.js|worker\.js|hartbeat-machine\.js).*\.(js|lines)$/;
/** What the bundler adds to the names of pieces. */
const BUILD_TAG = /-[A-Z0-9]{8}(?=\.js$)/;

/** Bytes after gzip, all files together. */
export const PAYLOAD_LIMIT = 1_200_000;

export interface PayloadRow {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
}

function rowOf(folder: string, name: string): PayloadRow {
  const content = readFileSync(join(folder, name));
  const gzipped = gzipSync(content, { level: 9 }).length;
  return { name: name.replace(BUILD_TAG, ""), bytes: content.length, gzipped };
}

function sumOf(name: string, rows: readonly PayloadRow[]): PayloadRow {
  const sum = (key: "bytes" | "gzipped"): number => rows.reduce((total, row) => total + row[key], 0);
  return { name, bytes: sum("bytes"), gzipped: sum("gzipped") };
}

/** The files in `folder` with their sizes, and sums; the last row is the sum of all. */
export function measurePayload(folder: string): PayloadRow[] {
  const start = AT_START.map((name) => rowOf(folder, name));
  const later = readdirSync(folder)
    .filter((name) => LATER.test(name))
    .map((name) => rowOf(folder, name));
  return [...start, sumOf("to the prompt", start), ...later, sumOf("in all", [...start, ...later])];
}

export function printPayload(rows: readonly PayloadRow[]): string {
  const cell = (value: number): string => value.toLocaleString("en").padStart(11);
  const lines = rows.map(({ name, bytes, gzipped }) => `${name.padEnd(17)}${cell(bytes)}${cell(gzipped)}`);
  return ["the page                bytes    gzipped", ...lines, ""].join("\n");
}
