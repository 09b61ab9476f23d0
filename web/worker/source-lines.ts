/** Source lines of kernel and firmware: which line an address comes from, and the other way round. */
import { LineTable, type SourceLine } from "../../host/dwarf/line-table.ts";
import { inflate } from "./images.ts";

/** An ELF file with a line table; undefined when there is none. */
type DebugFile = () => Promise<Uint8Array | undefined>;

interface Image {
  readonly table: LineTable;
  /** Stands before the paths of files, as they are beside the page. */
  readonly folder: string;
}

const FIRMWARE_FOLDER = "firmware/";

async function read(file: DebugFile, folder: string): Promise<Image | undefined> {
  const bytes = await file();
  return bytes && { table: await LineTable.read(bytes, inflate), folder };
}

export class SourceLines {
  readonly #images: readonly Image[];

  static async load(kernel: DebugFile, firmware: DebugFile): Promise<SourceLines> {
    const images = await Promise.all([read(kernel, ""), read(firmware, FIRMWARE_FOLDER)]);
    return new SourceLines(images.filter((image) => image !== undefined));
  }

  private constructor(images: readonly Image[]) {
    this.#images = images;
  }

  /** The line that the code at a link address comes from. */
  find(address: bigint): SourceLine | undefined {
    for (const { table, folder } of this.#images) {
      const found = table.find(address);
      if (!found) continue;
      return found.file.startsWith(folder) ? found : { ...found, file: folder + found.file };
    }
    return undefined;
  }

  /** The lowest address of the code of a line, or of the next line of the file that has code. */
  addressOf(file: string, line: number): { address: bigint; line: number } | undefined {
    for (const { table, path } of this.#places(file)) {
      const found = table.addressOf(path, line);
      if (found) return found;
    }
    return undefined;
  }

  /** The lines of a file that have code. */
  linesOf(file: string): Set<number> {
    return new Set(this.#places(file).flatMap(({ table, path }) => [...table.linesOf(path)]));
  }

  /** Files of the firmware are named from its own folder or from the one above. */
  #places(file: string): { table: LineTable; path: string }[] {
    return this.#images.flatMap(({ table, folder }) => {
      if (!file.startsWith(folder)) return [];
      const paths = folder === "" ? [file] : [file, file.slice(folder.length)];
      return paths.map((path) => ({ table, path }));
    });
  }
}
