/** Small helpers to find and make elements. */

/** The element of index.html with this id. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found as T;
}

type Properties<K extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[K], "style" | "dataset">
>;

/** An element with properties and children; text stands for text nodes. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<K> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export function button(label: string, onClick: () => void, title = ""): HTMLButtonElement {
  const made = make("button", { type: "button", textContent: label, title });
  made.addEventListener("click", onClick);
  return made;
}

export const hex = (value: bigint | number, digits = 0): string =>
  `0x${value.toString(16).padStart(digits, "0")}`;

export const grouped = (value: number): string => value.toLocaleString("en");

/** Hands the user a file. */
export function download(name: string, content: string | Uint8Array, type: string): void {
  const link = make("a", {
    href: URL.createObjectURL(new Blob([content as BlobPart], { type })),
    download: name,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
