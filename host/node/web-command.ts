/** `hartbeat web`: serves the built page on loopback until the process is ended. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { HartbeatError } from "../errors.ts";
import { PACKAGE_FILES } from "./files.ts";
import { serveFolder } from "./static-server.ts";

export async function runWeb(port: number): Promise<void> {
  if (!existsSync(join(PACKAGE_FILES.web, "index.html"))) {
    throw new HartbeatError("The page is not built; run: npm run build.");
  }
  const server = await serveFolder(PACKAGE_FILES.web, port);
  process.stdout.write(`hartbeat runs at ${server.url} (Ctrl-C ends the server)\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await server.close();
}
