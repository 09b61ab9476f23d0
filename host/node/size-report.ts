/**
 * Tells the guest the window's size where no terminal does. A program on a serial line asks by sending the cursor to
 * the far corner and requesting its position (ECMA-48: CUP, then DSR 6); a terminal answers by itself, a pipe cannot.
 */
const REQUEST = "\x1b[6n";

export class SizeReport {
  #tail = "";

  /** Reads guest output; gives the answer to type when a request ended in it. */
  answer(output: Uint8Array, columns = 80, rows = 24): Uint8Array | undefined {
    const text = this.#tail + String.fromCharCode(...output.subarray(-256));
    const asked = text.lastIndexOf(REQUEST);
    this.#tail = text
      .slice(asked < 0 ? -(REQUEST.length - 1) : asked + REQUEST.length)
      .slice(-(REQUEST.length - 1));
    return asked < 0 ? undefined : new TextEncoder().encode(`\x1b[${rows};${columns}R`);
  }
}
