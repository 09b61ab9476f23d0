/** Builds small flat kernel images for the boot tests. */

export interface ImageSpec {
  readonly textOffset?: bigint;
  readonly imageSize?: bigint;
  readonly flags?: bigint;
}

export function buildImage(spec: ImageSpec): Uint8Array {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x08, spec.textOffset ?? 0x20_0000n, true);
  view.setBigUint64(0x10, spec.imageSize ?? 80n, true);
  view.setBigUint64(0x18, spec.flags ?? 0n, true);
  view.setUint32(0x20, 2, true);
  bytes.set(new TextEncoder().encode("RISCV"), 0x30);
  bytes.set(new TextEncoder().encode("RSC\x05"), 0x38);
  return bytes;
}
