/** Our own user space: the shell's jobs and traps, users and what they may do, init's duties, the processes as ps shows them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INITRAMFS, named } from "../boot/images.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, Shell, script } from "../tools/guest.ts";

/** What a script prints must be what stands behind `#=` in its lines. */
const SCRIPT = `
trap 'echo caught' USR1
kill -USR1 $$; echo after                     #= caught
                                              #= after
trap -- - USR1; trap
f() { local x=inner y; y=mine; echo $x $y; z=set; }
x=outer; y=outer; f; echo $x $y $z            #= inner mine
                                              #= outer outer set
(trap 'echo bye' EXIT; echo in; exit 3)       #= in
echo $?                                       #= bye
                                              #= 3
sh -c 'trap "" TERM; kill $$; echo alive'     #= alive
sh -c 'trap "echo term; exit 5" TERM; kill $$; sleep 9'; echo $?   #= term
                                              #= 5
cat <<-END | tr-ab
	$((1 + 2)) lines
	END
                                              #= b3 lines
case abc in a*) echo yes;; esac               #= yes
i=0; until [ $i -eq 3 ]; do i=$((i + 1)); done; echo $i   #= 3
set -- one "two words"; for w; do echo "<$w>"; done       #= <one>
                                              #= <two words>
echo "$(echo nested $(echo deep))"            #= nested deep
sleep 9 & kill $!; wait $!; echo $?           #= 143
echo \${unset:-default} \${x%er} \${#x}       #= default out 5
`;
const SAID = [...SCRIPT.matchAll(/#= (.*)/g)].map(([, line]) => line);
const CONTROL_C = "\x03";
const CONTROL_Z = "\x1a";

describeInEachPlace("our user space", (place) => {
  let guest: Guest;
  let shell: Shell;
  const run = (command: string, status = 0): Promise<string> => shell.run(command, status);

  beforeAll(async () => {
    const files = [
      script("script", SCRIPT.replace(/#=.*/g, "")),
      script("bin/tr-ab", "#!/bin/sh\nread l; echo b$l\n"),
    ];
    guest = await bootGuest(place, { initrd: [named(INITRAMFS).bytes, archive(files)] });
    shell = await Shell.login(guest);
  });
  afterAll(() => guest.dispose());

  test("the shell's language", async () => {
    expect((await run("sh /script")).trim().split("\n")).toEqual(SAID);
  });

  /** Types a command that does not end by itself, then a key. */
  async function interrupt(command: string, key: string): Promise<void> {
    guest.send(`${command}\n`);
    await guest.expect(/\nstarted\r\n/);
    guest.send(key);
    await guest.expect(/# /);
  }

  test("^C, ^Z, jobs, bg and fg", async () => {
    await interrupt("sh -c 'echo started; sleep 100; echo not reached'", CONTROL_C);
    expect(await run("echo $?")).toBe("130\n");
    await interrupt("sh -c 'echo started; sleep 100'", CONTROL_Z);
    expect(await run("jobs")).toMatch(/^\[1\] +Stopped +sh -c/);
    await run("bg");
    expect(await run("jobs")).toMatch(/^\[1\] +Running/);
    guest.send("fg\n");
    await guest.expect(/fg\r\nsh -c[^\n]*\n/);
    guest.send(CONTROL_C);
    await guest.expect(/# /);
    expect(await run("jobs")).toBe("");
    await run("sleep 100 & kill %1; wait");
  });

  describe("processes", () => {
    async function processes(command: string): Promise<Map<number, { parent: number; name: string }>> {
      const lines = (await run(command)).trim().split("\n");
      const header = (lines.shift() as string).trim().split(/\s+/);
      const [pid, parent] = [header.indexOf("PID"), header.indexOf("PPID")];
      const rows = lines.map((line) => line.trim().split(/\s+/));
      const last = header.length - 1;
      return new Map(
        rows.map((row) => [
          Number(row[pid]),
          { parent: Number(row[parent]), name: row.slice(last).join(" ") },
        ]),
      );
    }

    test.each(["ps -ef", "ps -eo pid,ppid,command"])("%s", async (command) => {
      const all = await processes(command);
      expect(all.get(1)).toMatchObject({ parent: 0, name: expect.stringMatching(/^\/sbin\/init/) });
      expect(all.get(2)).toEqual({ parent: 0, name: "[kthreadd]" });
      const names = [...all.values()].map(({ name }) => name);
      for (let cpu = 0; cpu < place.harts; cpu++) {
        const threads = [
          "ksoftirqd/N",
          "migration/N",
          "cpuhp/N",
          "watchdog/N",
          "kworker/N:0",
          "kworker/N:0H",
        ];
        for (const thread of threads) expect(names).toContain(`[${thread.replace("N", String(cpu))}]`);
      }
      for (const [pid, { parent, name }] of all) {
        if (name.startsWith("[") && pid !== 2) expect(parent, name).toBe(2);
        if (!name.startsWith("[") && pid !== 1) {
          let ancestor = pid;
          while (ancestor > 2) ancestor = all.get(ancestor)?.parent ?? 0;
          expect(ancestor, name).toBe(1);
        }
      }
    });

    test("an orphan is init's child, and leaves no zombie", async () => {
      await run("sh -c 'sleep 100 & echo $! > /tmp/orphan'; read orphan < /tmp/orphan");
      expect(await run("ps -o ppid -p $orphan")).toMatch(/^ *PPID\n +1\n$/);
      await run("kill $orphan; while test -d /proc/$orphan; do sleep 0.1; done");
    });
  });

  test("run levels: a process of another level begins, comes back when it dies, and ends", async () => {
    const shows = "ps -eo pid,command | grep '[0-9] /bin/sleep 1000$'";
    const pid = async (): Promise<number> => Number.parseInt(await run(shows), 10);
    await run("echo 'x:4:respawn:/bin/sleep 1000' >> /etc/inittab && telinit q && telinit 4");
    await run(`until ${shows} > /dev/null; do sleep 0.1; done`);
    const first = await pid();
    await run(`kill ${first}; while test -d /proc/${first}; do sleep 0.1; done`);
    await run(`until ${shows} > /dev/null; do sleep 0.1; done`);
    expect(await pid()).toBeGreaterThan(first);
    await run(`telinit 3; while ${shows} > /dev/null; do sleep 0.1; done`);
  });

  test("run levels: none is lost or made up while init takes other requests", async () => {
    const taken = "while test -e /run/telinit; do sleep 0.1; done";
    for (const level of ["4", "3", "4", "3"]) {
      await run(": > /run/telinit; telinit q");
      await run(`${taken}; telinit q & telinit q & telinit ${level}; wait`);
      const other = level === "4" ? "3" : "4";
      await run(`until read before now < /run/runlevel && test "$now" = ${level}; do sleep 0.1; done`);
      expect(await run("cat /run/runlevel")).toBe(`${other} ${level}\n`);
    }
  });

  test("a user with a password: refused, let in, kept to what is his; su", async () => {
    guest.send("exit\n");
    await guest.expect(/login: /);
    guest.send("user\n");
    await guest.expect(/Password: /);
    guest.send("wrong\n");
    await guest.expect(/Login incorrect[\s\S]*login: /);
    guest.send("user\n");
    await guest.expect(/Password: /);
    guest.send("user\n");
    await guest.expect(/user@hartbeat:~\$ /);
    guest.send("PS1='# '\n");
    await guest.expect(/\n# /);
    await run("stty columns 1000");
    expect(await run("id -un; pwd")).toBe("user\n/home/user\n");
    expect(await run("echo mine > file && cat file")).toBe("mine\n");
    expect(await run("cat /etc/shadow", 1)).toMatch(/Permission denied/);
    expect(await run("echo x > /etc/passwd", 1)).toMatch(/Permission denied/);
    expect(await run("kill 1", 1)).toMatch(/not permitted/);
    expect(await run("chown root file", 1)).toMatch(/not permitted/);
    expect(await run("su -c id")).toMatch(/^uid=0\(root\)/);
    guest.send("su user -c 'echo inside'\n");
    await guest.expect(/Password: /);
    guest.send("wrong\n");
    await guest.expect(/authentication failure[\s\S]*# /);
  });
});
