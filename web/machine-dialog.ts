/** The dialog that sets the machine up: harts, memory, command line, timing, and files of the user's. */
import { parseMemory, parseSmp } from "../host/arguments.ts";
import { HartbeatError } from "../host/errors.ts";
import { PIPELINES } from "../host/timing/pipelines.ts";
import { button, element, make } from "./dom.ts";
import { type FileRole, readGuestFile } from "./opening.ts";
import type { GuestFiles, MachineSettings } from "./protocol.ts";
import { memoryText, SPEEDS, speedText } from "./settings.ts";

/** Roles of files, and what is there without one. */
const ROLES: readonly [FileRole, string][] = [
  ["kernel", "hartbeat's own"],
  ["initrd", "hartbeat's own, for its own kernel"],
  ["disk", "none"],
  ["symbols", "those of the kernel"],
  ["decompressor", "none"],
];

export class MachineDialog {
  /** Called when the user wants a machine. */
  onBoot: (settings: MachineSettings, files: GuestFiles) => void = () => {};
  #settings: MachineSettings;
  #files: GuestFiles = {};
  readonly #dialog = element<HTMLDialogElement>("machine-dialog");
  readonly #smp = element<HTMLInputElement>("machine-smp");
  readonly #memory = element<HTMLInputElement>("machine-memory");
  readonly #append = element<HTMLInputElement>("machine-append");
  readonly #timing = element<HTMLSelectElement>("machine-timing");
  readonly #speed = element<HTMLSelectElement>("machine-speed");
  readonly #diskAddress = element<HTMLInputElement>("machine-disk-url");
  readonly #paused = element<HTMLInputElement>("machine-paused");

  constructor(settings: MachineSettings) {
    this.#settings = settings;
    for (const { name, doc } of PIPELINES) {
      this.#timing.append(make("option", { value: name, textContent: `${name}: ${doc}` }));
    }
    for (const speed of new Set([...SPEEDS, settings.speed])) {
      this.#speed.append(make("option", { value: String(speed), textContent: speedText(speed) }));
    }
    element("machine-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    element("machine-cancel").addEventListener("click", () => this.#dialog.close());
    for (const [role] of ROLES) {
      element<HTMLInputElement>(`machine-${role}`).addEventListener("change", async (event) => {
        const file = (event.target as HTMLInputElement).files?.[0];
        if (file) await this.#choose(role, file);
        this.#drawFiles();
      });
    }
  }

  get settings(): MachineSettings {
    return this.#settings;
  }

  get files(): GuestFiles {
    return this.#files;
  }

  /** From now on, also for the machine that runs. */
  change(settings: Partial<MachineSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  open(): void {
    const { harts, ramBytes, append, timing, speed, paused, urls } = this.#settings;
    this.#timing.value = timing;
    this.#speed.value = String(speed);
    this.#smp.value = String(harts);
    this.#memory.value = memoryText(ramBytes);
    this.#append.value = append;
    this.#paused.checked = paused;
    this.#diskAddress.value = urls.disk ?? "";
    element("machine-complaint").textContent = "";
    this.#drawFiles();
    this.#dialog.showModal();
  }

  /** Boots with these files from now on. */
  use(files: GuestFiles): void {
    this.#files = files;
    this.#drawFiles();
    this.onBoot(this.#settings, this.#files);
  }

  async #choose(role: FileRole, file: File): Promise<void> {
    try {
      this.#files = { ...this.#files, [role]: await readGuestFile(file) };
    } catch (error) {
      if (!(error instanceof HartbeatError)) throw error;
      element("machine-complaint").textContent = error.message;
    }
  }

  #submit(): void {
    const address = this.#diskAddress.value.trim();
    const { disk: _disk, ...urls } = this.#settings.urls;
    try {
      this.#settings = {
        ...this.#settings,
        harts: parseSmp(this.#smp.value),
        ramBytes: parseMemory(this.#memory.value),
        append: this.#append.value,
        timing: this.#timing.value,
        speed: Number(this.#speed.value),
        paused: this.#paused.checked,
        urls: { ...urls, ...(address !== "" && { disk: address }) },
      };
    } catch (error) {
      if (!(error instanceof HartbeatError)) throw error;
      element("machine-complaint").textContent = `${error.message}.`;
      return;
    }
    this.#dialog.close();
    this.onBoot(this.#settings, this.#files);
  }

  #drawFiles(): void {
    for (const [role, without] of ROLES) {
      const file = this.#files[role];
      const name = make("span", { textContent: file?.name ?? this.#settings.urls[role] ?? without });
      const remove = button("Remove", () => {
        const { [role]: _file, ...files } = this.#files;
        const { [role]: _url, ...urls } = this.#settings.urls;
        this.#files = files;
        this.change({ urls });
        element<HTMLInputElement>(`machine-${role}`).value = "";
        if (role === "disk") this.#diskAddress.value = "";
        this.#drawFiles();
      });
      const chosen = file ?? this.#settings.urls[role];
      element(`machine-${role}-name`).replaceChildren(name, ...(chosen ? [remove] : []));
    }
  }
}
