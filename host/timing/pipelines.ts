/** Pipelines by name, and those that users describe in a JSON file: checked, with errors that say what to do. */
import { PIPELINE_FIELDS } from "../../spec/layout.ts";
import { CLASSIC5, CLASSIC5_STALLING } from "../../spec/pipelines/classic5.ts";
import { CVA6 } from "../../spec/pipelines/cva6.ts";
import { IDEAL } from "../../spec/pipelines/ideal.ts";
import type { PipelineFile, Stage } from "../../spec/pipelines/pipeline.ts";
import { MAX_BHT, MAX_BTB, MAX_CACHE_LINES, MAX_TLB } from "../../spec/timing-layout.ts";
import { HartbeatError } from "../errors.ts";

/** A pipeline ready for the core: a number for each parameter; none for the ideal one. */
export interface Pipeline {
  readonly name: string;
  readonly doc: string;
  readonly parameters: ReadonlyMap<string, number>;
  readonly stages: readonly Stage[];
}

const FILES: readonly PipelineFile[] = [CVA6, IDEAL, CLASSIC5, CLASSIC5_STALLING];

function fromFile({ name, doc, parameters, stages }: PipelineFile): Pipeline {
  return {
    name,
    doc,
    stages,
    parameters: new Map(Object.entries(parameters).map(([key, [value]]) => [key, value])),
  };
}

export const PIPELINES: readonly Pipeline[] = FILES.map(fromFile);

export const PIPELINE_NAMES = PIPELINES.map((pipeline) => pipeline.name).join(", ");

/** The pipeline of that name. Throws HartbeatError when there is none. */
export function pipelineByName(name: string): Pipeline {
  const found = PIPELINES.find((pipeline) => pipeline.name === name);
  if (found) return found;
  throw new HartbeatError(
    `There is no pipeline "${name}"; there are ${PIPELINE_NAMES}, and your own by --pipeline FILE.`,
  );
}

interface Limit {
  readonly least: number;
  readonly most: number;
  readonly powerOfTwo?: boolean;
}

/** Most cycles that a latency may be. */
const MOST_CYCLES = 100_000;
/** Longest fetch queue that replays: with what two words add, the model knows when so many instructions issued. */
const MOST_REPLAYED = 10;
const LATENCY: Limit = { least: 0, most: MOST_CYCLES };
const LIMITS: Readonly<Record<string, Limit>> = {
  memoryTurn: { least: 0, most: 1000 },
  fetchQueue: { least: 0, most: 14 },
  fetchReplay: { least: 0, most: 1 },
  targetQueue: { least: 0, most: 2 },
  scoreboard: { least: 1, most: 8 },
  commitWidth: { least: 1, most: 2 },
  predictor: { least: 0, most: 2 },
  bhtEntries: { least: 1, most: MAX_BHT, powerOfTwo: true },
  btbEntries: { least: 1, most: MAX_BTB, powerOfTwo: true },
  loadQueue: { least: 0, most: 1 },
  loadLatency: { least: 1, most: MOST_CYCLES },
  icacheSets: { least: 0, most: MAX_CACHE_LINES, powerOfTwo: true },
  icacheWays: { least: 1, most: 16, powerOfTwo: true },
  dcacheSets: { least: 0, most: MAX_CACHE_LINES, powerOfTwo: true },
  dcacheWays: { least: 1, most: 16, powerOfTwo: true },
  lineBits: { least: 3, most: 8 },
  storeQueue: { least: 0, most: 4 },
  writeBuffer: { least: 1, most: 8 },
  writeSlots: { least: 1, most: 8 },
  tlbEntries: { least: 0, most: MAX_TLB, powerOfTwo: true },
  atomicStart: { least: 1, most: MOST_CYCLES },
  trapForgets: { least: 0, most: 1 },
};

/** Throws HartbeatError unless the value fits the parameter. */
function checkParameter(where: string, name: string, value: unknown): number {
  const field = PIPELINE_FIELDS.find((candidate) => candidate.name === name);
  if (!field) {
    const names = PIPELINE_FIELDS.map((candidate) => candidate.name).join(", ");
    throw new HartbeatError(`${where}: there is no parameter "${name}"; there are ${names}.`);
  }
  const { least, most, powerOfTwo } = LIMITS[name] ?? LATENCY;
  const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  if (!fits || (powerOfTwo && value > 0 && !Number.isInteger(Math.log2(value)))) {
    const kind = powerOfTwo ? "a power of two" : "a whole number";
    const zero = powerOfTwo && least === 0 ? ", or 0" : "";
    throw new HartbeatError(
      `${where}: ${name} (${field.doc}) is ${kind} from ${Math.max(least, powerOfTwo ? 1 : 0)} to ${most}${zero}, not ${JSON.stringify(value)}.`,
    );
  }
  return value;
}

