/** A first-in, first-out queue of bytes that grows as needed. */

export class ByteQueue {
  private bytes = new Uint8Array(64);
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  push(bytes: Uint8Array): void {
    if (this.tail + bytes.length > this.bytes.length) {
      const room = new Uint8Array(Math.max(64, 2 * (this.length + bytes.length)));
      room.set(this.toBytes());
      this.bytes = room;
      this.tail = this.length;
      this.head = 0;
    }
    this.bytes.set(bytes, this.tail);
    this.tail += bytes.length;
  }

  /** Takes the oldest byte; the queue must not be empty. */
  shift(): number {
    const byte = this.bytes[this.head] as number;
    this.head += 1;
    return byte;
  }

  clear(): void {
    this.head = 0;
    this.tail = 0;
  }

  /** A copy of what waits, oldest first. */
  toBytes(): Uint8Array {
    return this.bytes.slice(this.head, this.tail);
  }
}
