/** What every JavaScript host has but the ES library does not declare: host/ compiles without DOM and Node types. */

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

declare function setTimeout(callback: (value?: unknown) => void, ms?: number): unknown;
declare function clearTimeout(timer: unknown): void;

type BufferSource = ArrayBufferView | ArrayBuffer;

declare namespace WebAssembly {
  class Module {
    constructor(bytes: BufferSource);
  }
}

interface ByteTransform {
  readonly writable: { getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> } };
  readonly readable: { getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array }> } };
}

declare class CompressionStream implements ByteTransform {
  constructor(format: "gzip");
  readonly writable: ByteTransform["writable"];
  readonly readable: ByteTransform["readable"];
}

declare class DecompressionStream implements ByteTransform {
  constructor(format: "gzip");
  readonly writable: ByteTransform["writable"];
  readonly readable: ByteTransform["readable"];
}
