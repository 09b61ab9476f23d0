/** The dialog that sets the machine up: harts, memory, command line, and files of the user's, also by drag and drop. */
import { parseMemory, parseSmp } from "../host/arguments.ts";
import { looksLikeElf } from "../host/boot/elf.ts";
import { looksLikeImage } from "../host/boot/image.ts";
import { HartbeatError } from "../host/errors.ts";
import { PIPELINES } from "../host/timing/pipelines.ts";
import { button, element, make } from "./dom.ts";
import type { GuestFile, GuestFiles, MachineSettings } from "./protocol.ts";
import { memoryText, SPEEDS, speedText } from "./settings.ts";

export type FileRole = keyof GuestFiles;

const ROLES: readonly [FileRole, string][] = [
  ["kernel", "Kernel"],
  ["initrd", "Initial RAM disk"],
  ["disk", "Disk"],
];
const CPIO_MAGIC = "07070";
const SNAPSHOT_MAGIC = "hartbeat snapshot ";

/** What a dropped file is good for, by its first bytes; a file of no known kind is a disk. */
export function roleOf({ bytes }: Pick<GuestFile, "bytes">): FileRole {
  if (looksLikeElf(bytes) || looksLikeImage(bytes)) return "kernel";
  const start = String.fromCharCode(...bytes.subarray(0, CPIO_MAGIC.length));
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return start === CPIO_MAGIC || compressed ? "initrd" : "disk";
}

function isSnapshot(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, SNAPSHOT_MAGIC.length)) === SNAPSHOT_MAGIC;
}

async function readFile(file: File): Promise<GuestFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

export class MachineDialog {
  /** Called when the user wants a machine. */
  onBoot: (settings: MachineSettings, files: GuestFiles) => void = () => {};
  /** Called with a file that is a snapshot. */
  onSnapshot: (snapshot: Uint8Array) => void = () => {};
  #settings: MachineSettings;
  #files: GuestFiles = {};
  readonly #dialog = element<HTMLDialogElement>("machine-dialog");
  readonly #smp = element<HTMLInputElement>("machine-smp");
  readonly #memory = element<HTMLInputElement>("machine-memory");
  readonly #append = element<HTMLInputElement>("machine-append");
  readonly #timing = element<HTMLSelectElement>("machine-timing");
  readonly #speed = element<HTMLSelectElement>("machine-speed");
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
        if (file) this.#files = { ...this.#files, [role]: await readFile(file) };
        this.#drawFiles();
      });
    }
    this.#acceptDrops();
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
    const { harts, ramBytes, append, timing, speed, paused } = this.#settings;
    this.#timing.value = timing;
    this.#speed.value = String(speed);
    this.#smp.value = String(harts);
    this.#memory.value = memoryText(ramBytes);
    this.#append.value = append;
    this.#paused.checked = paused;
    element("machine-complaint").textContent = "";
    this.#drawFiles();
    this.#dialog.showModal();
  }

  /** Boots with these files from now on. */
  use(files: GuestFiles): void {
    this.#files = files;
    this.onBoot(this.#settings, this.#files);
  }

  #submit(): void {
    try {
      this.#settings = {
        ...this.#settings,
        harts: parseSmp(this.#smp.value),
        ramBytes: parseMemory(this.#memory.value),
        append: this.#append.value,
        timing: this.#timing.value,
        speed: Number(this.#speed.value),
        paused: this.#paused.checked,
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
    for (const [role] of ROLES) {
      const file = this.#files[role];
      const name = make("span", { textContent: file?.name ?? "hartbeat's own" });
      if (!file && role === "disk") name.textContent = "none";
      const drop = button("Remove", () => {
        const { [role]: _, ...others } = this.#files;
        this.#files = others;
        element<HTMLInputElement>(`machine-${role}`).value = "";
        this.#drawFiles();
      });
      element(`machine-${role}-name`).replaceChildren(name, ...(file ? [drop] : []));
    }
  }

  #acceptDrops(): void {
    const body = document.body;
    const withFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    body.addEventListener("dragover", (event) => {
      if (!withFiles(event)) return;
      event.preventDefault();
      body.dataset.dropping = "true";
    });
    body.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) delete body.dataset.dropping;
    });
    body.addEventListener("drop", async (event) => {
      delete body.dataset.dropping;
      const dropped = [...(event.dataTransfer?.files ?? [])];
      if (dropped.length === 0) return;
      event.preventDefault();
      const read = await Promise.all(dropped.map(readFile));
      const files = read.filter(({ bytes }) => !isSnapshot(bytes));
      for (const { bytes } of read) if (isSnapshot(bytes)) this.onSnapshot(bytes);
      if (files.length === 0) return;
      this.use({ ...this.#files, ...Object.fromEntries(files.map((file) => [roleOf(file), file])) });
    });
  }
}
