/** `npm run boot-cost`: how large the images are, and what a boot to the login prompt takes. Prints a table as Markdown. */
import { existsSync, statSync } from "node:fs";
import { basename } from "node:path";
import { type CreateOptions, Machine } from "../../host/node/index.ts";
import { FIRMWARE, IMAGE, INITRAMFS, VMLINUZ } from "./images.ts";

export interface BootCost {
  readonly instructions: number;
  /** Guest time in cycles. */
  readonly cycles: number;
}

/** From power-on to the login prompt. */
export async function bootCost(options: CreateOptions): Promise<BootCost> {
  const machine = await Machine.create({ kernel: IMAGE, initrd: INITRAMFS, ...options });
  await machine.console.expect(/login: /);
  const cost = { instructions: machine.instructions, cycles: machine.cycles };
  machine.dispose();
  return cost;
}

const grouped = (value: number): string => value.toLocaleString("en");

function row(...cells: string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

async function main(): Promise<void> {
  row("file", "bytes");
  row("---", "---:");
  for (const file of [IMAGE, VMLINUZ, INITRAMFS, FIRMWARE]) {
    if (existsSync(file)) row(`\`${basename(file)}\``, grouped(statSync(file).size));
  }
  console.log();
  row("to `login:`", "instructions", "cycles of cva6", "at 1 GHz");
  row("---", "---:", "---:", "---:");
  for (const kernel of [IMAGE, VMLINUZ]) {
    for (const harts of [1, 4]) {
      const { instructions } = await bootCost({ harts, kernel });
      const { cycles } = await bootCost({ harts, kernel, timing: "cva6" });
      const name = `\`${basename(kernel)}\`, \`-smp ${harts}\``;
      row(name, grouped(instructions), grouped(cycles), `${(cycles / 1e6).toFixed(1)} ms`);
    }
  }
}

if (process.argv[1]?.endsWith("cost.ts")) await main();
