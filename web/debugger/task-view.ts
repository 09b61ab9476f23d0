/** The kernel's processes, from its task list in guest memory, as a tree by parent. */
import type { Task } from "../../host/inspect/tasks.ts";
import type { MachineClient } from "../client.ts";
import { make } from "../dom.ts";
import type { MachineView } from "../protocol.ts";

export class TaskView {
  readonly #client: MachineClient;
  readonly #root: HTMLElement;
  readonly #details: HTMLDetailsElement;
  #view: MachineView | undefined;

  constructor(client: MachineClient, root: HTMLElement) {
    this.#client = client;
    this.#root = root;
    this.#details = root.closest("details") as HTMLDetailsElement;
    this.#details.addEventListener("toggle", () => this.#view && this.refresh(this.#view));
  }

  async refresh(view: MachineView): Promise<void> {
    this.#view = view;
    if (!this.#details.open) return;
    const tasks = await this.#client.ask("tasks").catch(() => undefined);
    if (!tasks) {
      this.#root.replaceChildren(
        make(
          "tr",
          {},
          make("td", { colSpan: 5, textContent: "This kernel does not tell where its tasks are." }),
        ),
      );
      return;
    }
    const running = new Map(view.harts.map(({ pid }, hart) => [pid, hart]));
    this.#root.replaceChildren(
      ...ordered(tasks).map(({ task, depth }) => {
        const hart = running.get(task.pid);
        const name = make("td", { textContent: task.kernelThread ? `[${task.name}]` : task.name });
        name.style.paddingLeft = `${4 + depth * 14}px`;
        return make(
          "tr",
          { className: hart === undefined ? "" : "selected" },
          make("td", { className: "number", textContent: String(task.pid) }),
          name,
          make("td", { textContent: task.state }),
          make("td", { textContent: task.cpu === undefined ? "" : String(task.cpu) }),
          make("td", { textContent: hart === undefined ? "" : `▶ on hart ${hart}` }),
        );
      }),
    );
  }
}

/** Each task after its parent. */
function ordered(tasks: readonly Task[]): { task: Task; depth: number }[] {
  const known = new Set(tasks.map(({ pid }) => pid));
  const result: { task: Task; depth: number }[] = [];
  const add = (task: Task, depth: number): void => {
    result.push({ task, depth });
    for (const child of tasks) if (child.parent === task.pid && child.pid !== task.pid) add(child, depth + 1);
  };
  for (const task of tasks) {
    if (task.parent === undefined || task.parent === task.pid || !known.has(task.parent)) add(task, 0);
  }
  return result;
}
