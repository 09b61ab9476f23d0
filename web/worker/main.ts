/** The worker: owns the machine, and answers what the page asks. */
import { HartbeatError } from "../../host/errors.ts";
import type { GuestFiles, MachineSettings, Requests, ToPage, ToWorker } from "../protocol.ts";
import { ConsoleFlow } from "./console-flow.ts";
import { GdbLink } from "./gdb-link.ts";
import { fetchGuestFiles, fetchImages, type Images } from "./images.ts";
import { Session } from "./session.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

function post(message: ToPage): void {
  scope.postMessage(message);
}

const flow = new ConsoleFlow((output) => post({ type: "output", output }));
let images: Promise<Images> | undefined;
let session: Session | undefined;
let last: { settings: MachineSettings; files: GuestFiles } | undefined;
let starts = 0;
let seen = true;

const gdb = new GdbLink({
  target: () => present().gdbTarget,
  onState(state) {
    if (session) session.shared = state.kind === "attached";
    post({ type: "gdb", state });
  },
});

/** A mistake of the user's in plain words; anything else is a fault of ours. */
function explain(error: unknown): string {
  if (error instanceof HartbeatError) return error.message;
  return `The machine stopped on a fault of its own: ${error}. Reload the page.`;
}

/** Powers a new machine on in place of the present one; a later call wins over one that still loads. */
async function start(
  settings: MachineSettings,
  files: GuestFiles,
  begin?: (session: Session) => Promise<void>,
): Promise<void> {
  const mine = ++starts;
  last = { settings, files };
  const places = session?.debugger.places ?? [];
  gdb.letGo("the page's machine was powered on anew");
  session?.stop();
  session = undefined;
  const onProgress = (loaded: number, total: number): void =>
    post({ type: "progress", what: "Loading the machine", loaded, total });
  images ??= fetchImages(onProgress);
  const loaded = await images.catch((error) => {
    images = undefined;
    throw error;
  });
  // A disk is read piece by piece.
  const given = Object.fromEntries(
    Object.entries(settings.urls).filter(([role]) => role !== "disk" && !(role in files)),
  );
  const guest = { ...(await fetchGuestFiles(given, onProgress)), ...files };
  const made = await Session.create(loaded, settings, guest, { console: flow, post, restart });
  if (mine !== starts) return made.machine.dispose();
  session = made;
  made.seen = seen;
  const setBreakpoints = async (): Promise<void> => {
    for (const place of places) await made.debugger.setBreakpoint(place).catch(() => undefined);
  };
  if (!begin) await setBreakpoints();
  made.run(begin && (() => begin(made).finally(setBreakpoints))).catch((error) => {
    if (session === made) post({ type: "error", message: explain(error) });
  });
}

/** A new machine repeats the present run up to where a function was entered. */
function travel(name: string, cycle: number): Promise<void> | undefined {
  if (!last) return undefined;
  const { run } = present().whereabouts;
  return start(last.settings, last.files, (made) => {
    made.debugger.stopAtMoment(name, cycle);
    return made.whereabouts.repeat(run);
  });
}

function restart(): void {
  if (last)
    start(last.settings, last.files).catch((error) => post({ type: "error", message: explain(error) }));
}

function present(): Session {
  if (session) return session;
  throw new HartbeatError("The machine is not there yet; wait until the page shows it.");
}

type Handlers = { [Name in keyof Requests]: (...args: Parameters<Requests[Name]>) => unknown };

const handlers: Handlers = {
  boot: (settings, files, beginning) =>
    start(settings, files, beginning && ((made) => made.whereabouts.bring(beginning))),
  reset: () => last && start(last.settings, last.files),
  fingerprint: () => present().fingerprint(),
  run: (cycles) => present().advance({ cycles }),
  expect: (text) => present().advance({ text }),
  pause: () => present().debugger.pause(),
  resume: () => present().debugger.resume(),
  step: (hart, unit) => present().debugger.step(hart, unit),
  stepOver: (hart, unit) => present().debugger.stepOver(hart, unit),
  stepOut: (hart) => present().debugger.stepOut(hart),
  stepBack: (hart, unit) => present().debugger.stepBack(hart, unit),
  runBack: (hart) => present().debugger.runBack(hart),
  remember: () => present().debugger.remember(),
  setTiming: (pipeline) => present().setTiming(pipeline),
  setSpeed: (speed) => present().setSpeed(speed),
  watchPipeline: (watched) => present().watchPipeline(watched),
  pipeline: (hart, count) => present().pipeline.view(hart, count),
  pipelineFile: (count, format) => present().pipeline.export(count, format),
  snapshot: () => present().snapshot(),
  restore: (snapshot) => {
    gdb.letGo("the page's machine was put into another state");
    return present().restore(snapshot);
  },
  travel,
  recording: () => present().whereabouts.run.recording,
  whereabouts: () => present().whereabouts.present(),
  runTo: (where) => present().debugger.runTo(where),
  setBreakpoint: (where) => present().debugger.setBreakpoint(where),
  clearBreakpoint: (address) => present().debugger.clearBreakpoint(address),
  view: (hart) => present().debugger.view(hart),
  code: (hart, where, count, before) => present().inspector.code(hart, where, count, before),
  memory: (hart, where, length) => present().inspector.memory(hart, where, length),
  walk: (hart, where) => present().inspector.walk(hart, where),
  tasks: () => present().inspector.tasks(),
  symbols: (prefix) => present().inspector.symbols(prefix),
  source: async (where) => present().inspector.source(await present().inspector.address(0, where)),
  connectGdb: (port) => gdb.open(port),
  disconnectGdb: () => gdb.close(),
  bootPath: () => present().bootPath,
  codeLines: async (file) => [...(await present().inspector.lines()).linesOf(file)],
};

/** Requests are served one after another. */
let queue: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "input":
      session?.input(data.bytes);
      break;
    case "drawn":
      flow.drawn(data.count);
      break;
    case "seen":
      seen = data.seen;
      if (session) session.seen = seen;
      break;
    case "request":
      queue = queue.then(async () => {
        const { id, name, args } = data;
        try {
          const handler = handlers[name] as (...args: unknown[]) => unknown;
          post({ type: "answer", id, value: await handler(...args) });
        } catch (error) {
          post({ type: "refusal", id, message: explain(error) });
        }
      });
      break;
  }
};
