/** Gathers what the boot map shows: functions of the boot path, programs, and console lines with their times. */
import type { MachineTarget } from "../../host/debug/machine-target.ts";
import { readTasks } from "../../host/inspect/tasks.ts";
import type { Machine } from "../../host/machine.ts";
import { BOOT_PATH } from "../../host/trace/boot-path.ts";
import { BootTrace, type TraceRecord } from "../../host/trace/boot-trace.ts";
import { type ProgramRecord, ProgramTrace } from "../../host/trace/program-trace.ts";
import type { BootPathView, ConsoleLine, TraceUpdate } from "../protocol.ts";

/** Lines after these are not part of the map. */
const MOST_LINES = 2000;
const LONGEST_LINE = 400;
const NEWLINE = 10;
const INIT_PID = 1;

export class Recorder {
  readonly #machine: Machine;
  readonly #target: MachineTarget;
  readonly #functions = new Map<number, TraceRecord>();
  readonly #programs = new Map<number, ProgramRecord>();
  #traces: { stop(): void }[] = [];
  #boot: BootTrace | undefined;
  #lines: ConsoleLine[] = [];
  #lineCount = 0;
  #text = "";
  #began = 0;

  constructor(machine: Machine, target: MachineTarget) {
    this.#machine = machine;
    this.#target = target;
    this.#watch();
    const stop = machine.console.onOutput((bytes) => {
      for (const byte of bytes) this.#character(byte);
      if (this.#lineCount >= MOST_LINES) stop();
    });
  }

  /** The machine was put into the middle of a run: what is there was not seen coming, and numbers begin anew. */
  restart(): void {
    for (const trace of this.#traces) trace.stop();
    this.take();
    this.#text = "";
    const { symbols } = this.#machine;
    const tasks = readTasks(symbols, (address, length) => this.#target.readMemory(0, address, length)) ?? [];
    const booted = tasks.some(({ pid, kernelThread }) => pid === INIT_PID && !kernelThread);
    this.#watch(!booted).adopt(tasks);
  }

  #watch(withBoot = true): ProgramTrace {
    const programs = new ProgramTrace(this.#target);
    programs.onRecord = (record, index) => this.#programs.set(index, record);
    this.#traces = [programs];
    if (!withBoot) return programs;
    const boot = new BootTrace(this.#target);
    boot.onRecord = (record, index) => this.#functions.set(index, record);
    this.#traces.push(boot);
    this.#boot = boot;
    return programs;
  }

  /** How much of the documented path can be seen. */
  get bootPath(): BootPathView {
    const { missing, knowsPids } = this.#boot ?? { missing: [], knowsPids: true };
    const wanted = BOOT_PATH.filter(({ image }) => image === "kernel").length;
    const names = missing.filter(({ image }) => image === "kernel").map(({ name }) => name);
    return { pids: knowsPids, found: wanted - names.length, missing: names };
  }

  /** What is new since the last call; undefined when that is nothing. */
  take(): TraceUpdate | undefined {
    if (this.#functions.size === 0 && this.#programs.size === 0 && this.#lines.length === 0) return undefined;
    const update = { functions: [...this.#functions], programs: [...this.#programs], lines: this.#lines };
    this.#functions.clear();
    this.#programs.clear();
    this.#lines = [];
    return update;
  }

  #character(byte: number): void {
    if (byte === NEWLINE) {
      if (this.#text.trim() !== "") this.#lines.push({ cycle: this.#began, text: this.#text });
      this.#lineCount++;
      this.#text = "";
      return;
    }
    if (byte < 32) return;
    if (this.#text === "") this.#began = this.#machine.cycles;
    if (this.#text.length < LONGEST_LINE) this.#text += String.fromCharCode(byte);
  }
}
