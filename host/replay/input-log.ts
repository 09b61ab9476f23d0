/** All that came into a machine from outside, each with the place in the run at which it came. */
import type { PipelineState } from "../timing/pipelines.ts";
import { isPosition, type Position } from "./position.ts";

export type Input =
  | { readonly kind: "console"; readonly bytes: Uint8Array }
  /** For the virtio device of this number among those that are no disks. */
  | { readonly kind: "virtio"; readonly index: number; readonly bytes: Uint8Array }
  | { readonly kind: "reset" }
  | { readonly kind: "register"; readonly hart: number; readonly name: string; readonly value: bigint }
  | { readonly kind: "memory"; readonly address: number; readonly bytes: Uint8Array }
  /** Who keeps the time from there on; null: a cycle for each instruction. */
  | { readonly kind: "timing"; readonly pipeline: PipelineState | null };

export interface LoggedInput {
  readonly at: Position;
  readonly input: Input;
}

/** Whether something that was read from a file came in once. */
export function isLoggedInput(value: unknown): value is LoggedInput {
  const { at, input } = (value ?? {}) as Partial<LoggedInput>;
  return isPosition(at) && typeof input === "object" && input !== null && isInput(input);
}

function isInput(input: Input): boolean {
  switch (input.kind) {
    case "console":
      return input.bytes instanceof Uint8Array;
    case "virtio":
      return Number.isSafeInteger(input.index) && input.bytes instanceof Uint8Array;
    case "reset":
      return true;
    case "register":
      return (
        Number.isSafeInteger(input.hart) && typeof input.name === "string" && typeof input.value === "bigint"
      );
    case "memory":
      return Number.isSafeInteger(input.address) && input.bytes instanceof Uint8Array;
    case "timing":
      return input.pipeline === null || typeof input.pipeline?.parameters === "object";
    default:
      return false;
  }
}

/** The inputs of a run, and how many of them the machine has taken at the place where it stands. */
export class InputLog {
  #inputs: LoggedInput[];
  #taken = 0;

  constructor(inputs: readonly LoggedInput[] = []) {
    this.#inputs = [...inputs];
  }

  get inputs(): readonly LoggedInput[] {
    return this.#inputs;
  }

  get taken(): number {
    return this.#taken;
  }

  set taken(count: number) {
    this.#taken = count;
  }

  /** What comes in next, when the machine stands in its past. */
  get next(): LoggedInput | undefined {
    return this.#inputs[this.#taken];
  }

  take(): void {
    this.#taken += 1;
  }

  /** What is to come in, for a machine that stands at the beginning of a recorded run. */
  load(inputs: readonly LoggedInput[]): void {
    this.#inputs = [...inputs];
    this.#taken = 0;
  }

  /** Forgets all, for a machine that stands at a new beginning. */
  clear(): void {
    this.#inputs = [];
    this.#taken = 0;
  }

  /** Something new came in. What a machine in its past had before it is forgotten. */
  add(entry: LoggedInput): void {
    this.#inputs.length = this.#taken;
    this.#inputs.push(entry);
    this.#taken += 1;
  }
}
