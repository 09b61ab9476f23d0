/** The kernel's tests from inside: their names, the program that runs them, and what it tells. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { strippedProgram } from "../tools/user-programs.ts";

const SOURCES = join(PACKAGE_ROOT, "kernel-image/user/usertests");

export const names = readdirSync(SOURCES)
  .filter((file) => file.endsWith(".c"))
  .sort()
  .flatMap((file) => [...readFileSync(join(SOURCES, file), "utf8").matchAll(/^TEST\((\w+), (\w+)\)$/gm)])
  .map(([, suite, name]) => `${suite}.${name}`);

export const buildUsertests = (): Uint8Array => readFileSync(strippedProgram("usertests"));

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
