/** `npm run build:host`: bundles the command line and the library into dist/, and writes the library's types. */
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { PACKAGE_ROOT } from "./files.ts";

const common: BuildOptions = {
  absWorkingDir: PACKAGE_ROOT,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "linked",
  sourcesContent: false,
  packages: "external",
  logLevel: "warning",
};

await build({
  ...common,
  entryPoints: ["host/node/cli.ts"],
  outfile: "dist/hartbeat.js",
  banner: { js: "#!/usr/bin/env node" },
});
chmodSync(join(PACKAGE_ROOT, "dist/hartbeat.js"), 0o755);
await build({ ...common, entryPoints: ["host/node/index.ts"], outfile: "dist/index.js" });

rmSync(join(PACKAGE_ROOT, "dist/types"), { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  ["node_modules/typescript/bin/tsc", "-p", "host/node/tsconfig.types.json"],
  {
    cwd: PACKAGE_ROOT,
    stdio: "inherit",
  },
);
process.exit(tsc.status ?? 1);
