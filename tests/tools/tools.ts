/** The programs that tests use beyond Node: how to find each, and the Debian package that brings it. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** One tool. */
export interface Tool {
  readonly name: string;
  /** Commands that do; the first one found on PATH is taken. Paths are taken as files. */
  readonly commands: readonly string[];
  /** Files that must exist besides. */
  readonly files?: readonly string[];
  /** Debian packages; of names divided by | the first that the release knows is taken. */
  readonly packages: readonly string[];
}

export const TOOLS = {
  "riscv64-linux-gnu-gcc": {
    name: "riscv64-linux-gnu-gcc",
    commands: ["riscv64-linux-gnu-gcc"],
    packages: ["gcc-riscv64-linux-gnu", "binutils-riscv64-linux-gnu"],
  },
  "riscv64-libc": {
    name: "riscv64-libc",
    commands: [],
    files: ["/usr/riscv64-linux-gnu/lib/libc.a"],
    packages: ["libc6-dev-riscv64-cross"],
  },
  flock: { name: "flock", commands: ["flock"], packages: ["util-linux"] },
  make: { name: "make", commands: ["make"], packages: ["make"] },
  python3: { name: "python3", commands: ["python3"], packages: ["python3-minimal"] },
  dtc: { name: "dtc", commands: ["dtc"], packages: ["device-tree-compiler"] },
  "gdb-multiarch": { name: "gdb-multiarch", commands: ["gdb-multiarch"], packages: ["gdb-multiarch"] },
  "qemu-system-riscv64": {
    name: "qemu-system-riscv64",
    commands: ["qemu-system-riscv64"],
    packages: ["qemu-system-riscv|qemu-system-misc"],
  },
  "qemu-riscv64": {
    name: "qemu-riscv64",
    commands: ["qemu-riscv64", "qemu-riscv64-static"],
    packages: ["qemu-user"],
  },
  opensbi: {
    name: "opensbi",
    commands: [],
    files: ["/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf"],
    packages: ["opensbi"],
  },
  script: { name: "script", commands: ["script"], packages: ["bsdutils"] },
  xz: { name: "xz", commands: ["xz"], packages: ["xz-utils"] },
  mke2fs: { name: "mke2fs", commands: ["mke2fs"], packages: ["e2fsprogs"] },
  e2fsck: { name: "e2fsck", commands: ["e2fsck"], packages: ["e2fsprogs"] },
  debugfs: { name: "debugfs", commands: ["debugfs"], packages: ["e2fsprogs"] },
  "u-boot": {
    name: "u-boot",
    commands: [],
    files: ["/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf"],
    packages: ["u-boot-qemu"],
  },
  chromium: { name: "chromium", commands: ["chromium", "chromium-browser"], packages: ["chromium"] },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a tool's command (of its first file, when it has no command), or undefined when missing. */
export function findTool(name: ToolName): string | undefined {
  const tool: Tool = TOOLS[name];
  if (!(tool.files ?? []).every(isReadable)) return undefined;
  if (tool.commands.length === 0) return tool.files?.[0];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return tool.commands
    .flatMap((command) => folders.map((folder) => join(folder, command)))
    .find(isExecutable);
}

/** The line that installs these tools on Debian. */
export function installLine(names: readonly ToolName[]): string {
  return `apt-get install ${[...new Set(names.flatMap(packagesOf))].join(" ")}`;
}

/** The packages of one tool on this release. */
export function packagesOf(name: ToolName): string[] {
  return TOOLS[name].packages.map((alternatives) => {
    const choices = alternatives.split("|");
    const known = (choice: string): boolean =>
      spawnSync("apt-cache", ["show", "--no-all-versions", choice], { stdio: "ignore" }).status === 0;
    return choices.find((choice) => choices.length === 1 || known(choice)) ?? (choices.at(-1) as string);
  });
}
