/** What may stand in a tracked file: sizes, bytes, words and paths. */
import { describe, expect, it } from "vitest";
import { LONGEST } from "../tools/longest-first.ts";
import { readRaw, readSource, trackedFiles } from "../tools/sources.ts";

const TS_LINES = 600;
const C_LINES = 500;

/** Files that may be longer, each with its reason. An entry that is no longer needed fails the test. */
const LONG_FILES: Readonly<Record<string, string>> = {};

/** Files that may hold bytes that are no text. */
const BINARY_FILES = [/^kernel-image\/prebuilt\//, /^docs\/.*\.png$/];

const files = trackedFiles();
const texts = files.filter((path) => !BINARY_FILES.some((pattern) => pattern.test(path)));
const written = texts.filter((path) => path !== "package-lock.json");

function lineLimit(path: string): number {
  if (/\.(ts|css|html)$/.test(path)) return TS_LINES;
  return /\.(c|h|S)$/.test(path) ? C_LINES : Number.POSITIVE_INFINITY;
}

/** `path:line: text` for every line that matches. */
function linesWith(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    readSource(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

describe("tracked files", () => {
  it("are short", () => {
    const long = texts.filter((path) => readSource(path).split("\n").length - 1 > lineLimit(path));
    expect(long.sort()).toEqual(Object.keys(LONG_FILES).sort());
  });

  it("hold text, except the built images and pictures", () => {
    expect(texts.filter((path) => readRaw(path).includes(0))).toEqual([]);
  });

  it("are not made by a build", () => {
    expect(files.filter((path) => /(^|\/)(dist|generated|node_modules|build)\//.test(path))).toEqual([]);
  });

  it("leave nothing for later", () => {
    const words = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"];
    expect(linesWith(written, new RegExp(`\\b(${words.join("|")})\\b`))).toEqual([]);
  });

  it("name no folder of the machine they were written on", () => {
    const folders = ["work", "home/[a-z]+", "Users"];
    expect(linesWith(written, new RegExp(`(^|[^\\w./-])/(${folders.join("|")})/`))).toEqual([]);
  });

  it("run every test", () => {
    const tests = written.filter(
      (path) => /^tests\/.*\.ts$/.test(path) && path !== "tests/tools/require-tool.ts",
    );
    expect(linesWith(tests, /\b(describe|it|test)\.(only|skip|todo|skipIf|runIf)\b/)).toEqual([]);
  });

  it("end with one newline", () => {
    const sources = written.filter((path) => /\.(ts|c|h|S|md|json|css|html)$/.test(path));
    expect(sources.filter((path) => !/[^\n]\n$/.test(readSource(path)))).toEqual([]);
  });

  it("open with a sentence that says what they are", () => {
    const sources = written.filter((path) => /\.(ts|c|h|S)$/.test(path));
    expect(sources.filter((path) => !/^(#!.*\n)?\s*(\/\*|\/\/|#)/.test(readSource(path)))).toEqual([]);
  });
});

describe("package-lock.json", () => {
  it("names no registry", () => {
    expect(readSource("package-lock.json")).not.toMatch(
      /"resolved"|https?:\/\/(?!(opencollective|github|tidelift)\b)/,
    );
  });

  it("pins what package.json asks for", () => {
    const { dependencies, devDependencies } = JSON.parse(readSource("package.json"));
    const versions = Object.values<string>({ ...dependencies, ...devDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe("the order of the tests", () => {
  it("names files that there are", () => {
    expect(LONGEST.filter((path) => !files.includes(path))).toEqual([]);
  });
});
