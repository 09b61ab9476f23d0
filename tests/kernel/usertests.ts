/** The kernel's tests from inside: their names, the program that runs them, and what it tells. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";

const USER = join(PACKAGE_ROOT, "kernel-image/user");
const SOURCES = join(USER, "usertests");

export const names = readdirSync(SOURCES)
  .filter((file) => file.endsWith(".c"))
  .sort()
  .flatMap((file) => [...readFileSync(join(SOURCES, file), "utf8").matchAll(/^TEST\((\w+), (\w+)\)$/gm)])
  .map(([, suite, name]) => `${suite}.${name}`);

export function buildUsertests(): Uint8Array {
  const target = "../build/user/strip/usertests";
  const make = spawnSync("make", ["-s", target], { cwd: USER, encoding: "utf8" });
  expect(make.status, make.stderr).toBe(0);
  return readFileSync(join(USER, target));
}

/** What KTAP says of each test: undefined for success, otherwise the sentence of the failure. */
export function results(ktap: string): Map<string, string | undefined> {
  const lines = ktap.replace(/\r/g, "").split("\n");
  return new Map(
    lines.flatMap((line, index) => {
      const found = /(not )?ok \d+ (\w+\.\w+)$/.exec(line);
      const why = found?.[1] ? (lines[index + 1]?.replace(/^# /, "") ?? "no reason given") : undefined;
      return found ? [[found[2] as string, why] as const] : [];
    }),
  );
}
