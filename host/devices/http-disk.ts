/**
 * A disk image on a web server, read piece by piece with range requests (RFC 9110, section 14) when the guest wants it. What has
 * come stays, so that a machine that goes back finds it again. The guest's time knows nothing of the network: a request of the
 * guest ends when it always would, and until its data are here the whole machine stands still (`prepare`, `pending`).
 */
import { HartbeatError } from "../errors.ts";
import { type BlockBackend, SECTOR_BYTES } from "./virtio-blk.ts";

/** What is used of the answer to a request; the hosts' own `fetch` gives it. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

export type HttpFetch = (
  url: string,
  request: { readonly headers: Readonly<Record<string, string>> },
) => Promise<HttpResponse>;

export interface HttpDiskOptions {
  readonly url: string;
  readonly fetch: HttpFetch;
  /** Milliseconds before a request that failed is made again; after the last of them it has failed for good. */
  readonly retryMs?: readonly number[];
}

/** The unit of what is asked for and kept, and the most that one request asks for. */
const BLOCK_BYTES = 128 * 1024;
const REQUEST_BLOCKS = 8;
const RETRY_MS = [500, 1000, 2000, 4000];

const PARTIAL_CONTENT = 206;
const SERVER_ERRORS = 500;

/** An answer that another attempt may better. */
class Passing extends Error {}

interface Piece {
  readonly bytes: Uint8Array;
  /** Size of the whole image, and what tells one version of it from another. */
  readonly size: number;
  readonly version: string;
}

export class HttpDisk implements BlockBackend {
  readonly readOnly = true;
  readonly sectors: number;
  /** Stands for the contents, which are never read as a whole. */
  readonly identity: string;
  readonly #options: HttpDiskOptions;
  readonly #size: number;
  readonly #version: string;
  readonly #blocks = new Map<number, Uint8Array>();
  readonly #loads = new Map<number, Promise<void>>();
  #failure: HartbeatError | undefined;

  private constructor(options: HttpDiskOptions, first: Piece) {
    this.#options = options;
    this.#size = first.size;
    this.#version = first.version;
    this.#blocks.set(0, first.bytes);
    this.sectors = Math.ceil(first.size / SECTOR_BYTES);
    this.identity = `${options.url} of ${first.size} bytes, version ${first.version}`;
  }

  /** Asks for the start of the image. Throws HartbeatError when it cannot be had so. */
  static async open(options: HttpDiskOptions): Promise<HttpDisk> {
    return new HttpDisk(options, await request(options, 0, BLOCK_BYTES));
  }

  prepare(sector: number, sectors: number): boolean {
    const first = Math.floor((sector * SECTOR_BYTES) / BLOCK_BYTES);
    const last = Math.floor(((sector + sectors) * SECTOR_BYTES - 1) / BLOCK_BYTES);
    let ready = true;
    for (let block = first; block <= last; block++) {
      if (this.#blocks.has(block)) continue;
      ready = false;
      if (!this.#loads.has(block) && !this.#failure)
        this.#load(block, Math.min(last, block + REQUEST_BLOCKS - 1));
    }
    return ready;
  }

  get pending(): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure);
    return this.#loads.size > 0 ? Promise.race(this.#loads.values()) : undefined;
  }

  read(sector: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const at = sector * SECTOR_BYTES + done;
      const block = this.#blocks.get(Math.floor(at / BLOCK_BYTES));
      if (!block)
        throw new HartbeatError(`The drive '${this.#options.url}' was read before its data had come.`);
      const piece = block.subarray(at % BLOCK_BYTES).subarray(0, into.length - done);
      if (piece.length === 0) break;
      into.set(piece, done);
      done += piece.length;
    }
    // A last sector that the image does not fill.
    into.fill(0, done);
  }

  write(): void {
    throw new HartbeatError(`The drive '${this.#options.url}' is on a web server and cannot be written.`);
  }

  flush(): void {}

  state(): Record<string, unknown> {
    return { identity: this.identity };
  }

  /** Asks for blocks `first` to `last`, up to one that is here or on its way. */
  #load(first: number, last: number): void {
    let end = first + 1;
    while (end <= last && !this.#blocks.has(end) && !this.#loads.has(end)) end++;
    const load = this.#take(first, end).catch((error: unknown) => {
      if (!(error instanceof HartbeatError)) throw error;
      this.#failure = error;
    });
    const finished = load.then(() => {
      for (let block = first; block < end; block++) this.#loads.delete(block);
    });
    for (let block = first; block < end; block++) this.#loads.set(block, finished);
  }

  async #take(first: number, end: number): Promise<void> {
    const start = first * BLOCK_BYTES;
    const piece = await request(this.#options, start, Math.min(end * BLOCK_BYTES, this.#size));
    if (piece.size !== this.#size || piece.version !== this.#version) {
      throw unfit(this.#options.url, "it has changed on the server since it was opened; start anew");
    }
    for (let block = first; block < end; block++) {
      const from = (block - first) * BLOCK_BYTES;
      this.#blocks.set(block, piece.bytes.slice(from, from + BLOCK_BYTES));
    }
  }
}

function unfit(url: string, why: string): HartbeatError {
  return new HartbeatError(`Cannot read the drive '${url}': ${why}.`);
}

/** The bytes from `start` to before `end`, or to the end of the image. Tries again where that may help. */
async function request(options: HttpDiskOptions, start: number, end: number): Promise<Piece> {
  const { url, retryMs = RETRY_MS } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(options, start, end);
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      const pause = retryMs[attempt];
      if (pause === undefined) throw unfit(url, error.message);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function ask({ url, fetch }: HttpDiskOptions, start: number, end: number): Promise<Piece> {
  const response = await orPassing(() =>
    fetch(url, { headers: { range: `bytes=${start}-${end - 1}`, "accept-encoding": "identity" } }),
  );
  const { status, headers } = response;
  if (status >= SERVER_ERRORS) throw new Passing(`the server answers ${status}`);
  if (status === 404) throw unfit(url, "the server has no such file (404)");
  if (status === 200)
    throw unfit(
      url,
      "the server sends the whole file only (no range requests); download it, and name the copy",
    );
  if (status !== PARTIAL_CONTENT) throw unfit(url, `the server answers ${status}`);
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  if (!range) throw unfit(url, "the server does not tell the size of the file (Content-Range)");
  const [first, last, size] = range.slice(1).map(Number) as [number, number, number];
  if (first !== start || last !== Math.min(end, size) - 1)
    throw unfit(url, "the server sends another range than was asked for");
  const bytes = new Uint8Array(await orPassing(() => response.arrayBuffer()));
  if (bytes.length !== last + 1 - first) {
    throw new Passing(`the server sent ${bytes.length} bytes of ${last + 1 - first}`);
  }
  return { bytes, size, version: headers.get("etag") ?? headers.get("last-modified") ?? "unknown" };
}

/** Faults of the network may pass. */
async function orPassing<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { message, cause } = error as { message: string; cause?: { message?: string } };
    throw new Passing(cause?.message || message);
  }
}
