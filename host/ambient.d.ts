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
