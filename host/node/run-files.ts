/** The files of a run: snapshots to load and save, recordings to replay and make. */
import { readLog } from "../replay/log-file.ts";
import { checkPlace, readBytes, writeOutput } from "./files.ts";
import type { Machine } from "./index.ts";
import { checkReplayTiming, pipelineSetting, type TimingOptions } from "./timing-options.ts";

export interface RunFileOptions {
  /** Snapshot to go on from, and to write at the end. */
  readonly load?: string;
  readonly save?: string;
  /** Recording to repeat, and to write at the end. */
  readonly replay?: string;
  readonly record?: string;
}

function readRecording(path: string): string {
  const bytes = readBytes(path, "the recording", "name a file that --record has written");
  return new TextDecoder().decode(bytes);
}

/** The options with which a recorded run was started, when one is to be replayed. */
export function recordedOptions({ replay }: RunFileOptions): Record<string, unknown> {
  if (replay === undefined) return {};
  const recorded = readLog(readRecording(replay)).arguments;
  return typeof recorded === "object" && recorded !== null ? { ...recorded } : {};
}

/** Puts a new machine where its run is to begin, with who is to keep the time from there. */
export async function takeUp(machine: Machine, options: RunFileOptions & TimingOptions): Promise<void> {
  const { load, replay } = options;
  if (replay !== undefined) checkReplayTiming(options);
  const pipeline = pipelineSetting(options);
  if (load !== undefined) {
    await machine.restore(readBytes(load, "the snapshot", "name a file that --save has written"));
  }
  if (pipeline) machine.setTiming(pipeline);
  if (replay !== undefined) machine.replay(readRecording(replay));
}

/** Throws HartbeatError when what is to stay of a run could not be written: better before the run than after it. */
export function checkPlaces({ save, record }: RunFileOptions): void {
  if (record !== undefined) checkPlace(record, "the recording");
  if (save !== undefined) checkPlace(save, "the snapshot");
}

/** Writes what is to stay of a run. `options` are found again by `recordedOptions`. */
export async function leaveBehind(
  machine: Machine,
  { save, record }: RunFileOptions,
  options: Record<string, unknown>,
): Promise<void> {
  if (record !== undefined) writeOutput(record, "the recording", machine.recording(options));
  if (save !== undefined) writeOutput(save, "the snapshot", await machine.snapshot());
}
