/** Makes the tools of the table available before the tests run: installs them on Debian as root, else says how. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findTool, installLine, packagesOf, TOOLS, type ToolName } from "./tools.ts";

function missingTools(): ToolName[] {
  return (Object.keys(TOOLS) as ToolName[]).filter((name) => findTool(name) === undefined);
}

function apt(words: string[]): boolean {
  const options = ["-qq", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=10"];
  const result = spawnSync("apt-get", [...options, ...words], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return result.status === 0;
}

/** Installs what is missing if it may; prints one line for each tool that stays missing. */
export function ensureTools(): void {
  const missing = missingTools();
  if (missing.length === 0) return;
  if (existsSync("/etc/debian_version") && process.getuid?.() === 0) {
    console.log(`installing ${missing.join(", ")}`);
    if (apt(["update"])) apt(["install", "--no-install-recommends", ...missing.flatMap(packagesOf)]);
  }
  const verdict = process.env.CI === "true" ? "fail" : "are skipped";
  for (const name of missingTools()) {
    console.log(`${name} is missing: its tests ${verdict}; install it with: ${installLine([name])}`);
  }
}
