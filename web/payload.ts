/** What a browser fetches to come to the login prompt, and how much of it there may be. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export const PAYLOAD_FILES = [
  "index.html",
  "style.css",
  "page.js",
  "worker.js",
  "core.wasm",
  "firmware.elf",
  "vmlinux",
  "initramfs.cpio",
] as const;

/** Bytes after gzip, all files together. */
export const PAYLOAD_LIMIT = 1_200_000;

export interface PayloadRow {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** The files in `folder` with their sizes; the last row has the sums. */
export function measurePayload(folder: string): PayloadRow[] {
  const rows = PAYLOAD_FILES.map((name) => {
    const content = readFileSync(join(folder, name));
    return { name, bytes: content.length, gzipped: gzipSync(content, { level: 9 }).length };
  });
  const sum = (key: "bytes" | "gzipped"): number => rows.reduce((total, row) => total + row[key], 0);
  return [...rows, { name: "in all", bytes: sum("bytes"), gzipped: sum("gzipped") }];
}

export function printPayload(rows: readonly PayloadRow[]): string {
  const cell = (value: number): string => value.toLocaleString("en").padStart(11);
  const lines = rows.map(({ name, bytes, gzipped }) => `${name.padEnd(15)}${cell(bytes)}${cell(gzipped)}`);
  return ["the page              bytes    gzipped", ...lines, ""].join("\n");
}
