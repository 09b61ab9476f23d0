/** The messages between the page and the worker that owns the machine. */

/** How to build the machine. */
export interface MachineSettings {
  readonly harts: number;
  readonly ramBytes: number;
  /** Kernel command line. */
  readonly append: string;
  /** True: not paced; the machine stands still except while a `run` or `expect` request is served. */
  readonly free: boolean;
}

/** Page to worker. A request with an `id` is answered by one `answer` with the same id. */
export type ToWorker =
  | { readonly type: "boot"; readonly settings: MachineSettings }
  | { readonly type: "input"; readonly bytes: Uint8Array }
  | { readonly type: "reset" }
  | { readonly type: "hash"; readonly id: number }
  | { readonly type: "run"; readonly id: number; readonly cycles: number }
  | { readonly type: "expect"; readonly id: number; readonly text: string };

export type PowerState = "loading" | "booting" | "running" | "idle" | "off" | "failed";

/** What the title bar shows. */
export interface Status {
  readonly power: PowerState;
  readonly cycles: number;
  readonly harts: number;
  /** Share of the host's time that the machine used lately, 0 to 1. */
  readonly load: number;
  /** Once the machine is off: what the guest left behind. */
  readonly exitStatus?: number;
}

/** Worker to page. */
export type ToPage =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "error"; readonly message: string }
  | { readonly type: "answer"; readonly id: number; readonly cycles: number; readonly hash: string };
