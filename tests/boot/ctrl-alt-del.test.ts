/** Ctrl-Alt-Del: init is told and does what /etc/inittab says, or the kernel restarts at once. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PRIVILEGE } from "../../spec/riscv.ts";
import { GuestShell } from "./guest-shell.ts";

let shell: GuestShell;

beforeEach(async () => {
  shell = await GuestShell.boot({ harts: 2 });
});

afterEach(() => shell.dispose());

const output = (): string => shell.machine.console.output;

/** The guest restarts the machine, which comes up again. Gives what was written before. */
async function restarted(): Promise<string> {
  const { machine } = shell;
  machine.run({ cycles: 5_000_000_000 });
  expect(machine.halted).toMatchObject({ kind: "reset" });
  const before = output();
  machine.reset();
  await machine.console.expect(/Linux version[\s\S]*login: /);
  return before;
}

/**
 * The keys, of which a serial line has none: a task in a system call goes to where a keyboard's driver would. The call
 * returns what that leaves in a0.
 */
async function press(): Promise<void> {
  const { machine } = shell;
  const address = (name: string): bigint => {
    const found = machine.symbols.lookup(name, "kernel");
    if (found === undefined) throw new Error(`the kernel has no ${name}`);
    return found;
  };
  let pressed = false;
  const breakpoint = machine.breakpoints.add(address("sys_sync"), (hart) => {
    expect(machine.core.hart(hart).get("priv")).toBe(BigInt(PRIVILEGE.S));
    breakpoint.remove();
    machine.registers.write(hart, "pc", address("ctrl_alt_del"));
    pressed = true;
    return "go-on";
  });
  machine.console.send("sync\n");
  await machine.console.expect(/sync\r\n/);
  while (!pressed) machine.run({ cycles: 1_000_000 });
}

describe("init has asked for it", () => {
  test("the setting says so", async () => {
    expect(await shell.run("cat /proc/sys/kernel/ctrl-alt-del")).toBe("0\n");
  });

  test("the keys reboot by way of /etc/inittab: everybody is told first", async () => {
    await press();
    expect(await restarted()).toMatch(
      /INIT: the system is going down for reboot[\s\S]*reboot: Restarting system/,
    );
  });

  test("so does the signal that they are", async () => {
    shell.machine.console.send("kill -INT 1\n");
    expect(await restarted()).toMatch(
      /INIT: the system is going down for reboot[\s\S]*reboot: Restarting system/,
    );
  });

  test("another line in /etc/inittab does something else", async () => {
    await shell.run("grep -v ctrlaltdel /etc/inittab > /tmp/inittab");
    await shell.run("echo 'ca::ctrlaltdel:/bin/touch /tmp/pressed' >> /tmp/inittab");
    await shell.run("cp /tmp/inittab /etc/inittab; telinit q; sleep 0.1");
    await press();
    await shell.machine.console.expect(/# $/);
    expect(await shell.run("sleep 0.5; ls /tmp")).toContain("pressed");
    expect(output()).not.toContain("going down");
  });
});

test("when nobody has, the kernel restarts the machine at once", async () => {
  await shell.run("echo 1 > /proc/sys/kernel/ctrl-alt-del");
  await press();
  const before = await restarted();
  expect(before).toContain("reboot: Restarting system");
  expect(before).not.toContain("going down");
});
