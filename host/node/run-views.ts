/** Files that show what a run did: pipeline traces, profiles, timelines. Written as soon as their window of the run is over. */
import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { HartbeatError } from "../errors.ts";
import { diagram } from "../pipeline/diagram.ts";
import { kanataLines } from "../pipeline/kanata.ts";
import { PipelineRecorder } from "../pipeline/recorder.ts";
import { diagramSvg } from "../pipeline/svg.ts";
import { profileReport } from "../profile/annotate.ts";
import { Profiler } from "../profile/profiler.ts";
import { speedscope } from "../profile/speedscope.ts";
import type { TraceWindow, WindowOptions } from "../trace/instruction-trace.ts";
import { perfettoLines } from "../trace/perfetto.ts";
import { parsePlace } from "../trace/place.ts";
import { Timeline } from "../trace/timeline.ts";
import { reason } from "./files.ts";
import type { Machine } from "./index.ts";

export interface ViewOptions {
  /** Kanata file of the pipeline. */
  readonly tracePipeline?: string;
  /** Diagram of it: a file of text or, by its name, SVG; true for the terminal. */
  readonly diagram?: string | true;
  /** Functions and their code with cycles. */
  readonly annotate?: string;
  readonly speedscope?: string;
  readonly perfetto?: string;
  /** Window of all these: a cycle, a symbol, an address, or +CYCLES. */
  readonly from?: string;
  readonly to?: string;
}

/** Instructions in a diagram for people, and in a Kanata file. */
const DIAGRAM_ROWS = 60;
const KANATA_ROWS = 200_000;
/** Characters that are written at a time. */
const CHUNK = 1 << 20;

interface View {
  readonly window: TraceWindow;
  readonly files: readonly string[];
  /** Writes the file, and says so. */
  write(): string;
}

function writeLines(path: string, lines: Iterable<string>): void {
  try {
    const file = openSync(path, "w");
    try {
      let chunk = "";
      for (const line of lines) {
        chunk += line;
        if (chunk.length < CHUNK) continue;
        writeSync(file, chunk);
        chunk = "";
      }
      writeSync(file, chunk);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new HartbeatError(`Cannot write '${path}': ${reason(error)}; name another file.`);
  }
}

function* withNewlines(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `${line}\n`;
}

export class RunViews {
  readonly #machine: Machine;
  readonly #views = new Set<View>();
  readonly #from: string | undefined;
  /** Files that this run made and has not written yet. */
  readonly #made: Set<string>;

  /** Throws HartbeatError when a file cannot be written or a place is not known. */
  constructor(machine: Machine, options: ViewOptions) {
    this.#machine = machine;
    const { tracePipeline, diagram: shown, annotate, speedscope: flames, perfetto, from, to } = options;
    const window: WindowOptions = {
      from: from === undefined ? undefined : parsePlace(from, machine.symbols),
      to: to === undefined ? undefined : parsePlace(to, machine.symbols),
    };
    this.#from = from;
    this.#made = new Set([tracePipeline, shown, annotate, flames, perfetto].filter(isString).filter(make));
    if (tracePipeline !== undefined) this.#views.add(this.#kanata(tracePipeline, window));
    if (shown !== undefined) this.#views.add(this.#diagram(shown, window));
    if (annotate !== undefined || flames !== undefined)
      this.#views.add(this.#profile(annotate, flames, window));
    if (perfetto !== undefined) this.#views.add(this.#timeline(perfetto, window));
    if (this.#views.size === 0 && (from !== undefined || to !== undefined)) {
      throw new HartbeatError(
        "--from and --to say what part of a run is shown; add --trace-pipeline, --diagram, --annotate, --speedscope or --perfetto.",
      );
    }
  }

  /** Writes what is complete, or with `end` everything. Gives a line about each file. */
  write(end = false): string[] {
    const written: string[] = [];
    for (const view of this.#views) {
      if (!end && !view.window.over) continue;
      view.window.close();
      this.#views.delete(view);
      const { first = Number.POSITIVE_INFINITY } = view.window;
      const reached = this.#from === undefined || first < this.#machine.cycles;
      written.push(reached ? view.write() : this.#drop(view));
    }
    return written;
  }

  /** Leaves no file of a view that saw nothing. */
  #drop({ files }: View): string {
    for (const file of files) if (this.#made.has(file)) rmSync(file);
    const cycles = this.#machine.cycles.toLocaleString("en");
    const missing = files.length > 0 ? `, and ${files.join(" and ")} not written` : "";
    return `the place of --from was not reached${missing}: the run ended at cycle ${cycles}; name a place before ${this.#from}, or let the run go on`;
  }

  #kanata(path: string, window: WindowOptions): View {
    const recorder = new PipelineRecorder(this.#machine, { ...window, limit: KANATA_ROWS });
    return {
      window: recorder.window,
      files: [path],
      write: () => {
        const rows = recorder.eachRow();
        writeLines(path, kanataLines(rows));
        const cut = recorder.overflowed ? ", the most that it holds" : "";
        return `${path} has ${rows.length.toLocaleString("en")} instructions${cut}; Konata opens it`;
      },
    };
  }

  #diagram(path: string | true, window: WindowOptions): View {
    const recorder = new PipelineRecorder(this.#machine, { ...window, limit: DIAGRAM_ROWS });
    return {
      window: recorder.window,
      files: [path].filter(isString),
      write: () => {
        const rows = recorder.rows();
        if (path === true) {
          const width = process.stderr.columns;
          return `the pipeline\n${diagram(rows, width === undefined ? {} : { width }).trimEnd()}`;
        }
        writeLines(path, [path.endsWith(".svg") ? diagramSvg(rows) : diagram(rows)]);
        return `${path} has the diagram`;
      },
    };
  }

  #profile(annotate: string | undefined, flames: string | undefined, window: WindowOptions): View {
    const profiler = new Profiler(this.#machine, window);
    return {
      window: profiler.window,
      files: [annotate, flames].filter(isString),
      write: () => {
        const done: string[] = [];
        if (annotate !== undefined) {
          writeLines(annotate, withNewlines(profileReport(profiler.functions())));
          done.push(`${annotate} has the functions and their code with cycles`);
        }
        if (flames !== undefined) {
          writeLines(flames, [JSON.stringify(speedscope(profiler, this.#machine.timing?.name ?? "ideal"))]);
          done.push(`${flames} has the call stacks; speedscope opens it`);
        }
        return done.join("\n");
      },
    };
  }

  #timeline(path: string, window: WindowOptions): View {
    const timeline = new Timeline(this.#machine, window);
    return {
      window: timeline.window,
      files: [path],
      write: () => {
        writeLines(path, perfettoLines(timeline, this.#machine.symbols));
        return `${path} has the timeline; ui.perfetto.dev opens it`;
      },
    };
  }
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

/** Makes a file unless it is there, and tells whether it was not. What cannot be written is better known before the run. */
function make(path: string): boolean {
  const isNew = !existsSync(path);
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    throw new HartbeatError(`Cannot write '${path}': ${reason(error)}; name another file.`);
  }
  return isNew;
}
