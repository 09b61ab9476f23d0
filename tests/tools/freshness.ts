/** Rebuilds the parts of dist/ that are older than their sources, so that tests never judge an old build. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What each build step makes (the files of `more` beside it), and the folders that it reads. A step is also due when one before it ran. */
const STEPS = [
  {
    script: "generate",
    output: "assembly/generated",
    more: ["host/generated", "kernel-image/include/generated"],
    sources: ["spec"],
  },
  { script: "build:core", output: "dist/core.wasm", sources: ["assembly", "spec"] },
  { script: "build:host", output: "dist/index.js", sources: ["host", "spec"] },
  {
    script: "build:web",
    output: "dist/web/page.js",
    sources: ["web", "host", "spec", "kernel-image/prebuilt", "dist/core.wasm"],
  },
] as const;

/** The newest time of change below a path, 0 when it does not exist. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((entry) => newest(join(path, entry))));
}

/** Runs the steps that are due; false when one failed, after its messages were shown. */
export function rebuildIfStale(): boolean {
  for (const { script, output, sources, ...others } of STEPS) {
    const all = [output, ...("more" in others ? others.more : [])];
    if (newest(output) >= Math.max(...sources.map(newest)) && all.every(existsSync)) continue;
    const npm = spawnSync("npm", ["run", "--silent", script], { stdio: "inherit" });
    if (npm.status !== 0) return false;
  }
  return true;
}
