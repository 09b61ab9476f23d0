/** Cold start to `login:`: a new process of ours beside QEMU with OpenSBI, on the same kernel image. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_FILES, PACKAGE_ROOT } from "../host/node/files.ts";
import { findTool, installLine } from "../tests/tools/tools.ts";
import { median } from "./statistics.ts";

const IMAGE = join(PACKAGE_ROOT, "kernel-image/prebuilt/Image");
const PROMPT = "login: ";

/** Seconds of wall time until the process has printed the prompt. */
export function untilPrompt(command: string, words: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "ignore"] });
  let output = "";
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("latin1").on("data", (text: string) => {
      output += text;
      if (!output.includes(PROMPT)) return;
      resolve((performance.now() - start) / 1000);
      child.kill("SIGKILL");
    });
    child.on("close", () => reject(new Error(`${command} ended without a prompt:\n${output}`)));
  });
}

/** Prints seconds and ratio. */
export async function benchBoot(pairs: number): Promise<void> {
  const qemu = findTool("qemu-system-riscv64");
  if (!qemu) throw new Error(`the benchmarks need QEMU: ${installLine(["qemu-system-riscv64"])}`);
  const files = ["-kernel", IMAGE, "-initrd", PACKAGE_FILES.initrd];
  const here: number[] = [];
  const there: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    here.push(await untilPrompt(process.execPath, [join(PACKAGE_ROOT, "dist/hartbeat.js"), "boot"]));
    there.push(await untilPrompt(qemu, ["-M", "virt", "-nographic", ...files]));
  }
  const ratios = here.map((seconds, index) => (there[index] ?? Number.NaN) / seconds);
  console.log(`\nCold start to login:, ${pairs} pairs, wall time`);
  console.log(
    `hartbeat ${median(here).toFixed(2)} s, QEMU ${median(there).toFixed(2)} s, ratio ${median(ratios).toFixed(2)}`,
  );
}
