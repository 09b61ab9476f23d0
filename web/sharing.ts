/** Links to the present moment, and files of it. */
import type { MachineClient } from "./client.ts";
import { download, element } from "./dom.ts";
import { fragmentOf } from "./link.ts";

export interface SharingOptions {
  readonly client: MachineClient;
  /** The page's address without a fragment. */
  readonly address: () => string;
  /** The machine runs files that no link can hold. */
  readonly ownFiles: () => boolean;
  readonly onNotice: (message: string) => void;
  /** Told of each snapshot that is saved. */
  readonly onSnapshot: (snapshot: Uint8Array) => void;
}

export class Sharing {
  readonly #options: SharingOptions;

  constructor(options: SharingOptions) {
    this.#options = options;
    element("copy-link").addEventListener("click", () => this.#copyLink());
  }

  async saveState(): Promise<void> {
    const { client, onSnapshot } = this.#options;
    const snapshot = await this.#ask(client.ask("snapshot"));
    if (!snapshot) return;
    onSnapshot(snapshot);
    download(`hartbeat-${await this.#cycle()}.snapshot`, snapshot, "application/octet-stream");
  }

  async saveRun(): Promise<void> {
    const recording = await this.#ask(this.#options.client.ask("recording"));
    if (recording) download(`hartbeat-${await this.#cycle()}.run`, recording, "text/plain");
  }

  async #copyLink(): Promise<void> {
    const { client, address, ownFiles } = this.#options;
    const hint = element("copied");
    hint.textContent = "";
    const link = new URL(address(), location.href);
    if (ownFiles()) hint.textContent = "The link is of hartbeat's own kernel: it cannot hold your files. ";
    else {
      const place = await this.#ask(client.ask("whereabouts"));
      const fragment = place && (await fragmentOf(place));
      if (fragment !== undefined) link.hash = fragment;
      else if (place)
        hint.textContent =
          "The link leads to the start: what came in is too long for it. Save the run instead. ";
    }
    history.replaceState(null, "", link);
    const copied = await navigator.clipboard?.writeText(link.href).then(
      () => true,
      () => false,
    );
    hint.textContent += copied ? "Link copied." : "The link is this page's address now.";
  }

  async #cycle(): Promise<number> {
    return (await this.#ask(this.#options.client.ask("fingerprint")))?.cycles ?? 0;
  }

  /** What is wrong is told. */
  async #ask<T>(request: Promise<T>): Promise<T | undefined> {
    return request.catch((error: Error) => {
      this.#options.onNotice(error.message);
      return undefined;
    });
  }
}
