/** The menu of files: what can be saved, and opening one. */
import { button, element, make } from "./dom.ts";

export interface FileItem {
  readonly label: string;
  readonly title: string;
  readonly onClick: () => unknown;
}

export class FilesMenu {
  readonly #menu = element<HTMLDetailsElement>("files");

  /** `onOpen` gets the files that the user chooses. */
  constructor(items: readonly FileItem[], onOpen: (files: readonly File[]) => void) {
    const input = make("input", { type: "file", multiple: true, hidden: true });
    input.addEventListener("change", () => {
      onOpen([...(input.files ?? [])]);
      input.value = "";
    });
    const open: FileItem = {
      label: "Open…",
      title: "A snapshot, a recorded run, a kernel, an initial RAM disk or a disk; or drop it on the page",
      onClick: () => input.click(),
    };
    const choose = ({ label, title, onClick }: FileItem): HTMLButtonElement =>
      button(
        label,
        () => {
          this.#close();
          onClick();
        },
        title,
      );
    element("files-list").append(...[...items, open].map(choose), input);
    document.addEventListener("pointerdown", ({ target }) => {
      if (!this.#menu.contains(target as Node)) this.#menu.open = false;
    });
    this.#menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#menu.open) return;
      this.#close();
      event.preventDefault();
    });
  }

  #close(): void {
    this.#menu.open = false;
    this.#menu.querySelector("summary")?.focus();
  }
}
