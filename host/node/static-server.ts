/** Serves a folder of static files over HTTP on loopback: what `hartbeat web` runs. */
import { readFile, realpath } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, sep } from "node:path";
import { HartbeatError } from "../errors.ts";
import { reason } from "./files.ts";

const MIME_TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

/** A running server: its address, and a way to end it. */
export interface StaticServer {
  readonly url: string;
  close(): Promise<void>;
}

/** The file that a request path names, or undefined when it lies outside `root` or does not exist. */
async function resolveFile(root: string, requestPath: string): Promise<string | undefined> {
  try {
    const path = decodeURIComponent(requestPath.replace(/[?#].*$/s, ""));
    const base = await realpath(root);
    const file = await realpath(join(base, path.endsWith("/") ? `${path}index.html` : path));
    return file.startsWith(base + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

async function respond(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return;
  }
  const file = await resolveFile(root, request.url ?? "/");
  const body = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (file === undefined || body === undefined) {
    response.writeHead(404, { "Content-Type": "text/plain; charset=utf-8" }).end("not found\n");
    return;
  }
  const range = rangeOf(request.headers.range, body.length);
  const part = range ? body.subarray(range.first, range.last + 1) : body;
  response.writeHead(range ? 206 : 200, {
    "Content-Type": MIME_TYPES[extname(file)] ?? "application/octet-stream",
    "Content-Length": part.length,
    ...(range && { "Content-Range": `bytes ${range.first}-${range.last}/${body.length}` }),
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : part);
}

/** One range of bytes as disks ask for it (RFC 9110, section 14.2); any other wish gets the whole file. */
function rangeOf(wish: string | undefined, length: number): { first: number; last: number } | undefined {
  const match = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(wish ?? "");
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Math.min(Number(match[2] ?? length - 1), length - 1);
  return first <= last ? { first, last } : undefined;
}

/** Serves `root` on 127.0.0.1; port 0 picks a free one. */
export async function serveFolder(root: string, port: number): Promise<StaticServer> {
  const server = createServer((request, response) => {
    respond(root, request, response).catch(() => response.destroy());
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new HartbeatError(`Cannot listen on port ${port}: ${reason(error)}; choose another with --port.`),
      ),
    );
    server.listen(port, "127.0.0.1", () => resolve());
  });
}
