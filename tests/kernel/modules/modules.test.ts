/** Modules: loaded, used, counted and removed; and files that are none, which must cost no more than a line in the log. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS } from "../../boot/images.ts";
import { fileOfArchive } from "../../tools/cpio-file.ts";
import { archive, bootGuest, describeInEachPlace, type Guest, program, Shell } from "../../tools/guest.ts";
import { kunitResults } from "../../tools/ktap.ts";
import { DAMAGES, ModuleFile } from "./damage.ts";

const FOLDER = "/lib/modules/5.10.0-hartbeat/kernel";
const RELOADS = 20;
const SLACK_KIB = 64;

const initramfs = readFileSync(INITRAMFS);
const module = (name: string): ModuleFile =>
  new ModuleFile(fileOfArchive(initramfs, `${FOLDER.slice(1)}/${name}.ko`));

const spoilt = DAMAGES.map(({ spoil }, index) => {
  const result = spoil(module("crc32"));
  return program(`m/${index}.ko`, result instanceof ModuleFile ? result.bytes : result);
});
const unlinkable = [
  program("m/symbol.ko", module("crc32_kunit").text("get_random_bytes", "get_random_bottl").bytes),
  program("m/license.ko", module("kunit_example").text("license=MIT", "license=own").bytes),
];

describeInEachPlace("modules", (place) => {
  let guest: Guest;
  let shell: Shell;

  const lastOfLog = (lines: number): Promise<string> => shell.run(`dmesg | tail -n ${lines}`);
  const loaded = async (): Promise<Map<string, string>> => {
    const lines = (await shell.run("lsmod")).trim().split("\n").slice(1);
    return new Map(
      lines.map((line) => [line.split(/ +/)[0] ?? "", line.split(/ +/).slice(2).join(" ").trim()]),
    );
  };

  beforeAll(async () => {
    guest = await bootGuest(place, { initrd: [initramfs, archive([...spoilt, ...unlinkable])] });
    shell = await Shell.login(guest);
  });

  afterAll(() => guest?.dispose());

  test("the driver of the test finisher was loaded while booting, since its device is there", async () => {
    expect([...(await loaded()).keys()]).toEqual(["sifive_test"]);
    expect(await shell.run("ls /dev/sifive_test")).toBe("/dev/sifive_test\n");
  });

  test("modprobe loads what a module needs first, and the suite in it runs", async () => {
    const told = kunitResults(await shell.run("modprobe crc32_kunit"));
    expect([...told.suites]).toEqual([["crc32", true]]);
    expect(told.cases.size).toBe(3);
    expect((await loaded()).get("crc32")).toBe("1 crc32_kunit,");
    expect(await shell.run("cat /sys/module/crc32/refcnt /sys/module/crc32_kunit/initstate")).toBe(
      "1\nlive\n",
    );
  });

  test("a module that another needs stays", async () => {
    expect(await shell.run("rmmod crc32", 1)).toContain("crc32: Resource temporarily unavailable");
    expect(await lastOfLog(1)).toMatch(/crc32: cannot be removed, it is in use/);
    await shell.run("rmmod crc32_kunit; modprobe -r crc32");
    expect([...(await loaded()).keys()]).toEqual(["sifive_test"]);
  });

  test("a module whose device is open stays", async () => {
    expect(await shell.run("(rmmod sifive_test) 3> /dev/sifive_test", 1)).toContain(
      "Resource temporarily unavailable",
    );
    await shell.run("rmmod sifive_test");
    expect(await shell.run("ls /dev/sifive_test", 2)).toContain("No such file");
    await shell.run("modprobe sifive_test");
    expect(await shell.run("ls /dev/sifive_test")).toBe("/dev/sifive_test\n");
  });

  test("what is loaded is not loaded twice", async () => {
    expect(await shell.run(`insmod ${FOLDER}/sifive_test.ko`, 1)).toContain("File exists");
    expect(await lastOfLog(1)).toMatch(/sifive_test: module is already loaded/);
    await shell.run("modprobe sifive_test");
  });

  test("what is not loaded is not removed", async () => {
    expect(await shell.run("rmmod crc32", 1)).toContain("crc32: No such file or directory");
  });

  test("parameters are read, shown and changed", async () => {
    const parameters = "/sys/module/kunit_example/parameters";
    expect(await shell.run("modprobe kunit_example rounds=7 note=hello")).toContain("the note says hello");
    expect(await shell.run(`cat ${parameters}/rounds ${parameters}/note ${parameters}/fail`)).toBe(
      "7\nhello\nN\n",
    );
    await shell.run(`echo 9 > ${parameters}/rounds`);
    expect(await shell.run(`cat ${parameters}/rounds`)).toBe("9\n");
    await shell.run(`echo many > ${parameters}/rounds`, 1);
    await shell.run("rmmod kunit_example");
    expect(await shell.run(`ls ${parameters}`, 2)).toContain("No such file");
  });

  test("a bad value of a parameter keeps the module out, an unknown parameter does not", async () => {
    expect(await shell.run("modprobe kunit_example rounds=x", 1)).toContain("Invalid argument");
    expect(await lastOfLog(1)).toMatch(/kunit_example: `x' invalid for parameter `rounds'/);
    expect(await shell.run("modprobe kunit_example colour=red")).toContain(
      "unknown parameter 'colour' ignored",
    );
    await shell.run("rmmod kunit_example");
  });

  test("KUnit tells each kind of failure, and a case that oopses dies alone, with its module's name", async () => {
    const told = await shell.run("modprobe kunit_example fail=1");
    const { suites, cases } = kunitResults(told);
    expect([...suites]).toEqual([["example", false]]);
    expect(cases.get("example_passes")).toEqual([]);
    expect(cases.get("example_skips")).toContain("to show how");
    expect(cases.get("example_fails")?.join("\n")).toMatch(/Expected 2 \+ 2 == 5, but[\s\S]*it went on/);
    expect(cases.get("example_asserts")?.join("\n")).toMatch(/ASSERTION FAILED[\s\S]*rounds < 0/);
    expect(cases.get("example_asserts")?.join("\n")).not.toMatch(/this is not said/);
    expect(cases.get("example_oopses")?.join("\n")).toMatch(/its thread has died/);
    expect(told).toMatch(/NULL pointer dereference at virtual address 0000000000000008/);
    expect(told).toMatch(/Modules linked in: sifive_test kunit_example/);
    expect(told).toMatch(/\[<[0-9a-f]+>\] write_nowhere\+0x[0-9a-f]+\/0x[0-9a-f]+ \[kunit_example\]/);
    await shell.run("rmmod kunit_example");
  });

  test.each(DAMAGES.map(({ name, errno, says }, index) => ({ name, errno, says, index })))(
    "refused: $name",
    async ({ errno, says, index }) => {
      expect(await shell.run(`insmod /m/${index}.ko`, 1)).toContain(errno);
      expect(await lastOfLog(1)).toMatch(says);
    },
  );

  test("refused: a symbol that nobody exports", async () => {
    await shell.run("modprobe crc32");
    expect(await shell.run("insmod /m/symbol.ko", 1)).toContain("No such file or directory");
    expect(await lastOfLog(1)).toMatch(/crc32_kunit: Unknown symbol get_random_bottl \(err -2\)/);
    await shell.run("rmmod crc32");
  });

  test("refused: a symbol that only modules under the GPL may use", async () => {
    expect(await shell.run("insmod /m/license.ko", 1)).toContain("No such file or directory");
    const log = await lastOfLog(20);
    expect(log).toMatch(/kunit_example: module license 'own' taints kernel\./);
    expect(log).toMatch(/kunit_example: GPL-incompatible module uses GPL-only symbol kunit_\w+/);
  });

  test("only root may load and remove", async () => {
    const denied = await shell.run(
      `su user -c "/sbin/insmod ${FOLDER}/crc32.ko; /sbin/rmmod sifive_test"`,
      1,
    );
    expect(denied.match(/Operation not permitted/g)).toHaveLength(2);
  });

  test(`nothing is left behind after ${RELOADS} loads and after all that was refused`, async () => {
    const free = async (): Promise<number> =>
      Number(/MemFree: +(\d+) kB/.exec(await shell.run("cat /proc/meminfo"))?.[1]);
    const reload = "modprobe crc32_kunit; modprobe -ra crc32_kunit crc32; insmod /m/20.ko";
    await shell.run(`${reload}; true`);
    const before = await free();
    await shell.run(`for i in $(seq ${RELOADS}); do ${reload}; done > /dev/null 2>&1; true`);
    // What is freed later is waited for; what leaked never comes.
    await expect.poll(free).toBeGreaterThan(before - SLACK_KIB);
    expect([...(await loaded()).keys()]).toEqual(["sifive_test"]);
  });

  test("a program ends the machine with a status through /dev/sifive_test", async () => {
    await shell.run("echo rubbish > /dev/sifive_test", 1);
    guest.send('echo "fail 7" > /dev/sifive_test\n');
    expect(await guest.ended()).toBe(7);
  });
});