/** Throws HartbeatError when parameters do not fit each other. */
function checkTogether(where: string, parameters: ReadonlyMap<string, number>): void {
  const get = (name: string): number => parameters.get(name) ?? 0;
  for (const cache of ["icache", "dcache"]) {
    // Tags are compared four at a time.
    const lines = get(`${cache}Sets`) * Math.max(get(`${cache}Ways`), 4);
    if (lines > MAX_CACHE_LINES) {
      throw new HartbeatError(
        `${where}: ${cache} has ${lines} lines (4 in each set at least); the most is ${MAX_CACHE_LINES}.`,
      );
    }
  }
  if (get("fetchReplay") === 1 && (get("fetchQueue") < 2 || get("fetchQueue") > MOST_REPLAYED)) {
    throw new HartbeatError(
      `${where}: fetchQueue is from 2 to ${MOST_REPLAYED} when fetchReplay is 1, not ${get("fetchQueue")}.`,
    );
  }
  if (get("floatDivideOverlap") > Math.min(get("floatDivideDouble"), get("floatDivideSingle"))) {
    throw new HartbeatError(`${where}: floatDivideOverlap is larger than the latency of a division.`);
  }
}

/** A pipeline as named values, for snapshots and recordings. */
export interface PipelineState {
  readonly name: string;
  readonly doc: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly stages: readonly Stage[];
}

export function pipelineState({ name, doc, parameters, stages }: Pipeline): PipelineState {
  return { name, doc, stages, parameters: Object.fromEntries(parameters) };
}

/** The pipeline of a snapshot or recording. Throws HartbeatError when it is none that the core can be given. */
export function pipelineFrom(where: string, { name, doc, parameters, stages }: PipelineState): Pipeline {
  const checked = new Map(
    PIPELINE_FIELDS.map((field) => [field.name, checkParameter(where, field.name, parameters[field.name])]),
  );
  checkTogether(where, checked);
  return { name, doc, stages, parameters: checked };
}

/** Whether two pipelines take the same cycles for everything. */
export function samePipeline(a: Pipeline | undefined, b: Pipeline | undefined): boolean {
  if (a === b || !a || !b) return a === b;
  return (
    a.parameters.size === b.parameters.size &&
    [...a.parameters].every(([name, value]) => b.parameters.get(name) === value)
  );
}

/**
 * Cycles that memory takes to answer one of so many harts. They share it by turns of fixed length, used or not (time division), so
 * every request waits for the turns of all others, and what a hart takes never depends on what another does.
 */
export function memoryLatencyAmong(harts: number, { parameters }: Pipeline): number {
  return (parameters.get("memoryLatency") ?? 0) + (harts - 1) * (parameters.get("memoryTurn") ?? 0);
}

/** `cva6` with another memory: how long it takes to answer. */
export function withMemoryLatency(pipeline: Pipeline, cycles: number): Pipeline {
  const latency = checkParameter(pipeline.name, "memoryLatency", cycles);
  return { ...pipeline, parameters: new Map([...pipeline.parameters, ["memoryLatency", latency]]) };
}

/**
 * A pipeline from the text of a user's file: `{"name": "mine", "base": "cva6", "parameters": {"memoryLatency": 40}}`. What is not said is
 * the base's. Throws HartbeatError naming the file and the fault.
 */
export function parsePipeline(where: string, text: string): Pipeline {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HartbeatError(`${where} is no JSON: ${(error as Error).message}.`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new HartbeatError(`${where}: a pipeline is an object with "base" and "parameters".`);
  }
  const { name = where, doc = "", base = "cva6", parameters = {}, ...rest } = json as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new HartbeatError(`${where}: "${unknown}" is not known; there are name, doc, base and parameters.`);
  }
  if (typeof name !== "string" || typeof doc !== "string" || typeof base !== "string") {
    throw new HartbeatError(`${where}: name, doc and base are strings.`);
  }
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    throw new HartbeatError(`${where}: parameters is an object of numbers.`);
  }
  const start = PIPELINES.find((pipeline) => pipeline.name === base);
  if (!start) {
    throw new HartbeatError(
      `${where}: there is no pipeline "${base}" to start from; there are ${PIPELINE_NAMES}.`,
    );
  }
  if (start.parameters.size === 0) {
    throw new HartbeatError(`${where}: the pipeline "${base}" has no parameters to start from.`);
  }
  const merged = new Map(start.parameters);
  for (const [key, value] of Object.entries(parameters)) merged.set(key, checkParameter(where, key, value));
  checkTogether(where, merged);
  return { name, doc, parameters: merged, stages: start.stages };
}
