/** The disk that a page's settings name: a file of the user's, or an image on the page's server, read piece by piece. */
import { HttpDisk } from "../../host/devices/http-disk.ts";
import { OverlayDisk } from "../../host/devices/overlay-disk.ts";
import { type BlockBackend, MemoryBackend } from "../../host/devices/virtio-blk.ts";
import type { GuestFile } from "../protocol.ts";

/** What the guest writes to an image on a server is kept in memory alone. */
export async function openDrives(
  file: GuestFile | undefined,
  address: string | undefined,
): Promise<BlockBackend[]> {
  if (file) return [new MemoryBackend(file.bytes)];
  if (address === undefined) return [];
  const url = new URL(address, location.href).href;
  return [new OverlayDisk(await HttpDisk.open({ url, fetch: (...request) => fetch(...request) }))];
}
