/** Ethernet frames in a stream of bytes, in the framing of QEMU's `-netdev socket`: the length in four bytes, high byte first. */

const LENGTH_BYTES = 4;
/** QEMU's own limit: a frame of 64 KiB and something for headers. */
const LARGEST = 65_536 + 4096;

export class FrameStream {
  #rest = new Uint8Array(0);

  /** The frames that `bytes` complete; undefined when this is no such stream. */
  push(bytes: Uint8Array): Uint8Array[] | undefined {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const view = new DataView(all.buffer);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at + LENGTH_BYTES <= all.length) {
      const length = view.getUint32(at);
      if (length > LARGEST) return undefined;
      const end = at + LENGTH_BYTES + length;
      if (end > all.length) break;
      frames.push(all.slice(at + LENGTH_BYTES, end));
      at = end;
    }
    this.#rest = all.slice(at);
    return frames;
  }

  /** What goes before a frame. */
  static header(frame: Uint8Array): Uint8Array {
    const header = new Uint8Array(LENGTH_BYTES);
    new DataView(header.buffer).setUint32(0, frame.length);
    return header;
  }
}
