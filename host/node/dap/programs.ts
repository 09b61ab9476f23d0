/** The files of user programs with their symbols: a folder of ELF files with the names of the tasks that run them. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { PACKAGE_ROOT } from "../files.ts";

/** Where `make -C kernel-image` leaves them in a checkout. */
const OWN_FOLDER = join(PACKAGE_ROOT, "kernel-image/build/user");
/** Programs that are larger are left alone. */
const LARGEST = 64 * 2 ** 20;

export class ProgramFolder {
  readonly #folder: string;

  constructor(folder: string | undefined) {
    this.#folder = resolve(folder ?? OWN_FOLDER);
  }

  /** The names of the files that are there. */
  get names(): string[] {
    try {
      return readdirSync(this.#folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  /** The file of a task's program; undefined when there is none. A task's name is cut to 15 characters. */
  read(name: string): Uint8Array | undefined {
    const file = name.length < 15 ? name : this.names.find((candidate) => candidate.startsWith(name));
    if (file === undefined || !/^[\w.+-]+$/.test(file)) return undefined;
    const path = join(this.#folder, file);
    try {
      return statSync(path).size <= LARGEST ? new Uint8Array(readFileSync(path)) : undefined;
    } catch {
      return undefined;
    }
  }
}
