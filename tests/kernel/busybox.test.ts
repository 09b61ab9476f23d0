/** Debian's busybox, unmodified, on our kernel: as the first program, and as what our own shell runs. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS, named } from "../boot/images.ts";
import { busybox, whyNoDebianPrograms } from "../tools/debian-programs.ts";
import {
  archive,
  bootGuest,
  describeInEachPlace,
  folder,
  type Guest,
  program,
  Shell,
  script,
} from "../tools/guest.ts";
import { unless } from "../tools/require-tool.ts";

const DATA = new Uint8Array(300_000).map((_, index) => (index * index) >> 7);
const NUMBERS = Array.from({ length: 2000 }, (_, index) => (index * 7919) % 2003);

/** Pipes, jobs in the background and their ends, a trap, a function, a here-document. */
const SCRIPT = `#!/bin/busybox sh
busybox=/bin/busybox
count() { $busybox sort -n | $busybox uniq | $busybox wc -l; }
trap 'echo caught USR1' USR1
for i in 3 1 2 3; do echo $i; done | count
(exit 3) & wait $!; echo "first $?"
(kill -USR1 $$; exit 4) & second=$!
wait $second; while [ $? -ne 4 ]; do wait $second; done; echo "second 4"
$busybox cat <<END
$((6 * 7)) in a document
END
`;

const files = () => [busybox(), program("data", DATA), script("script", SCRIPT)];

function commands(prefix: string, shell: () => Shell): void {
  const run = (command: string): Promise<string> => shell().run(`${prefix}${command}`);

  test("ls and find", async () => {
    expect(await run("ls -ld /bin /bin/busybox")).toMatch(
      /^drwxr-xr-x.* \/bin\n-rwxr-xr-x.* 1\d{6} .* \/bin\/busybox\n$/,
    );
    expect(await run("find / -xdev -name busybox -type f")).toBe("/bin/busybox\n");
  });

  test("sort and awk", async () => {
    await shell().run(`${prefix}seq 0 1999 | ${prefix}awk '{ print $1 * 7919 % 2003 }' > /tmp/numbers`);
    const sorted = [...NUMBERS].sort((a, b) => b - a);
    expect(await run(`sort -rn /tmp/numbers | ${prefix}head -3`)).toBe(`${sorted.slice(0, 3).join("\n")}\n`);
    const sum = NUMBERS.reduce((a, b) => a + b / 3, 0);
    const output = await run(`awk '{ s += $1 / 3 } END { printf "%.17g\\n", s }' /tmp/numbers`);
    expect(Number(output)).toBe(sum);
  });

  test("sha256sum, gzip and tar", async () => {
    const digest = createHash("sha256").update(DATA).digest("hex");
    expect(await run("sha256sum /data")).toBe(`${digest}  /data\n`);
    await run("mkdir -p /tmp/out");
    await run("tar cf /tmp/a.tar /data");
    await run("gzip /tmp/a.tar");
    await run("gunzip -k /tmp/a.tar.gz");
    await run("tar xf /tmp/a.tar -C /tmp/out");
    expect(await run("cmp /data /tmp/out/data && echo same")).toBe("same\n");
  });

  test("a script with pipes and jobs", async () => {
    expect((await run("sh /script")).split("\n").sort().join("\n").trim()).toBe(
      ["3", "42 in a document", "caught USR1", "first 3", "second 4"].join("\n"),
    );
  });
}

unless(whyNoDebianPrograms("busybox-static"))("Debian's busybox", () => {
  describeInEachPlace("as the first program", (place) => {
    let guest: Guest;
    let shell: Shell;
    beforeAll(async () => {
      const more = [folder("tmp"), { kind: "character", path: "dev/console", major: 5, minor: 1 } as const];
      guest = await bootGuest(place, {
        initrd: [archive([...files(), ...more])],
        append: `${place.harts === 1 ? "init" : "rdinit"}=/bin/busybox sh`,
      });
      shell = await Shell.on(guest);
      await shell.run("/bin/busybox --install -s /bin");
    });
    afterAll(() => guest.dispose());

    commands("", () => shell);

    test("switches the machine off", async () => {
      guest.send("poweroff -f\n");
      expect(await guest.ended()).toBe(0);
    });
  });

  describeInEachPlace("from our own shell", (place) => {
    let guest: Guest;
    let shell: Shell;
    beforeAll(async () => {
      guest = await bootGuest(place, { initrd: [named(INITRAMFS).bytes, archive(files())] });
      shell = await Shell.login(guest);
    });
    afterAll(() => guest.dispose());

    commands("busybox ", () => shell);

    test.each([24, 12])("vi on a terminal of %i rows", async (rows) => {
      await shell.run("seq 3 > /tmp/text");
      await shell.run(`stty rows ${rows} columns 80`);
      const from = guest.output.length;
      guest.send("busybox vi /tmp/text\n");
      await guest.expect(/- \/tmp\/text 1\/3/);
      // Rows that the file does not fill begin with a tilde; the last row tells of the file.
      expect(guest.output.slice(from).match(/~/g)).toHaveLength(rows - 4);
      // What follows an escape too soon would belong to it: vi's answer comes first.
      const steps: readonly (readonly [string, RegExp])[] = [
        ["/2\r", / 2\/3/],
        ["ofour\x1b", /- [^\n]* 3\/4/],
        ["kkdd", /Delete 1 lines/],
        ["\x1b[B", / 2\/3/],
        ["A!\x1b", /- [^\n]* 2\/3/],
      ];
      for (const [keys, answer] of steps) {
        guest.send(keys);
        await guest.expect(answer);
      }
      guest.send(":wq\r");
      await guest.expect(/# /);
      await shell.run("stty columns 1000");
      expect(await shell.run("cat /tmp/text")).toBe("2\nfour!\n3\n");
    });
  });
});
