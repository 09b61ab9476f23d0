/** Nothing is made that nobody uses: exports of our TypeScript, and functions of the kernel. */
import { expect, it } from "vitest";
import { readSource, trackedFiles } from "../tools/sources.ts";

/** Functions of the kernel whose callers stand in no source. */
const CALLED_FROM_ELSEWHERE: Readonly<Record<string, string>> = {
  __bswapdi2: "the compiler",
  __clzdi2: "the compiler",
  __ctzdi2: "the compiler",
  __popcountdi2: "the compiler",
  __stack_chk_fail: "the compiler",
  asm_offsets: "nobody: its assembly text is read",
  ctrl_alt_del: "whoever has a keyboard; tests and debuggers",
  platform_get_irq: "modules of our users",
};

const WORD = /[A-Za-z_$]\w*/g;
const words = (text: string): string[] => text.match(WORD) ?? [];
const files = trackedFiles();

it("exports nothing that no other file names", () => {
  const sources = files.filter((path) => /\.(ts|mts|mjs|isa)$/.test(path));
  const users = new Map<string, Set<string>>();
  for (const path of sources)
    for (const word of words(readSource(path))) users.set(word, (users.get(word) ?? new Set()).add(path));
  // What generators print has its users among what they print.
  const judged = sources.filter((path) => !path.startsWith("spec/generate/"));
  const unused = judged.flatMap((path) =>
    [...readSource(path).matchAll(/^export (?:async )?(?:abstract )?(?:function|const|class) (\w+)/gm)]
      .map(([, name = ""]) => name)
      .filter((name) => users.get(name)?.size === 1)
      .map((name) => `${path}: ${name}`),
  );
  expect(unused).toEqual([]);
});

it("calls each function of the kernel", () => {
  const sources = files.filter(
    (path) => /^kernel-image\/.*\.[chS]$/.test(path) && !/^kernel-image\/(user|firmware)\//.test(path),
  );
  const texts = new Map(
    sources.map((path) => [path, readSource(path).replace(/\/\*[\s\S]*?\*\/|EXPORT_SYMBOL\w*\(\w+\)/g, " ")]),
  );
  const counts = new Map<string, number>();
  const defined = new Map<string, string>();
  for (const [path, text] of texts) {
    for (const word of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
    // At the start of a line: a type, the name, its parameters; then the body or, in a declaration, a semicolon.
    for (const [, type = "", name = "", end] of text.matchAll(
      /^(\w[\w *]*[ *])(\w+)\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)[\w\s]*([{;])/gm,
    )) {
      counts.set(name, (counts.get(name) ?? 0) - 1);
      // Of static ones the compiler tells itself.
      if (end === "{" && path.endsWith(".c") && !/\bstatic\b/.test(type)) defined.set(name, path);
    }
  }
  expect(defined.size).toBeGreaterThan(1000);
  const unused = [...defined].filter(([name]) => counts.get(name) === 0);
  expect(unused.filter(([name]) => !(name in CALLED_FROM_ELSEWHERE))).toEqual([]);
});
