/** The button that lets a GDB outside attach, by way of `hartbeat gdb-bridge`, and what has become of it. */
import type { MachineClient } from "../client.ts";
import { button, element } from "../dom.ts";
import type { GdbState } from "../protocol.ts";

export class GdbControl {
  onAttached: (attached: boolean) => void = () => {};
  readonly #client: MachineClient;
  readonly #port: number;
  readonly #button: HTMLButtonElement;
  #connected = false;

  /** `port` is the bridge's. */
  constructor(client: MachineClient, root: HTMLElement, port: number) {
    this.#client = client;
    this.#port = port;
    this.#button = button(
      "Connect GDB",
      () => (this.#connected ? void client.ask("disconnectGdb") : this.connect()),
      "Lets a GDB on this computer attach; start 'npx hartbeat gdb-bridge' first",
    );
    root.append(this.#button);
    client.on("gdb", (state) => this.#show(state));
  }

  connect(): void {
    void this.#client.ask("connectGdb", this.#port);
  }

  #show(state: GdbState): void {
    this.#connected = state.kind === "waiting" || state.kind === "attached";
    this.#button.textContent = this.#connected ? "Disconnect GDB" : "Connect GDB";
    const line = element("debug-gdb");
    line.textContent = this.#text(state);
    line.dataset.gdb = state.kind;
    this.onAttached(state.kind === "attached");
  }

  #text(state: GdbState): string {
    switch (state.kind) {
      case "off":
        return "";
      case "connecting":
        return "Looking for the bridge…";
      case "none":
        return (
          `No bridge lets this page in at port ${state.port} of this computer. ` +
          `Start one: npx hartbeat gdb-bridge --origin ${location.origin}`
        );
      case "lost":
        return "The bridge to GDB has ended.";
      case "waiting":
        return `GDB may attach: target remote ${state.gdb}`;
      case "attached":
        return "GDB is attached and runs the machine; breakpoints and Pause work here, too.";
    }
  }
}
