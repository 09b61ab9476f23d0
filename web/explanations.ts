/** What titles tell those who point with a mouse, for taps and for the keyboard: in a line at the foot of the page. */
import { element } from "./dom.ts";

/** Where titles explain something. */
const PARTS = ".registers, .walk, #pipe-diagram, #pipe-causes";
const TITLED = "[title]:not([title=''], button)";

export function explainTitles(): void {
  const line = element("explained");
  const show = (titled: readonly HTMLElement[]): void => {
    line.textContent = titled.map(({ textContent, title }) => `${textContent}: ${title}`).join("; ");
    line.hidden = titled.length === 0;
  };
  document.addEventListener("pointerup", ({ pointerType, target }) => {
    const found = (target as Element).closest<HTMLElement>(`:is(${PARTS}) ${TITLED}`);
    show(found && pointerType !== "mouse" ? [found] : []);
  });
  document.addEventListener("focusin", ({ target }) => {
    // What is tapped is focused, too, and shown already.
    if (!(target as Element).matches(":focus-visible")) return;
    const row = (target as Element).closest(".registers > div");
    show([...(row?.querySelectorAll<HTMLElement>(TITLED) ?? [])]);
  });
}
