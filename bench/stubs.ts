/** GDB stubs that wait at reset on the same firmware and kernel: ours and QEMU's. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_FILES } from "../host/node/files.ts";
import { HartbeatProcess } from "../tests/tools/hartbeat-process.ts";
import { findTool, installLine } from "../tests/tools/tools.ts";

export interface Stub {
  /** What GDB's `target remote` takes. */
  readonly address: string;
  stop(): Promise<void>;
}

const PATIENCE_MS = 10_000;

async function until(what: string, ready: () => boolean): Promise<void> {
  for (const start = performance.now(); !ready(); ) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`${what} does not listen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function startHere(): Promise<Stub> {
  const child = new HartbeatProcess(["boot", "--gdb", "tcp::0", "-S"]);
  const address = (): string | undefined => /127\.0\.0\.1:\d+/.exec(child.stderr)?.[0];
  await until("hartbeat", () => address() !== undefined);
  return {
    address: address() as string,
    stop: async () => {
      child.kill();
      await child.ended;
    },
  };
}

/** Listens on a socket in `folder`, so that no port has to be free. */
export async function startQemu(folder: string): Promise<Stub> {
  const command = findTool("qemu-system-riscv64");
  if (!command) throw new Error(`the benchmarks need QEMU: ${installLine(["qemu-system-riscv64"])}`);
  const socket = join(folder, "qemu.socket");
  const images = ["-bios", PACKAGE_FILES.firmware, "-kernel", PACKAGE_FILES.kernel];
  const stub = ["-S", "-gdb", `unix:${socket},server=on,wait=off`];
  const child = spawn(command, ["-M", "virt", "-nographic", ...images, ...stub], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await until("QEMU", () => existsSync(socket));
  return {
    address: socket,
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
