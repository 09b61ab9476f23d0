/** The harts' supervisor timers (Sstc): has the core look again at the moment when `time` reaches `stimecmp`. */
import { CYCLES_PER_TICK } from "../spec/machine-map.ts";
import { MENVCFG_BIT } from "../spec/riscv.ts";
import type { Clock, Timer } from "./clock.ts";
import type { Core } from "./core/core.ts";

export class SupervisorTimers {
  readonly #core: Core;
  readonly #clock: Clock;
  readonly #timers: (Timer | undefined)[] = [];

  constructor(core: Core, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
  }

  /** The hart has written stimecmp or menvcfg. */
  changed(hart: number): void {
    this.#timers[hart]?.cancel();
    this.#timers[hart] = undefined;
    const record = this.#core.hart(hart);
    const enabled = ((record.get("menvcfg") >> BigInt(MENVCFG_BIT.STCE)) & 1n) === 1n;
    const wait = BigInt.asUintN(64, record.get("stimecmp") - this.#core.timeOffset);
    const cycle = Number(wait) * CYCLES_PER_TICK;
    if (!enabled || cycle <= this.#clock.now() || cycle > Number.MAX_SAFE_INTEGER) return;
    this.#timers[hart] = this.#clock.schedule(cycle, () => this.#core.updateSupervisorTimer(hart));
  }

  /** `mtime` was written: every comparison may have another outcome. */
  timeChanged(): void {
    for (let hart = 0; hart < this.#core.hartCount; hart++) this.#core.updateSupervisorTimer(hart);
  }
}
