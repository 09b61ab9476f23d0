/** Our own stacks and values beside those of a real GDB, at many places of a run; and what is asked in C. */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { describeResult, Evaluator } from "../../../host/debug/source/evaluate.ts";
import { SourceImages } from "../../../host/debug/source/images.ts";
import { type StackFrame, stackOf } from "../../../host/debug/source/stack.ts";
import { variablesOf } from "../../../host/debug/source/variables.ts";
import { formatValue, OPTIMISED_OUT } from "../../../host/dwarf/value-text.ts";
import { HartbeatError } from "../../../host/errors.ts";
import { PACKAGE_FILES } from "../../../host/node/files.ts";
import { Machine } from "../../../host/node/index.ts";
import { randomNumbers } from "../../replay/guest.ts";
import { requireTool } from "../../tools/require-tool.ts";
import { userProgram } from "../../tools/user-programs.ts";
import { atPrompt, FIRMWARE_SYMBOLS, kernelSessions } from "./kernel-guest.ts";

const PLACES = 16;
/** Guest time from the command to the prompt after it. */
const SPAN = 3_000_000;

/**
 * The lines that GDB may give a frame. It drops a row of the line table that differs from the one before in its discriminator
 * alone, so that the dropped row's code has what stands at the place of the first.
 */
function linesInGdb({ source, place }: StackFrame): (number | undefined)[] {
  const lines = place?.image.debug.lines;
  const range = place && lines?.rangeAt(place.linked);
  const atPlace = place && lines?.find(place.linked)?.line === source?.line;
  return range && atPlace ? [source?.line, lines?.find(range.low)?.line] : [source?.line];
}

