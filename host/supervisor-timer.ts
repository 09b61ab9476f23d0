/** The harts' supervisor timers (Sstc): has the core look again at the moment when `time` reaches `stimecmp`. */
import { CYCLES_PER_TICK } from "../spec/machine-map.ts";
import { MENVCFG_BIT } from "../spec/riscv.ts";
import type { Clock, Timer } from "./clock.ts";
import type { Core } from "./core/core.ts";
import { momentsIn, type SavedFields } from "./devices/saved-state.ts";

export class SupervisorTimers {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #timers: (Timer | undefined)[] = [];
  readonly #due: (number | null)[];

  constructor(core: Core, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
    this.#due = new Array(core.hartCount).fill(null);
  }

  /** The hart has written stimecmp or menvcfg. */
  changed(hart: number): void {
    const record = this.#core.hart(hart);
    const enabled = ((record.get("menvcfg") >> BigInt(MENVCFG_BIT.STCE)) & 1n) === 1n;
    const wait = BigInt.asUintN(64, record.get("stimecmp") - this.#core.timeOffset);
    const cycle = Number(wait) * CYCLES_PER_TICK;
    const comes = enabled && cycle > this.#clock.now() && cycle <= Number.MAX_SAFE_INTEGER;
    this.#callAt(hart, comes ? cycle : null);
  }

  #callAt(hart: number, at: number | null): void {
    this.#timers[hart]?.cancel();
    this.#due[hart] = at;
    this.#timers[hart] =
      at === null ? undefined : this.#clock.schedule(at, () => this.#fire(hart), `stimecmp of hart ${hart}`);
  }

  #fire(hart: number): void {
    this.#due[hart] = null;
    this.#core.updateSupervisorTimer(hart);
  }

  /** Forgets what was to come, as after power-on. */
  reset(): void {
    for (let hart = 0; hart < this.#due.length; hart++) this.#callAt(hart, null);
  }

  state(): SavedFields {
    return { due: [...this.#due] };
  }

  restore(state: SavedFields): void {
    for (const [hart, at] of momentsIn(state, "due", this.#core.hartCount).entries()) this.#callAt(hart, at);
  }

  /** `mtime` was written: every comparison may have another outcome. */
  timeChanged(): void {
    for (let hart = 0; hart < this.#core.hartCount; hart++) this.#core.updateSupervisorTimer(hart);
  }
}
