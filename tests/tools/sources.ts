/** The files of the repository as git knows them, for tests of its structure. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";

/** Paths of all tracked files, relative to the root, with forward slashes. */
export function trackedFiles(): string[] {
  const git = spawnSync("git", ["ls-files", "-z"], { cwd: PACKAGE_ROOT, encoding: "utf8" });
  if (git.status !== 0) throw new Error(`git ls-files: ${git.stderr || git.error}`);
  return git.stdout.split("\0").filter((path) => path !== "" && existsSync(join(PACKAGE_ROOT, path)));
}

export function readSource(path: string): string {
  return readFileSync(join(PACKAGE_ROOT, path), "utf8");
}

export function readRaw(path: string): Buffer {
  return readFileSync(join(PACKAGE_ROOT, path));
}

/** What a TypeScript file imports: paths from the root for relative imports, bare names as they stand. */
export function importsOf(path: string): string[] {
  const source = readSource(path).replace(/\/\*[\s\S]*?\*\//g, "");
  const pattern =
    /^\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...source.matchAll(pattern)].map((match) => {
    const target = (match[1] ?? match[2] ?? match[3]) as string;
    return target.startsWith(".") ? normalize(join(dirname(path), target)) : target;
  });
}