requireTool(
  "gdb-multiarch",
  "riscv64-linux-gnu-gcc",
  "make",
)("stacks from debugging information", () => {
  const { debug } = kernelSessions();
  let id: string;

  beforeAll(() => {
    id = userProgram("id");
  });

  const imagesOf = (machine: Machine): Promise<SourceImages> =>
    SourceImages.load(machine, inflateSync, (name) =>
      name === "id" ? new Uint8Array(readFileSync(id)) : undefined,
    );

  async function stack(machine: Machine, images: SourceImages, hart: number): Promise<StackFrame[]> {
    const task = machine.debugger.taskOf(hart);
    if (task) await images.prepare(task.name);
    return stackOf(machine, images, hart);
  }

  /** GDB's frame line: name, arguments, line. */
  const FRAME = /^#\d+ +(?:0x\w+ in )?(\S+|<signal handler called>)(?: \((.*)\))?(?: at (\S+):(\d+))?$/;

  /**
   * GDB finds functions that left by a tail call, in programs that were compiled with them. They may be missing in
   * ours, in user programs only: below the last trap.
   */
  function withoutTailCallers(theirs: RegExpExecArray[], ours: readonly string[]): RegExpExecArray[] {
    const lastTrap = ours.lastIndexOf("<signal handler called>");
    const kept = theirs.slice(0, lastTrap + 1);
    for (const frame of theirs.slice(lastTrap + 1)) if (frame[1] === ours[kept.length]) kept.push(frame);
    return kept;
  }

  const TRAPS = /^(handle_exception|ret_from_exception|trap_entry)$/;

  it("are those of GDB, with their arguments, at random places", async () => {
    const machine = await atPrompt(await Machine.create({ harts: 2 }));
    const { debugger: own } = machine;
    own.keepHistory();
    machine.console.send("id; ps -ef | wc; id\n");
    const images = await imagesOf(machine);
    const begin = machine.cycles;
    machine.run({ cycles: SPAN });
    const random = randomNumbers(11);
    const cycles: number[] = [];
    const ours: StackFrame[][] = [];
    const values: Map<string, string>[][] = [];
    while (cycles.length < PLACES) {
      const cycle = begin + random(SPAN);
      own.goTo(cycle);
      if (machine.idle) continue;
      cycles.push(cycle);
      for (let hart = 0; hart < 2; hart++) {
        const frames = await stack(machine, images, hart);
        ours.push(frames);
        values.push(
          frames.map(
            (frame) =>
              new Map(
                variablesOf({ machine, images, hart, stack: frames }, frame).map(({ name, value }) => [
                  name,
                  formatValue(value),
                ]),
              ),
          ),
        );
      }
    }
    const looks = cycles.flatMap((cycle) => [
      `monitor goto ${cycle}`,
      "maintenance flush register-cache",
      ...["thread 1", "bt", "thread 2", "bt"].map((line) => line),
      "echo ====\\n",
    ]);
    const setUp = [FIRMWARE_SYMBOLS, `add-symbol-file ${id}`, "set backtrace past-main on"];
    // GDB caches the stack and does not know that `monitor goto` changes it.
    const uncached = ["set stack-cache off", "set code-cache off"];
    const quiet = [
      ...uncached,
      "set print entry-values no",
      "set print frame-arguments all",
      "set print symbol off",
    ];
    const output = await debug(machine, [...setUp, ...quiet, ...looks]);

    const theirs = output
      .split("====\n")
      .slice(0, PLACES)
      .flatMap((place) => {
        const stacks = place.split(/^\[Switching to thread \d.*$/m).slice(1);
        // What follows the switch is the frame that `thread` shows, then the frames of `bt`.
        return stacks.map((text) =>
          text
            .split("\n")
            .filter((line) => FRAME.test(line))
            .slice(1),
        );
      });
    expect(theirs).toHaveLength(ours.length);
    let compared = 0;
    for (const [index, lines] of theirs.entries()) {
      const frames = ours[index] as StackFrame[];
      // GDB has the symbols of id for any program; ours ends where there are none.
      const own = frames
        .filter(({ place }) => place)
        .map(({ name }) => (TRAPS.test(name) ? "<signal handler called>" : name));
      const all = withoutTailCallers(
        lines.map((line) => FRAME.exec(line) as RegExpExecArray).filter(([, name]) => name !== "??"),
        own,
      );
      const known = frames.at(-1)?.place ? all : all.slice(0, own.length);
      expect(own).toEqual(known.map(([, name]) => name));
      for (const [depth, [, name, args, , line]] of known.entries()) {
        if (name === "<signal handler called>") continue;
        if (line !== undefined) expect(linesInGdb(frames[depth] as StackFrame), name).toContain(Number(line));
        for (const [, variable = "", value = ""] of (args ?? "").matchAll(
          /(\w+)=(-?\d+|0x[0-9a-f]+)(?=,|$)/g,
        )) {
          const ownValue = values[index]?.[depth]?.get(variable)?.replace(/ <.*>$/, "");
          expect([name, variable, ownValue]).toEqual([name, variable, value]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it("answer questions in C", async () => {
    const machine = await atPrompt(await Machine.create({ harts: 1 }));
    machine.console.send("id -u root\n");
    const images = await imagesOf(machine);
    machine.debugger.breakAt("sys_geteuid");
    expect(machine.debugger.continue()?.kind).toBe("breakpoint");
    const frames = await stack(machine, images, 0);
    const surroundings = { machine, images, hart: 0, stack: frames };
    const ask = (text: string, name = "sys_geteuid"): string => {
      const frame = frames.find((candidate) => candidate.name === name) as StackFrame;
      const { text: answer, type } = describeResult(new Evaluator(surroundings, frame).evaluate(text));
      return `${answer}: ${type}`;
    };
    expect(ask("((struct task_struct *)$tp)->comm")).toBe('"id": char [16]');
    expect(ask("((struct task_struct *)$tp)->mm == 0")).toBe("0: long");
    expect(ask("init_task.pid + 3 * 2")).toBe("6: long");
    expect(ask("system_state")).toBe("SYSTEM_RUNNING: enum system_states");
    expect(ask("&init_task")).toMatch(/^0xffffffff8\w{7}: struct task_struct \*$/);
    expect(ask("sizeof(struct list_head) + sizeof(long)")).toBe("24: long");
    expect(ask("*(unsigned int *)((char *)&init_task.pid) == init_task.pid")).toBe("1: long");
    expect(ask("$satp >> 60")).toBe("8: long");
    expect(ask("(int)'A' << 1 | 1")).toBe("131: long");
    expect(ask("argc", "main")).toBe("3: int");
    expect(ask("argv[2]", "main")).toMatch(/^0x3f\w+ "root": char \*$/);
    expect(ask("*argv", "main")).toMatch(/^0x3f\w+ "id": char \*$/);
    expect(ask("regs->a7", "do_trap")).toBe("175: long unsigned int");
    const wrong = (text: string): string => {
      try {
        return ask(text);
      } catch (error) {
        if (error instanceof HartbeatError) return error.message;
        throw error;
      }
    };
    expect(wrong("nobody + 1")).toBe("There is no variable or function 'nobody' here.");
    expect(wrong("init_task.nothing")).toBe("struct task_struct has no member 'nothing'.");
    expect(wrong("1 / (2 - 2)")).toBe("Division by zero.");
    expect(wrong("*5")).toMatch(/^That points to nothing of a known type/);
    expect(wrong("(struct nobody *)5")).toMatch(/no type|is missing|no variable/);
    expect(wrong("init_task.")).toBe("A name is missing.");
    expect(wrong("1 2")).toBe("'2' is not expected there.");
    expect(wrong("$nothing")).toBe("There is no register 'nothing'.");
    expect(wrong("#")).toMatch(/is no expression/);
    expect(wrong("(".repeat(5000))).toMatch(/too deeply|too early/);
  });
});

it("damaged debugging information gives less, and nothing breaks", async () => {
  const whole = new Uint8Array(readFileSync(PACKAGE_FILES.firmware));
  const random = randomNumbers(5);
  const machine = await Machine.create();
  const { DebugImage } = await import("../../../host/dwarf/debug-image.ts");
  const inflate = (bytes: Uint8Array): Uint8Array => {
    const plain = new Uint8Array(inflateSync(bytes));
    for (let hits = 0; hits < 30; hits++) plain[random(plain.length)] = random(256);
    return plain;
  };
  const address = machine.symbols.lookup("handle_trap") ?? 0n;
  for (let round = 0; round < 60; round++) {
    const image = await DebugImage.read(round % 2 ? whole : whole.slice(0, random(whole.length)), inflate);
    for (let offset = 0n; offset < 64n; offset += 8n) {
      const pc = address + offset;
      for (const scope of image.scopesAt(pc)) {
        for (const { entry } of image.variablesIn(scope, pc)) image.locationOf(entry, pc);
      }
      image.frames.rowAt(pc);
    }
    image.global("boot_hart");
    image.typeNamed("struct trap_frame");
  }
  expect(OPTIMISED_OUT).toBe("<optimized out>");
});
