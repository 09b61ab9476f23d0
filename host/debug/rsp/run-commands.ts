/** Packets that stop, step and continue: ? vCont c s C S bc bs D k. */
import {
  type CommandTable,
  E_MALFORMED,
  type Handler,
  OK,
  parseThread,
  type RspContext,
} from "./commands.ts";
import { parseCount, parseWord } from "./hex.ts";

/** What a hart is told to do. */
type Action =
  | { readonly kind: "continue" }
  | { readonly kind: "step" }
  | { readonly kind: "range"; readonly first: bigint; readonly end: bigint };

/** `c`, `s`, `C` and `S` with a signal, which means nothing to a hart, and `r` with the range to leave. */
function parseAction(text: string): Action | undefined {
  if (/^(?:c|C[0-9a-fA-F]{2})$/.test(text)) return { kind: "continue" };
  if (/^(?:s|S[0-9a-fA-F]{2})$/.test(text)) return { kind: "step" };
  const [, from = "", to = ""] = /^r([0-9a-fA-F]+),([0-9a-fA-F]+)$/.exec(text) ?? [];
  const [first, end] = [parseWord(from), parseWord(to)];
  return first === undefined || end === undefined ? undefined : { kind: "range", first, end };
}

/** `action[:thread]`: the harts that it is for. Thread 0 is any: the one that is looked at. */
function parseOrder(text: string, context: RspContext): { action: Action; harts: number[] } | undefined {
  const { hartCount } = context.target;
  const colon = text.indexOf(":");
  const action = parseAction(colon < 0 ? text : text.slice(0, colon));
  const thread = parseThread(colon < 0 ? "-1" : text.slice(colon + 1), hartCount);
  if (action === undefined || thread === undefined) return undefined;
  if (thread === "all") return { action, harts: [...Array(hartCount).keys()] };
  return { action, harts: [thread === "any" ? context.generalHart : thread] };
}

/** GDB shows the text after the dot. */
const HARTS_GO_TOGETHER = "E.harts go together; set scheduler-locking off";

/**
 * The leftmost action that names a hart is that hart's. A step moves its hart, and the others take the turns that they
 * would have had. Continuing some harts and holding others is refused, because the machine's harts go together.
 */
function vCont(args: string, context: RspContext): string | undefined {
  const { hartCount } = context.target;
  const actions = new Map<number, Action>();
  for (const text of args.split(";")) {
    const order = parseOrder(text, context);
    if (order === undefined) return E_MALFORMED;
    for (const hart of order.harts) {
      if (!actions.has(hart)) actions.set(hart, order.action);
    }
  }
  for (const [hart, action] of actions) {
    if (action.kind === "continue") continue;
    if (action.kind === "step") context.step(hart);
    else context.stepRange(hart, action.first, action.end);
    return undefined;
  }
  if (actions.size < hartCount) return HARTS_GO_TOGETHER;
  context.resume();
  return undefined;
}

/** The older packets, with an optional address to go on from. */
function goOn(action: "continue" | "step"): Handler {
  return (args, context) => {
    const hart = context.resumeHart ?? context.selectedHart;
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
    context.stepBack(context.resumeHart ?? context.selectedHart);
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
  /** `vKill;pid`: any process is the machine. Unlike `k` it has a reply, so that the client hears of it before the end. */
  "vKill;": (args, { target }) => {
    if (parseCount(args) === undefined) return E_MALFORMED;
    target.quit();
    return OK;
  },
};
