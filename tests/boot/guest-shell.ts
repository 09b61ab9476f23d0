/** A machine booted to root's shell, and commands typed there. */
import { type CreateOptions, Machine } from "../../host/node/index.ts";

export class GuestShell {
  readonly machine: Machine;

  private constructor(machine: Machine) {
    this.machine = machine;
  }

  /** Boots the images of the package unless the options name others, and logs in. */
  static async boot(options: CreateOptions): Promise<GuestShell> {
    const machine = await Machine.create(options);
    await machine.console.expect(/login: /);
    machine.console.send("root\n");
    await machine.console.expect(/# $/);
    const shell = new GuestShell(machine);
    // So long that no command is broken over two lines.
    await shell.run("stty cols 1000");
    return shell;
  }

  /** Types a command and gives what it wrote. */
  async run(command: string): Promise<string> {
    const { console } = this.machine;
    console.send(`${command}\n`);
    await console.expect(`${command}\r\n`);
    const before = console.output.length;
    await console.expect(/# $/);
    return console.output
      .slice(before)
      .replace(/\r/g, "")
      .replace(/[^\n]*# $/, "");
  }

  dispose(): void {
    this.machine.dispose();
  }
}
