/** Who keeps guest time, as the command line says. */
import { HartbeatError } from "../errors.ts";
import { type Pipeline, parsePipeline, pipelineByName } from "../timing/pipelines.ts";
import { readBytes } from "./files.ts";

export interface TimingOptions {
  /** Name of the pipeline that keeps guest time; true for that of CVA6. */
  readonly timing?: string | true;
  /** File that describes one. */
  readonly pipeline?: string;
}

/** The pipeline that --pipeline or --timing names, if either is there. */
export function pipelineSetting({ timing, pipeline }: TimingOptions): Pipeline | undefined {
  if (pipeline !== undefined) {
    const bytes = readBytes(pipeline, "the pipeline", "name a JSON file");
    return parsePipeline(pipeline, new TextDecoder().decode(bytes));
  }
  return timing === undefined ? undefined : pipelineByName(timing === true ? "cva6" : timing);
}

/** Recordings have their own time. Throws HartbeatError when another is asked for. */
export function checkReplayTiming({ timing, pipeline }: TimingOptions): void {
  if (timing === undefined && pipeline === undefined) return;
  throw new HartbeatError("--replay repeats the time of the recording; leave out --timing and --pipeline.");
}
