/**
 * The ELF files whose code a machine runs, with their debugging information: kernel and firmware by their addresses, user
 * programs by the name of the task that runs them, since all have the same addresses.
 */
import { looksLikeElf, readElf } from "../../boot/elf.ts";
import { DebugImage } from "../../dwarf/debug-image.ts";
import type { Inflate } from "../../dwarf/elf-sections.ts";
import { HartbeatError } from "../../errors.ts";
import type { Machine } from "../../machine.ts";
import { SymbolTable } from "../symbols.ts";
import { USER_END } from "../user-filter.ts";

export interface LoadedImage {
  /** "kernel", "firmware" or the name of a program. */
  readonly label: string;
  readonly isProgram: boolean;
  readonly debug: DebugImage;
  readonly symbols: SymbolTable;
}

/** A place in a file. */
export interface ImagePlace {
  readonly image: LoadedImage;
  /** The address that the code was linked for. */
  readonly linked: bigint;
}

/** Where the files of user programs come from: their bytes by the name of a task, undefined when there is no such file. */
export type ProgramFiles = (name: string) => Uint8Array | undefined;

export class SourceImages {
  readonly #symbols: SymbolTable;
  readonly #inflate: Inflate;
  readonly #programFiles: ProgramFiles;
  readonly #images = new Map<string, LoadedImage>();
  readonly #programs = new Map<string, LoadedImage | undefined>();

  static async load(machine: Machine, inflate: Inflate, programFiles: ProgramFiles): Promise<SourceImages> {
    const images = new SourceImages(machine.symbols, inflate, programFiles);
    for (const [label, file] of Object.entries(machine.files)) {
      if (!looksLikeElf(file.bytes)) continue;
      const debug = await DebugImage.read(file.bytes, inflate);
      images.#images.set(label, { label, isProgram: false, debug, symbols: machine.symbols });
    }
    return images;
  }

  private constructor(symbols: SymbolTable, inflate: Inflate, programFiles: ProgramFiles) {
    this.#symbols = symbols;
    this.#inflate = inflate;
    this.#programFiles = programFiles;
  }

  /** All that were read, kernel and firmware first. */
  get all(): LoadedImage[] {
    return [...this.#images.values(), ...this.#programs.values()].filter((image) => image !== undefined);
  }

  /** Reads the file of a program, unless that was done. To be called before places in it are looked for. */
  async prepare(program: string): Promise<LoadedImage | undefined> {
    if (this.#programs.has(program)) return this.#programs.get(program);
    this.#programs.set(program, undefined);
    const image = await this.#read(program);
    this.#programs.set(program, image);
    return image;
  }

  /** The place of a pc, `program` being the name of the task. */
  at(pc: bigint, program: string | undefined): ImagePlace | undefined {
    const found = this.#symbols.locate(pc);
    const known = found && this.#images.get(found.image);
    if (found && known) return { image: known, linked: found.linked };
    const image = program === undefined || pc >= USER_END ? undefined : this.#programs.get(program);
    return image?.symbols.locate(pc) && { image, linked: pc };
  }

  async #read(program: string): Promise<LoadedImage | undefined> {
    const bytes = this.#programFiles(program);
    if (!bytes || !looksLikeElf(bytes)) return undefined;
    const symbols = new SymbolTable();
    try {
      symbols.add(program, readElf(bytes, `program '${program}'`));
    } catch (error) {
      if (error instanceof HartbeatError) return undefined;
      throw error;
    }
    const debug = await DebugImage.read(bytes, this.#inflate);
    return { label: program, isProgram: true, debug, symbols };
  }
}
