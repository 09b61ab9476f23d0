/** The static file server: types, no way out of the folder, a port in use. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StaticServer, serveFolder } from "../../host/node/static-server.ts";

let folder: string;
let server: StaticServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hartbeat-www-"));
  mkdirSync(join(folder, "root/sub"), { recursive: true });
  writeFileSync(join(folder, "secret"), "secret");
  writeFileSync(join(folder, "root/index.html"), "<p>hello");
  writeFileSync(join(folder, "root/a.wasm"), new Uint8Array([0, 0x61, 0x73, 0x6d]));
  symlinkSync(join(folder, "secret"), join(folder, "root/link"));
  server = await serveFolder(join(folder, "root"), 0);
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** A request with the path as it stands: fetch would tidy it. */
function get(path: string, method = "GET"): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, method }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", body }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("serveFolder", () => {
  it("serves files with their types", async () => {
    expect(await get("/")).toEqual({ status: 200, type: "text/html; charset=utf-8", body: "<p>hello" });
    expect(await get("/a.wasm?x=1")).toMatchObject({ status: 200, type: "application/wasm" });
    expect(await get("/index.html", "HEAD")).toMatchObject({ status: 200, body: "" });
  });

  it.each([
    "/../secret",
    "/%2e%2e/secret",
    "/..%2fsecret",
    "/sub/../../secret",
    "/link",
    "/nothing",
    "/%zz",
    "/sub",
  ])("answers 404 for %s", async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: "not found\n" });
  });

  it("refuses other methods", async () => {
    expect(await get("/", "POST")).toMatchObject({ status: 405 });
  });

  it("names a port that is in use", async () => {
    const port = Number(new URL(server.url).port);
    await expect(serveFolder(folder, port)).rejects.toThrow(
      `Cannot listen on port ${port}: the port is in use`,
    );
  });
});
