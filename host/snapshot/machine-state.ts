/** The state of a machine by named fields, memory and disks aside: what checkpoints and snapshot files are made of. */
import type { ConsoleState } from "../console.ts";
import type { CoreState } from "../core/core.ts";
import type { SavedFields } from "../devices/saved-state.ts";
import type { TimingState } from "../timing/timing.ts";

/** Console input that has come in and is not yet with the UART. */
export interface PendingInput {
  /** Tells inputs apart. */
  readonly serial: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface MachineState {
  readonly core: CoreState;
  readonly timing: TimingState;
  /** By name and address of the device. */
  readonly devices: Readonly<Record<string, SavedFields>>;
  readonly supervisorTimers: SavedFields;
  /** Names of the pending events in their order. */
  readonly events: readonly string[];
  readonly inputs: readonly PendingInput[];
  readonly console: ConsoleState;
  readonly halted: { readonly kind: "poweroff" | "reset"; readonly status: number } | null;
}
