/** The files beside the page: core, firmware, kernel and root file system, fetched once and kept for a reset. */
import { HartbeatError } from "../../host/errors.ts";
import type { GuestFile, GuestFiles, GuestUrls } from "../protocol.ts";

export interface Images {
  readonly wasm: WebAssembly.Module;
  readonly firmware: GuestFile;
  readonly kernel: GuestFile;
  readonly initrd: GuestFile;
}

const NAMES = ["core.wasm", "firmware.elf", "vmlinux", "initramfs.cpio"] as const;

async function open(name: string): Promise<Response> {
  const response = await fetch(name).catch(() => undefined);
  if (response?.ok) return response;
  const why = response ? `the server answered ${response.status}` : "the server cannot be reached";
  throw new HartbeatError(`Cannot load ${name}: ${why}; reload the page, or see that the file is beside it.`);
}

async function read(response: Response, onBytes: (count: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    pieces.push(next.value);
    onBytes(next.value.length);
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

type OnProgress = (loaded: number, total: number) => void;

/** Fetches files that the address of the page names. */
export async function fetchGuestFiles(urls: GuestUrls, onProgress: OnProgress): Promise<GuestFiles> {
  const files = Object.entries(urls).map(async ([role, url]) => {
    const response = await open(url);
    const total = Number(response.headers.get("content-length") ?? 0);
    let loaded = 0;
    const bytes = await read(response, (count) => {
      loaded += count;
      onProgress(loaded, total);
    });
    return [role, { name: url, bytes }] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

/** Fetches all; `onProgress` hears of bytes that have come, of how many there will be. */
export async function fetchImages(onProgress: OnProgress): Promise<Images> {
  const responses = await Promise.all(NAMES.map(open));
  const total = responses.reduce((sum, { headers }) => sum + Number(headers.get("content-length") ?? 0), 0);
  let loaded = 0;
  const files = await Promise.all(
    responses.map((response) =>
      read(response, (count) => {
        loaded += count;
        onProgress(loaded, total);
      }),
    ),
  );
  const [core, firmware, kernel, initrd] = files as [
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>,
  ];
  return {
    wasm: await WebAssembly.compile(core),
    firmware: { name: NAMES[1], bytes: firmware },
    kernel: { name: NAMES[2], bytes: kernel },
    initrd: { name: NAMES[3], bytes: initrd },
  };
}

/** A line table, which is fetched only when somebody wants to see source lines. */
export async function fetchLineTable(image: "vmlinux" | "firmware"): Promise<Uint8Array | undefined> {
  const response = await fetch(`${image}.lines`).catch(() => undefined);
  return response?.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
}

/** zlib's format, by the browser's own means. */
export async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
