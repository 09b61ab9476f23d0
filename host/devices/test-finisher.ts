/** SiFive test finisher: a guest writes here to power the machine off, with an exit code, or to restart it. */
import type { FdtNode } from "../boot/fdt-writer.ts";
import type { AccessSize, Device, Placement } from "./device.ts";

const FINISHER_PASS = 0x5555;
const FINISHER_FAIL = 0x3333;
const FINISHER_RESET = 0x7777;

export type Finish =
  | { readonly kind: "pass" }
  | { readonly kind: "fail"; readonly code: number }
  | { readonly kind: "reset" };

export class TestFinisher implements Device {
  readonly name = "test finisher";
  private readonly onFinish: (finish: Finish) => void;

  constructor(onFinish: (finish: Finish) => void) {
    this.onFinish = onFinish;
  }

  reset(): void {}

  read(): number {
    return 0;
  }

  /** The command is in bits 15:0, the exit code of a failure in bits 31:16. A byte can hold no command. */
  write(offset: number, size: AccessSize, value: number): void {
    if (offset !== 0 || size === 1) return;
    const command = value & 0xffff;
    if (command === FINISHER_PASS) this.onFinish({ kind: "pass" });
    if (command === FINISHER_FAIL) this.onFinish({ kind: "fail", code: value >>> 16 });
    if (command === FINISHER_RESET) this.onFinish({ kind: "reset" });
  }

  /** Adds the nodes `/poweroff` and `/reboot` too: they tell a kernel what to write here. */
  describe(soc: FdtNode, { base, size }: Placement): void {
    const phandle = soc.newPhandle();
    const node = soc
      .child(`test@${base.toString(16)}`)
      .cells("phandle", phandle)
      .wide("reg", base, size);
    node.strings("compatible", "sifive,test1", "sifive,test0", "syscon");
    const command = (name: string, value: number): void => {
      const child = soc.root.child(name).cells("value", value).cells("offset", 0).cells("regmap", phandle);
      child.strings("compatible", `syscon-${name}`);
    };
    command("poweroff", FINISHER_PASS);
    command("reboot", FINISHER_RESET);
  }

  state(): Record<string, unknown> {
    return {};
  }

  restore(): void {}
}
