/** Boots that something is done to: what happens then is a row's effect, too. */
import type { CreateOptions } from "../../../host/node/index.ts";
import type { ObservedBoot, Watched } from "./observed-boot.ts";

/** Boots once more, `prepare` first, up to the first output that matches; gives all of the output. */
export async function outputOf(
  boot: ObservedBoot,
  until: RegExp,
  prepare: (watched: Watched) => void = () => {},
  options: CreateOptions = {},
): Promise<string> {
  const watched = await boot.another(options);
  try {
    prepare(watched);
    await watched.machine.console.expect(until);
    return watched.machine.console.output.replace(/\r/g, "");
  } finally {
    watched.dispose();
  }
}

/** Does something once, when a function is entered. */
export const onceIn =
  (name: string, act: (watched: Watched, hart: number) => void) =>
  (watched: Watched): void =>
    watched.onEntry(name, (hart) => {
      act(watched, hart);
      return false;
    });

/** Sends a hart elsewhere: as if the code called `name` with these arguments. */
export function divert({ memory, target }: Watched, hart: number, name: string, ...args: bigint[]): void {
  args.forEach((value, index) => void target.writeRegister(hart, `a${index}`, value));
  target.writeRegister(hart, "pc", memory.address(name));
}

export function write({ target }: Watched, hart: number, address: bigint, value: bigint, bytes = 8): void {
  const data = new DataView(new ArrayBuffer(bytes));
  for (let i = 0; i < bytes; i++) data.setUint8(i, Number((value >> BigInt(8 * i)) & 0xffn));
  target.writeMemory(hart, address, new Uint8Array(data.buffer));
}
