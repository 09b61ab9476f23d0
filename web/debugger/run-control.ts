/** The buttons and keys that run, stop and step the machine. */
import type { MachineClient } from "../client.ts";
import { button, make } from "../dom.ts";
import type { StepUnit } from "../protocol.ts";

/** Makes a request on behalf of the user, shows what is wrong with it, and draws what has become of it. */
export type Act = (action: () => Promise<unknown>) => Promise<void>;

interface Control {
  readonly label: string;
  readonly title: string;
  /** Function key, with Shift as in "Shift+F8". */
  readonly key: string;
  readonly ask: (client: MachineClient, hart: number, unit: StepUnit) => Promise<unknown>;
}

const STEPS: readonly Control[] = [
  {
    label: "Step",
    title: "One line or instruction, into calls",
    key: "F9",
    ask: (client, hart, unit) => client.ask("step", hart, unit),
  },
  {
    label: "Over",
    title: "One line or instruction; calls run to their return",
    key: "F10",
    ask: (client, hart, unit) => client.ask("stepOver", hart, unit),
  },
  {
    label: "Out",
    title: "Runs until this function returns",
    key: "F7",
    ask: (client, hart) => client.ask("stepOut", hart),
  },
  {
    label: "Back",
    title: "To before the last line or instruction",
    key: "Shift+F9",
    ask: (client, hart, unit) => client.ask("stepBack", hart, unit),
  },
  {
    label: "Run back",
    title: "To the last breakpoint that was passed, or to where the memory begins",
    key: "Shift+F8",
    ask: (client, hart) => client.ask("runBack", hart),
  },
];
const RUN_KEY = "F8";
const UNIT_KEY = "hartbeat.step-unit";

export class RunControl {
  readonly hart = make("select", { ariaLabel: "Hart" });
  readonly #client: MachineClient;
  readonly #act: Act;
  readonly #run: HTMLButtonElement;
  readonly #steps: readonly HTMLButtonElement[];
  readonly #unit = make("select", { ariaLabel: "Steps by" });
  /** Keys that others add, for as long as the panel is shown. */
  readonly #keys = new Map<string, () => void>();
  #paused = false;
  #off = false;
  #held = false;
  /** Whether the keys are heard. */
  active = false;

  constructor(client: MachineClient, root: HTMLElement, act: Act) {
    this.#client = client;
    this.#act = act;
    this.#run = button("Pause", () => this.toggle(), `Run or pause the machine (${RUN_KEY})`);
    this.#run.className = "primary";
    this.#steps = STEPS.map(({ label, title, key, ask }) => {
      const made = button(
        label,
        () => act(() => ask(client, this.chosen, this.#unit.value as StepUnit)),
        `${title} (${key})`,
      );
      this.#keys.set(key, () => made.click());
      return made;
    });
    for (const [value, label] of [
      ["line", "by line"],
      ["instruction", "by instruction"],
    ] as const) {
      this.#unit.append(make("option", { value, textContent: label }));
    }
    this.#unit.value = localStorage.getItem(UNIT_KEY) ?? "line";
    this.#unit.addEventListener("change", () => localStorage.setItem(UNIT_KEY, this.#unit.value));
    root.append(this.#run, ...this.#steps, this.#unit, this.hart);
    this.#keys.set(RUN_KEY, () => void this.toggle());
    client.on("status", ({ power }) => {
      this.paused = power === "paused";
      this.#off = power === "off" || power === "failed";
      this.#enable();
    });
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Number of the hart that is looked at. */
  get chosen(): number {
    return Math.max(0, this.hart.selectedIndex);
  }

  set paused(paused: boolean) {
    this.#paused = paused;
    this.#run.textContent = paused ? "Run" : "Pause";
  }

  /** Somebody else runs the machine, which may still be paused here. */
  set held(held: boolean) {
    this.#held = held;
    this.#enable();
  }

  /** Does something at a function key. */
  addKey(key: string, action: () => void): void {
    this.#keys.set(key, action);
  }

  async toggle(): Promise<void> {
    const name = this.#paused ? "resume" : "pause";
    await this.#act(() => this.#client.ask(name));
  }

  #enable(): void {
    for (const each of this.#steps) each.disabled = this.#off || this.#held;
  }

  #key(event: KeyboardEvent): void {
    if (!this.active || event.ctrlKey || event.altKey || event.metaKey) return;
    const action = this.#keys.get(`${event.shiftKey ? "Shift+" : ""}${event.key}`);
    if (!action) return;
    event.preventDefault();
    action();
  }
}
