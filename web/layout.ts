/** Which panel is beside the console: tabs on top, and the choice kept in the page's address. */
import { element } from "./dom.ts";
import { PANELS, type PanelName } from "./settings.ts";

/** From this size on the boot map opens by itself. */
const ROOMY = "(min-width: 1000px) and (min-height: 640px)";

export class Layout {
  onChange: (panel: PanelName) => void = () => {};
  #panel: PanelName;

  constructor(wanted: PanelName | undefined) {
    this.#panel = wanted ?? (matchMedia(ROOMY).matches ? "map" : "console");
    for (const panel of PANELS) {
      const tab = element(`tab-${panel}`);
      tab.addEventListener("click", () => this.show(panel));
      tab.addEventListener("keydown", (event) => this.#key(event, panel));
    }
    this.#apply();
  }

  get panel(): PanelName {
    return this.#panel;
  }

  show(panel: PanelName): void {
    if (panel === this.#panel) return;
    this.#panel = panel;
    this.#apply();
    this.onChange(panel);
  }

  /** Arrows walk along the tabs, as the ARIA practices have it. */
  #key(event: KeyboardEvent, panel: PanelName): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    const next = PANELS[(PANELS.indexOf(panel) + step + PANELS.length) % PANELS.length] as PanelName;
    this.show(next);
    element(`tab-${next}`).focus();
    event.preventDefault();
  }

  #apply(): void {
    document.body.dataset.panel = this.#panel;
    for (const panel of PANELS) {
      const tab = element(`tab-${panel}`);
      tab.setAttribute("aria-selected", String(panel === this.#panel));
      tab.tabIndex = panel === this.#panel ? 0 : -1;
    }
  }
}
