/** Kernels that come gzip'ed, as `make Image.gz` leaves them. */
import { HartbeatError } from "../errors.ts";
import { decompress } from "../snapshot/compression.ts";
import type { NamedFile } from "./load.ts";

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The kernel as it is to be loaded. */
export async function unpackKernel(kernel: NamedFile): Promise<NamedFile> {
  if (!isGzip(kernel.bytes)) return kernel;
  try {
    return { name: kernel.name, bytes: await decompress(kernel.bytes) };
  } catch {
    throw new HartbeatError(
      `The kernel '${kernel.name}' cannot be used: its gzip data is damaged or cut off.`,
    );
  }
}
