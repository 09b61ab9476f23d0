/** Opens the disk images that the command line names and puts them into the order in which they are plugged in. */
import type { DriveOption } from "../arguments.ts";
import type { DeviceOption } from "../backend-arguments.ts";
import { HttpDisk } from "../devices/http-disk.ts";
import { OverlayDisk } from "../devices/overlay-disk.ts";
import type { BlockBackend } from "../devices/virtio-blk.ts";
import { HartbeatError } from "../errors.ts";
import { FileDisk } from "./file-disk.ts";

export interface DriveSettings {
  readonly drives: readonly DriveOption[];
  readonly devices: readonly DeviceOption[];
  /** All drives as with snapshot=on. */
  readonly snapshot?: boolean;
}

async function openDrive({ file, readonly, snapshot }: DriveOption, forget: boolean): Promise<BlockBackend> {
  if (/^https?:\/\//.test(file)) {
    const disk = await HttpDisk.open({ url: file, fetch });
    return readonly ? disk : new OverlayDisk(disk);
  }
  if (readonly || !(snapshot || forget)) return new FileDisk({ file, readonly });
  return new OverlayDisk(new FileDisk({ file, readonly: true }));
}

/** The drives that plug themselves in, then those that a -device names. */
export async function openDrives({
  drives,
  devices,
  snapshot = false,
}: DriveSettings): Promise<BlockBackend[]> {
  const named = new Map<string, DriveOption>();
  for (const drive of drives) {
    if (drive.id === undefined) continue;
    if (named.has(drive.id)) throw new HartbeatError(`Two drives have id=${drive.id}; give each its own.`);
    named.set(drive.id, drive);
  }
  const plugged = drives.filter(({ id }) => id === undefined);
  for (const option of devices) {
    if (option.device !== "virtio-blk-device") continue;
    const drive = named.get(option.drive);
    if (!drive) {
      throw new HartbeatError(
        `-device virtio-blk-device,drive=${option.drive}: there is no -drive if=none,id=${option.drive} that is still free`,
      );
    }
    named.delete(option.drive);
    plugged.push(drive);
  }
  const opened: BlockBackend[] = [];
  for (const drive of plugged) opened.push(await openDrive(drive, snapshot));
  return opened;
}
