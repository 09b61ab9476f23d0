/** Between the names of source files in debugging information and files of the user's disk. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { PACKAGE_ROOT } from "../files.ts";

/** Where the sources of our kernel lie in a checkout, seen from the names in its ELF files. */
const OWN_ROOTS = [join(PACKAGE_ROOT, "kernel-image"), PACKAGE_ROOT];

export class SourceFiles {
  readonly #roots: readonly string[];
  readonly #paths = new Map<string, string | undefined>();

  /** `roots` are folders that names may count from, those of the user first. */
  constructor(roots: readonly string[]) {
    this.#roots = [...roots.map((root) => resolve(root)), process.cwd(), ...OWN_ROOTS];
  }

  /** The path of a file by its name in debugging information; undefined where it is not on this disk. */
  pathOf(file: string): string | undefined {
    if (!this.#paths.has(file)) {
      const candidates = file.startsWith("/") ? [file] : this.#roots.map((root) => join(root, file));
      this.#paths.set(
        file,
        candidates.find((path) => existsSync(path)),
      );
    }
    return this.#paths.get(file);
  }

  /** Of the names `files` the one that means `path`: the longest that the path ends with. */
  nameOf(path: string, files: Iterable<string>): string | undefined {
    const wanted = resolve(path);
    let best: string | undefined;
    for (const file of files) {
      const fits = wanted === file || wanted.endsWith(`/${file.replace(/^\.\//, "")}`);
      if (fits && (best === undefined || file.length > best.length)) best = file;
    }
    return best;
  }
}
