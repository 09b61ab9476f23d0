/** An initial RAM disk of Debian's busybox and kernel modules, whose shell waits for commands on the serial console. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type CpioEntry, writeCpio } from "../../host/boot/cpio.ts";
import { debianPackage, debianPackageFile, kernelPackage, whyNoPackages } from "./debian-packages.ts";

/** Modules that the tests use; what these depend on comes with them. crc32c is asked for at run time only. */
const MODULES = ["virtio_mmio", "virtio_blk", "crc32c_generic", "ext4", "virtio_net", "virtio-rng"];

export const PROMPT = "guest# ";

const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for module in $(cat /lib/modules/order); do insmod /lib/modules/$module; done
stty columns 1000
export PS1='${PROMPT}'
exec setsid cttyhack sh
`;

function findFiles(folder: string, suffix: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(suffix))
    .map((path) => join(folder, path));
}

function unxz(path: string): Uint8Array {
  const child = spawnSync("xz", ["-dc", path], { maxBuffer: 64 * 2 ** 20 });
  if (child.status !== 0) throw new Error(`xz -dc ${path}: ${child.stderr || child.error}`);
  return new Uint8Array(child.stdout);
}

/** Names that a module's .modinfo section gives in its "depends" field. */
function dependencies(module: Uint8Array): string[] {
  const field = /\0depends=([^\0]*)\0/.exec(Buffer.from(module).toString("latin1"))?.[1] ?? "";
  return field.split(",").filter((name) => name !== "");
}

/** The modules of `names` and all they depend on, each after what it needs. */
function loadModules(names: readonly string[]): Map<string, Uint8Array> {
  const folder = join(debianPackage(kernelPackage()), "usr/lib/modules");
  const plain = (name: string): string => name.replaceAll("-", "_");
  const paths = new Map(
    findFiles(folder, ".ko.xz").map((path) => [plain(basename(path, ".ko.xz")), path] as const),
  );
  const loaded = new Map<string, Uint8Array>();
  const visit = (name: string): void => {
    const path = paths.get(plain(name));
    if (!path || loaded.has(plain(name))) return;
    const bytes = unxz(path);
    for (const needed of dependencies(bytes)) visit(needed);
    loaded.set(plain(name), bytes);
  };
  for (const name of names) visit(name);
  return loaded;
}

/** Why Debian's kernel cannot be had here; undefined when it can (it is fetched now, if it was not before). */
export function whyNoDebian(): string | undefined {
  try {
    const why = whyNoPackages();
    if (why === undefined)
      for (const name of [kernelPackage(), "busybox-static", "opensbi"]) debianPackage(name);
    return why;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** The unmodified kernel of the package. */
export function debianKernel(): { name: string; bytes: Uint8Array } {
  const folder = join(debianPackage(kernelPackage()), "boot");
  const name = readdirSync(folder).find((file) => file.startsWith("vmlinu"));
  if (!name) throw new Error("the kernel package has no kernel in /boot");
  return { name, bytes: new Uint8Array(readFileSync(join(folder, name))) };
}

/** The same kernel as an ELF file with its symbols: 300 MB, of a package of 1 GB. */
export function debianKernelSymbols(): string {
  const name = kernelPackage();
  const version = name.replace(/^linux-image-/, "");
  return debianPackageFile(`${name}-dbg`, `usr/lib/debug/boot/vmlinux-${version}`);
}

/** The newer OpenSBI of the release. */
export function debianFirmware(): string {
  return join(debianPackage("opensbi"), "usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin");
}

/** The archive, with `more` files; its shell shows PROMPT on the console. */
export function debianInitramfs(more: readonly CpioEntry[] = []): { name: string; bytes: Uint8Array } {
  const busybox = findFiles(join(debianPackage("busybox-static"), "usr/bin"), "busybox")[0];
  if (!busybox) throw new Error("busybox-static has no busybox");
  const modules = loadModules(MODULES);
  const order = [...modules.keys()].map((name) => `${name}.ko\n`).join("");
  const entries: CpioEntry[] = [
    ...["bin", "dev", "lib", "lib/modules", "mnt", "proc", "sys", "tmp"].map(
      (path) => ({ kind: "directory", path }) as const,
    ),
    { kind: "character", path: "dev/console", major: 5, minor: 1 },
    { kind: "file", path: "bin/busybox", bytes: new Uint8Array(readFileSync(busybox)), executable: true },
    { kind: "file", path: "init", bytes: new TextEncoder().encode(INIT), executable: true },
    { kind: "file", path: "lib/modules/order", bytes: new TextEncoder().encode(order) },
    ...[...modules].map(
      ([name, bytes]) => ({ kind: "file", path: `lib/modules/${name}.ko`, bytes }) as const,
    ),
    ...more,
  ];
  return { name: "initramfs of the test", bytes: writeCpio(entries) };
}
