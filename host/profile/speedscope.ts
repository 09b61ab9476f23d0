/**
 * Profiles for speedscope (github.com/jlfwong/speedscope, src/lib/file-format-spec.ts): for each hart its call stacks in the
 * order of time, in cycles, and the stacks of all harts added up.
 */
import type { CallNode } from "./call-tree.ts";
import type { Code } from "./code-table.ts";
import type { Profiler } from "./profiler.ts";

export interface SpeedscopeFrame {
  readonly name: string;
  /** Where the code is from: an ELF file's label or a program. */
  readonly file?: string;
}

export interface EventedProfile {
  readonly type: "evented";
  readonly name: string;
  readonly unit: "none";
  readonly startValue: number;
  readonly endValue: number;
  /** In the order of time; every frame that is opened is closed. */
  readonly events: readonly { readonly type: "O" | "C"; readonly frame: number; readonly at: number }[];
}

export interface SampledProfile {
  readonly type: "sampled";
  readonly name: string;
  readonly unit: "none";
  readonly startValue: number;
  readonly endValue: number;
  /** Stacks, outermost frame first, and what each of them weighs. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

export interface SpeedscopeFile {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly (EventedProfile | SampledProfile)[];
}

function frameOf({ name, image }: Code): SpeedscopeFrame {
  return image === "" ? { name } : { name, file: image };
}

/** Closes, in place of what is missing, all that is open at the end. */
function evented(profiler: Profiler, hart: number): EventedProfile {
  const numbers = profiler.events.of(hart);
  const startValue = numbers[1] ?? 0;
  const events: { type: "O" | "C"; frame: number; at: number }[] = [];
  const open: number[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    const event = numbers[index] as number;
    const frame = Math.abs(event) - 1;
    if (event > 0) open.push(frame);
    else open.pop();
    events.push({ type: event > 0 ? "O" : "C", frame, at: numbers[index + 1] as number });
  }
  const last = events.at(-1)?.at ?? startValue;
  const endValue = profiler.events.overflowed ? last : (profiler.stacks().clock(hart) ?? last);
  for (const frame of open.reverse()) events.push({ type: "C", frame, at: endValue });
  return { type: "evented", name: `hart ${hart}`, unit: "none", startValue, endValue, events };
}

function sampled(root: CallNode): SampledProfile {
  const samples: number[][] = [];
  const weights: number[] = [];
  const visit = (node: CallNode, stack: readonly number[]): void => {
    if (node.cycles > 0) {
      samples.push([...stack]);
      weights.push(node.cycles);
    }
    for (const child of node.children.values()) visit(child, [...stack, child.code.id]);
  };
  visit(root, []);
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    type: "sampled",
    name: "all harts, added up",
    unit: "none",
    startValue: 0,
    endValue,
    samples,
    weights,
  };
}

/** The whole profile as a file's content. */
export function speedscope(profiler: Profiler, name: string): SpeedscopeFile {
  const root = profiler.tree();
  const harts = profiler.stacks().harts;
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "hartbeat",
    activeProfileIndex: 0,
    shared: { frames: profiler.codes.map(frameOf) },
    profiles: [...harts.map((hart) => evented(profiler, hart)), sampled(root)],
  };
}
