/** Requests about bytes: memory to read and write, and code as instructions. */
import type { MachineTarget } from "../../debug/machine-target.ts";
import type { SourceImages } from "../../debug/source/images.ts";
import { programOf } from "../../debug/source/stack.ts";
import { HartbeatError } from "../../errors.ts";
import { disassemble } from "../../inspect/disassembler.ts";
import {
  type Arguments,
  addressIn,
  type HandlerTable,
  hex,
  numberIn,
  optionalNumber,
  textIn,
} from "./requests.ts";
import type { SourceFiles } from "./source-files.ts";

export interface MemoryOptions {
  readonly target: MachineTarget;
  readonly images: SourceImages;
  readonly sources: SourceFiles;
  /** The hart whose translation counts. */
  readonly hart: () => number;
  readonly mustStand: () => void;
  /** Told when memory was written. */
  readonly onWritten: () => void;
}

const MOST_BYTES = 1 << 20;
const MOST_INSTRUCTIONS = 10_000;
/** So far back a symbol may begin from which code is decoded up to an address. */
const LONGEST_FUNCTION = 1 << 16;

interface Instruction {
  readonly address: bigint;
  readonly length: number;
  readonly text: string | undefined;
}

function within(count: number, most: number, what: string): number {
  if (count >= 0 && count <= most) return count;
  throw new HartbeatError(`Ask for 0 to ${most} ${what} at once.`);
}

export class Memory {
  readonly #options: MemoryOptions;

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  readonly handlers: HandlerTable = {
    readMemory: (args) => this.#read(args),
    writeMemory: (args) => this.#write(args),
    disassemble: (args) => this.#disassemble(args),
  };

  #address(args: Arguments): bigint {
    return BigInt.asUintN(
      64,
      addressIn(args, "memoryReference") + BigInt(optionalNumber(args, "offset") ?? 0),
    );
  }

  #read(args: Arguments): object {
    const { target, hart, mustStand } = this.#options;
    mustStand();
    const address = this.#address(args);
    const count = within(numberIn(args, "count"), MOST_BYTES, "bytes");
    const bytes = target.readMemory(hart(), address, count);
    const unreadable = count - bytes.length;
    return {
      address: hex(address),
      data: Buffer.from(bytes).toString("base64"),
      ...(unreadable > 0 && { unreadableBytes: unreadable }),
    };
  }

  #write(args: Arguments): object {
    const { target, hart, mustStand, onWritten } = this.#options;
    mustStand();
    const bytes = new Uint8Array(Buffer.from(textIn(args, "data"), "base64"));
    if (!target.writeMemory(hart(), this.#address(args), bytes)) {
      throw new HartbeatError("There is no memory that can be written.");
    }
    onWritten();
    return { offset: 0, bytesWritten: bytes.length };
  }

  #disassemble(args: Arguments): object {
    this.#options.mustStand();
    const count = within(numberIn(args, "instructionCount"), MOST_INSTRUCTIONS, "instructions");
    const offset = optionalNumber(args, "instructionOffset") ?? 0;
    const start = this.#address(args);
    const before = offset < 0 ? this.#before(start, Math.min(-offset, MOST_INSTRUCTIONS)) : [];
    const after: Instruction[] = [];
    const wanted = count + Math.max(offset, 0);
    for (let address = start; after.length < wanted; ) {
      const instruction = this.#instruction(address);
      after.push(instruction);
      address = BigInt.asUintN(64, address + BigInt(instruction.length));
    }
    const all = [...before, ...after.slice(Math.max(offset, 0))];
    return { instructions: all.slice(0, count).map((instruction) => this.#view(instruction)) };
  }

  /** The `count` instructions before an address: decoded from the beginnings of functions, where these lead there. */
  #before(end: bigint, count: number): Instruction[] {
    let found: Instruction[] = [];
    for (let first = end; found.length < count; ) {
      const begin = this.#beginOfFunction(first - 1n);
      if (begin === undefined) break;
      const here: Instruction[] = [];
      for (let address = begin; address < first; ) {
        const instruction = this.#instruction(address);
        here.push(instruction);
        address += BigInt(instruction.length);
      }
      found = [...here, ...found];
      first = begin;
    }
    const kept = found.slice(-count);
    for (let address = kept[0]?.address ?? end; kept.length < count; ) {
      address = BigInt.asUintN(64, address - 2n);
      kept.unshift({ address, length: 2, text: undefined });
    }
    return kept;
  }

  /** Of the function in which an address lies; undefined where none is near. */
  #beginOfFunction(address: bigint): bigint | undefined {
    const place = this.#options.images.at(address, this.#program());
    const distance = place?.image.symbols.symbolize(place.linked)?.offset;
    return distance === undefined || distance > LONGEST_FUNCTION ? undefined : address - BigInt(distance);
  }

  #program(): string | undefined {
    const { target, hart } = this.#options;
    return programOf(target.machine, hart());
  }

  #instruction(address: bigint): Instruction {
    const { target, hart } = this.#options;
    const bytes = target.readMemory(hart(), address, 4);
    if (bytes.length < 2) return { address, length: 2, text: undefined };
    const word = new Uint8Array(4);
    word.set(bytes);
    const { mnemonic, operands, length } = disassemble(new DataView(word.buffer).getUint32(0, true), address);
    return { address, length, text: `${mnemonic} ${operands}`.trim() };
  }

  #view({ address, length, text }: Instruction): object {
    const { images, sources, target, hart } = this.#options;
    if (text === undefined) return { address: hex(address), instruction: "??", presentationHint: "invalid" };
    const place = images.at(address, this.#program());
    const line = place?.image.debug.lines.find(place.linked);
    const path = line && sources.pathOf(line.file);
    const bytes = target.readMemory(hart(), address, length);
    return {
      address: hex(address),
      instruction: text,
      instructionBytes: Buffer.from(bytes).toString("hex"),
      ...(place && { symbol: place.image.symbols.describe(place.linked) }),
      ...(line && path && { line: line.line, location: { name: line.file, path } }),
    };
  }
}
