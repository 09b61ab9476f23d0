/** The calls that a hart is in, as the source has them: functions, those inlined into them, over traps into user programs. */
import { CSRS } from "../../../spec/csrs.ts";
import type { Scope } from "../../dwarf/debug-image.ts";
import { type Frame, lookupPc, unwind } from "../../dwarf/unwind.ts";
import type { Machine } from "../../machine.ts";
import type { ImagePlace, SourceImages } from "./images.ts";

export interface StackFrame {
  /** The function's name, or the address. */
  readonly name: string;
  readonly place: ImagePlace | undefined;
  readonly source: { readonly file: string; readonly line: number } | undefined;
  /** The physical frame; inlined functions share that of the function which they are in. */
  readonly frame: Frame;
  /** The address to look variables up with, in link addresses. */
  readonly pc: bigint;
  readonly scope: Scope | undefined;
  /** The function which all scopes of the frame are in. */
  readonly outer: Scope | undefined;
  readonly inlined: boolean;
  /** The physical frame of the caller. */
  readonly caller: Frame | undefined;
}

const FIRST_FLOAT = 32;
const FIRST_CSR = 4096;
const CSR_NAMES: ReadonlyMap<number, string> = new Map(CSRS.map(({ address, name }) => [address, name]));

/** A register of a hart by its DWARF number. */
function hartRegister(machine: Machine, hart: number, number: number): bigint | undefined {
  const record = machine.core.hart(hart);
  if (number < FIRST_FLOAT) return record.get("x", number);
  if (number < 2 * FIRST_FLOAT) return record.get("f", number - FIRST_FLOAT);
  const csr = CSR_NAMES.get(number - FIRST_CSR);
  return csr === undefined ? undefined : machine.core.readCsr(hart, csr);
}

/** The name of the task that the hart works for: that of the program, if it is in one. */
export const programOf = (machine: Machine, hart: number): string | undefined =>
  machine.debugger.taskOf(hart)?.name;

/** The physical frames of a hart, innermost first. */
function physicalFrames(machine: Machine, images: SourceImages, hart: number, limit?: number): Frame[] {
  const program = programOf(machine, hart);
  return unwind({
    pc: machine.core.hart(hart).get("pc"),
    register: (number) => hartRegister(machine, hart, number),
    memory: (address, length) => machine.debugger.readMemory(hart, address, length),
    find: (pc) => {
      const place = images.at(pc, program);
      return place && { frames: place.image.debug.frames, linked: place.linked };
    },
    ...(limit !== undefined && { limit }),
  });
}

/** The whole stack. The images of the programs that the harts run must have been prepared. */
export function stackOf(machine: Machine, images: SourceImages, hart: number, limit?: number): StackFrame[] {
  const program = programOf(machine, hart);
  const frames = physicalFrames(machine, images, hart, limit);
  return frames.flatMap((frame, index) => expand(images, program, frame, frames[index + 1]));
}

/** A physical frame as the functions that it stands for, the innermost inlined one first. */
function expand(
  images: SourceImages,
  program: string | undefined,
  frame: Frame,
  caller: Frame | undefined,
): StackFrame[] {
  const place = images.at(lookupPc(frame), program);
  if (!place) {
    const name = `0x${frame.pc.toString(16)}`;
    return [
      {
        name,
        place,
        source: undefined,
        frame,
        pc: frame.pc,
        scope: undefined,
        outer: undefined,
        inlined: false,
        caller,
      },
    ];
  }
  const { image, linked: pc } = place;
  const scopes = image.debug.scopesAt(pc);
  const outer = scopes[0];
  let source = image.debug.lines.find(pc);
  const common = { place, frame, pc, outer, caller };
  if (scopes.length === 0) {
    const name = image.symbols.symbolize(pc)?.name ?? `0x${frame.pc.toString(16)}`;
    return [{ ...common, name, source, scope: undefined, inlined: false }];
  }
  return scopes.reverse().map((scope) => {
    const here = source;
    source = scope.calledAt;
    return { ...common, name: scope.name, source: here, scope, inlined: scope !== outer };
  });
}
