/** Packets that stop, step and continue: ? vCont c s C S bc bs D k. */
import {
  type CommandTable,
  E_MALFORMED,
  E_NO_THREAD,
  type Handler,
  OK,
  parseThread,
  type RspContext,
} from "./commands.ts";
import { parseWord } from "./hex.ts";

type Action = "step" | "continue";

/** `action[:thread]`, actions `c`, `s`, and `C`/`S` whose signal means nothing to a hart. */
function parseAction(text: string, hartCount: number): { action: Action; harts: number[] } | undefined {
  const match = /^(?:([cs])|([CS])[0-9a-fA-F]{2})(?::(.+))?$/.exec(text);
  if (match === null) return undefined;
  const action = (match[1] ?? match[2])?.toLowerCase() === "s" ? "step" : "continue";
  const thread = parseThread(match[3] ?? "-1", hartCount);
  if (thread === undefined) return undefined;
  if (thread === "all") return { action, harts: [...Array(hartCount).keys()] };
  return { action, harts: [thread === "any" ? 0 : thread] };
}

/**
 * The leftmost action that names a hart is that hart's. A step moves its hart alone, though others may
 * be told to continue: GDB steps to get over a breakpoint, and a hart that runs away meanwhile helps nobody.
 * Continuing some harts and holding others is refused, because the machine's harts go together.
 */
function vCont(args: string, context: RspContext): string | undefined {
  const range = /^r([0-9a-fA-F]{1,16}),([0-9a-fA-F]{1,16})(?::([^;]+))?(?:;.*)?$/.exec(args);
  if (range !== null) {
    const hart = parseThread(range[3] ?? "0", context.target.hartCount);
    if (hart === undefined || hart === "all") return E_MALFORMED;
    const [first = 0n, end = 0n] = range.slice(1, 3).map((text) => parseWord(text) ?? 0n);
    context.stepRange(hart === "any" ? context.generalHart : hart, first, end);
    return undefined;
  }
  const { hartCount } = context.target;
  const actions = new Map<number, Action>();
  for (const text of args.split(";")) {
    const parsed = parseAction(text, hartCount);
    if (parsed === undefined) return E_MALFORMED;
    for (const hart of parsed.harts) {
      if (!actions.has(hart)) actions.set(hart, parsed.action);
    }
  }
  const stepping = [...actions].find(([, action]) => action === "step");
  if (stepping !== undefined) context.step(stepping[0]);
  else if (actions.size === hartCount) context.resume();
  else return E_NO_THREAD;
  return undefined;
}

/** The older packets, with an optional address to go on from. */
function goOn(action: Action): Handler {
  return (args, context) => {
    const hart = context.resumeHart ?? context.generalHart;
    if (args !== "") {
      const address = parseWord(args);
      if (address === undefined) return E_MALFORMED;
      context.target.writeRegister(hart, "pc", address);
    }
    if (action === "step") context.step(hart);
    else context.resume();
    return undefined;
  };
}

/** `sig[;addr]`: the signal is dropped. */
function withSignal(handler: Handler): Handler {
  return (args, context) => {
    const match = /^[0-9a-fA-F]{2}(?:;(.+))?$/.exec(args);
    return match === null ? E_MALFORMED : handler(match[1] ?? "", context);
  };
}

export const RUN_COMMANDS: CommandTable = {
  "?": (_args, context) => context.stopReply(),
  "vCont?": () => "vCont;c;C;s;S;r",
  "vCont;": vCont,
  c: goOn("continue"),
  s: goOn("step"),
  C: withSignal(goOn("continue")),
  S: withSignal(goOn("step")),
  D: (_args, context) => {
    context.detach();
    return OK;
  },
  bs: (_args, context) => {
    context.stepBack(context.resumeHart ?? context.generalHart);
    return undefined;
  },
  bc: (_args, context) => {
    context.resumeBack();
    return undefined;
  },
  k: (_args, { target }) => {
    target.quit();
    return undefined;
  },
};
