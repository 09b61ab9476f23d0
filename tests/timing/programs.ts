/** The programs whose cycle counts the RTL of CVA6 gave, and those counts (truth.json): built here, run on our core, compared. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Elf, readElf } from "../../host/boot/elf.ts";
import { Core } from "../../host/core/core.ts";
import { pipelineByName, withMemoryLatency } from "../../host/timing/pipelines.ts";
import { Timing } from "../../host/timing/timing.ts";
import { RAM_BASE } from "../../spec/machine-map.ts";
import { PATIENCE_MS } from "../tools/patience.ts";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const SOURCES = folder("./programs");
const BUILT = folder("../../.cache/timing");
const WASM = folder("../../dist/core.wasm");

/** What one run of a program took. `cold` is its first repetition; the rest is of the last. */
export interface Figures {
  readonly cycles: number;
  readonly instructions: number;
  readonly cold: number;
  readonly icacheMisses: number;
  readonly dcacheMisses: number;
  readonly mispredictions: number;
  /** Cycles in which the next instruction waited for an operand. */
  readonly operandStalls: number;
}

export interface Program {
  readonly name: string;
  /** `program` for the whole programs; else what the micro-benchmark is about. */
  readonly kind: string;
  /** Figures of the RTL by the memory's latency. */
  readonly truth: ReadonlyMap<number, Figures>;
}

type Row = readonly [number, number, number, number, number, number, number];

/** All programs, as measured. */
export function readTruth(): Program[] {
  const rows: Record<string, { class: string; runs: Record<string, Row> }> = JSON.parse(
    readFileSync(folder("./truth.json"), "utf8"),
  );
  return Object.entries(rows).map(([name, row]) => ({
    name,
    kind: row.class,
    truth: new Map(
      Object.entries(row.runs).map(([latency, run]) => {
        const [cycles, instructions, cold, icacheMisses, dcacheMisses, mispredictions, operandStalls] = run;
        return [
          Number(latency),
          { cycles, instructions, cold, icacheMisses, dcacheMisses, mispredictions, operandStalls },
        ] as const;
      }),
    ),
  }));
}

/** Builds what has not been built; takes some ten seconds the first time. */
export function buildPrograms(): void {
  cpSync(SOURCES, BUILT, { recursive: true, preserveTimestamps: true });
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, args, { cwd: BUILT, stdio: ["ignore", "ignore", "inherit"], timeout: PATIENCE_MS });
  };
  if (!existsSync(`${BUILT}/gen/index.json`)) run("python3", "gen.py");
  run("make", "-s", "-j2", "micro", "progs");
}

const RAM_BYTES = 128 * 2 ** 20;
/** More than any of the programs takes. */
const MOST_CYCLES = 20_000_000;
/** Words of a program's record: the header, then for each repetition. */
const HEADER_WORDS = 4;
const REPETITION_WORDS = 8;

/** Puts the program alone on a core, which stands at its first instruction with everything cold. */
async function load(elf: Elf): Promise<{ core: Core; timing: Timing }> {
  let core: Core | undefined;
  core = await Core.create({
    wasm: readFileSync(WASM),
    harts: 1,
    ramBytes: RAM_BYTES,
    bus: {
      read: () => 0,
      // The only device that the programs know is the test finisher.
      write: () => {
        core?.requestStop();
        return true;
      },
      supervisorTimerChanged: () => {},
    },
  });
  for (const { paddr, bytes } of elf.segments) core.write(paddr, bytes);
  core.hart(0).set("pc", BigInt(RAM_BASE));
  return { core, timing: new Timing(core) };
}

/** Runs the program on a pipeline and reads the record that it wrote. */
export async function runProgram(
  name: string,
  latency: number,
  pipeline = "cva6",
): Promise<Figures & { timing: Timing }> {
  const elf = readElf(new Uint8Array(readFileSync(`${BUILT}/elf/${name}.elf`)), name);
  const { core, timing } = await load(elf);
  timing.set(withMemoryLatency(pipelineByName(pipeline), latency));
  core.run(MOST_CYCLES, MOST_CYCLES, MOST_CYCLES);
  const record = Number(elf.symbols.find((symbol) => symbol.name === "bench_result")?.address ?? 0);
  const words = new DataView(core.view(record, 4096)?.slice().buffer as ArrayBuffer);
  const word = (index: number): number => Number(words.getBigUint64(index * 8, true));
  const last = HEADER_WORDS + REPETITION_WORDS * (word(2) - 1);
  return {
    cycles: word(last),
    instructions: word(last + 1),
    cold: word(HEADER_WORDS),
    icacheMisses: word(last + 2),
    dcacheMisses: word(last + 3),
    mispredictions: word(last + 4),
    operandStalls: word(last + 7),
    timing,
  };
}

/** Relative error in percent. */
export function errorOf(ours: number, truth: number): number {
  return ((ours - truth) / truth) * 100;
}

/** Programs that our core cannot run as CVA6 does, each with its reason. */
export const DIFFERENT: Readonly<Record<string, string>> = {
  misld_trap: "misaligned loads trap on CVA6; ours does them",
};
