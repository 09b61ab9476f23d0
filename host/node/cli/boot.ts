/** The command line of `hartbeat boot`. */
import { Command } from "commander";
import { DEFAULT_RAM_BYTES, MAX_HARTS } from "../../../spec/machine-map.ts";
import {
  type DriveOption,
  parseCycles,
  parseDrive,
  parseGdb,
  parseGranularity,
  parseMemory,
  parseRtc,
  parseSmp,
} from "../../arguments.ts";
import {
  type ChardevOption,
  type DeviceOption,
  type NetdevOption,
  parseChardev,
  parseDevice,
  parseNetdev,
} from "../../backend-arguments.ts";
import { DEFAULT_GDB_PORT } from "../../gdb-link.ts";
import { PIPELINE_NAMES } from "../../timing/pipelines.ts";
import { runBoot } from "../boot-command.ts";
import type { BootOptions } from "../boot-options.ts";
import { checked, repeated } from "./checked.ts";

const BOOT_HELP = `
Options may be written with one dash, as QEMU does, or with two: -kernel FILE, --kernel FILE, --kernel=FILE.

Keys in a terminal (all others go to the guest, Ctrl-C too):
  Ctrl-A x                 leave
  Ctrl-A h                 show these keys
  Ctrl-A Ctrl-A            send Ctrl-A

From a pipe, input is typed line by line whenever the guest waits; at its end the guest goes on without input.
The exit status is the guest's: 0 after poweroff, or the code that it wrote to the test finisher or to tohost.
A serial line carries no window size: the guest asks the terminal for it at login, and again with resize.

Examples:
  hartbeat boot                                         boot the kernel that comes with hartbeat
  hartbeat boot -smp 4 -m 256M                          with four harts and 256 MiB of memory
  hartbeat boot -kernel vmlinux -append 'console=ttyS0' boot another kernel
  hartbeat boot -bios none -kernel program.elf          run a bare-metal program in M-mode
  hartbeat boot -kernel rv64ui-p-add --max-cycles 10M   run a test of riscv-tests; its status is 0 when it passes
  hartbeat boot -s -S                                   wait for gdb on port ${DEFAULT_GDB_PORT}`;

/** An exit status is one byte to the shell; what does not fit must not look like success. */
const exitStatus = (status: number): number => (status > 255 ? status % 256 || 1 : status);

/** Options that may be repeated, and their flags. */
const PLURALS: Readonly<Record<string, string>> = {
  chardevs: "chardev",
  devices: "device",
  drives: "drive",
  netdevs: "netdev",
};

/** What commander hands over, named by its rules. */
interface BootFlags
  extends Omit<
    BootOptions,
    "append" | "chardevs" | "dapPort" | "devices" | "drives" | "gdbPort" | "memory" | "netdevs" | "paused"
  > {
  readonly append?: string;
  readonly memory?: number;
  readonly device?: DeviceOption[];
  readonly drive?: DriveOption[];
  readonly netdev?: NetdevOption[];
  readonly chardev?: ChardevOption[];
  readonly gdb?: number;
  readonly dap?: number;
  readonly s?: boolean;
  readonly S?: boolean;
}

function addImages(command: Command): void {
  command
    .optionsGroup("What to start:")
    .option(
      "--kernel <file>",
      "ELF or Image file, gzip'ed or not, to start (default: the kernel of hartbeat)",
    )
    .option("--initrd <file>", "initial RAM disk (default: that of the kernel of hartbeat, when it boots)")
    .option("--append <text>", "kernel command line")
    .option("--bios <file>", "firmware: an ELF or binary file, default (ours), or none", "default")
    .option("--dtb <file>", "device tree to use in place of the machine's own")
    .option(
      "--symbols <file>",
      "its symbols, when the file has none: vmlinux, System.map or a copy of /proc/kallsyms",
    )
    .option(
      "--decompressor <file>",
      "ELF file of the code that unpacks a compressed kernel, for its symbols",
    );
}

function addMachine(command: Command): void {
  command
    .optionsGroup("The machine:")
    .option("--smp <harts>", `number of harts, 1 to ${MAX_HARTS}`, checked(parseSmp), 1)
    .option("-m, --memory <size>", "main memory, 16M to 2G (default: 128M)", checked(parseMemory))
    .option(
      "--drive <spec>",
      "disk: file=F-or-URL[,format=raw][,readonly=on][,snapshot=on][,if=none,id=ID]; may be repeated",
      repeated(parseDrive),
    )
    .option(
      "--device <spec>",
      "virtio-blk-device,drive=ID, virtio-net-device,netdev=ID[,mac=A], virtconsole,chardev=ID or virtio-rng-device[,seed=N]; may be repeated",
      repeated(parseDevice),
    )
    .option(
      "--netdev <spec>",
      "cable to another machine, QEMU's or ours: socket,id=ID,listen=[HOST]:PORT or connect=HOST:PORT",
      repeated(parseNetdev),
    )
    .option(
      "--chardev <spec>",
      "other end of a virtconsole: file,id=ID,path=F, null,id=ID or socket,id=ID,port=P[,host=H][,server=on[,wait=off]]",
      repeated(parseChardev),
    )
    .option("--snapshot", "forget what the guest writes to any disk")
    .option(
      "--rtc <spec>",
      "clock: base=utc, localtime, or a date such as 2026-01-31T12:00:00 (default: 2026-01-01)",
      checked((text) => parseRtc(text, new Date())),
    )
    .option("--nographic", "accepted for the sake of QEMU's users: there never is a window");
}

function addEnd(command: Command): void {
  command
    .optionsGroup("The end of a run:")
    .option("--until <place>", "leave when the guest comes there")
    .option(
      "--max-cycles <n>",
      "leave with status 124 when guest time gets there, such as 100M; +N counts from where the run begins",
      checked(parseCycles),
    )
    .option("--no-reboot", "leave when the guest reboots")
    .option("--signature <file>", "write memory from begin_signature to end_signature at the end, as text")
    .option("--signature-granularity <bytes>", "bytes in a line of it, 4 or 8", checked(parseGranularity), 4);
}

function addDebuggers(command: Command): void {
  command
    .optionsGroup("Debuggers:")
    .option("--gdb <address>", "open a GDB server on loopback: tcp::PORT", checked(parseGdb))
    .option("-s", `short for --gdb tcp::${DEFAULT_GDB_PORT}`)
    .option(
      "--dap <address>",
      "open a debug adapter for editors on loopback: tcp::PORT",
      checked((text) => parseGdb(text, "--dap")),
    )
    .option(
      "-S",
      "wait for the debugger before the first instruction; opens gdb's port unless --dap is there",
    );
}

function addSnapshots(command: Command): void {
  command
    .optionsGroup("Snapshots and recordings:")
    .option("--save <file>", "write a snapshot at the end")
    .option("--load <file>", "go on from a snapshot; name the same images and disks as when it was saved")
    .option("--record <file>", "write what came in and when at the end, for --replay")
    .option(
      "--replay <file>",
      "repeat a recorded run, with the options that it was started with and those named here",
    );
}

function addTiming(command: Command): void {
  command
    .optionsGroup("Time:")
    .option("--timing [pipeline]", `keep the time of a pipeline: ${PIPELINE_NAMES} (default: cva6)`)
    .option("--pipeline <file>", "keep the time of a pipeline that a JSON file describes")
    .option("--stats", "print cycles, time and speed when the machine stops, and with --timing CPI stacks")
    .option("--stats-json <file>", "write the CPI stacks and counts of the harts at the end");
}

function addViews(command: Command): void {
  command
    .optionsGroup("Views of a run:")
    .option(
      "--trace-boot",
      "print the boot path as a tree of functions with hart, pid and cycle; with --timing their CPI",
    )
    .option("--trace-pipeline <file>", "write how instructions went through the pipeline, for Konata")
    .option("--diagram [file]", "draw the pipeline: on the terminal, as text, or as a picture (FILE.svg)")
    .option("--annotate <file>", "write functions and their code with executions, cycles and stalls")
    .option("--speedscope <file>", "write cycles by call stack: a flame graph for speedscope")
    .option("--perfetto <file>", "write harts, tasks, traps and system calls in time, for Perfetto")
    .option(
      "--from <place>",
      "begin these views at a symbol, a cycle such as 5M, +CYCLES, or an address 0x...",
    )
    .option("--to <place>", "end them there; +CYCLES counts from their beginning");
}

/** Tells the guest's exit status to `finish` at the end of the run. */
export function bootCommand(finish: (status: number) => void): Command {
  const command = new Command("boot").description("boot a machine on this terminal");
  for (const add of [addImages, addMachine, addEnd, addDebuggers, addSnapshots, addTiming, addViews])
    add(command);
  return command
    .optionsGroup("Help:")
    .addHelpText("after", BOOT_HELP)
    .action(async (flags: BootFlags, command: Command) => {
      const { chardev = [], device = [], drive = [], netdev = [], gdb, dap, s, S, ...others } = flags;
      const gdbPort = gdb ?? (s || (S && dap === undefined) ? DEFAULT_GDB_PORT : undefined);
      const options = {
        memory: DEFAULT_RAM_BYTES,
        append: "",
        ...others,
        chardevs: chardev,
        devices: device,
        drives: drive,
        netdevs: netdev,
        paused: S === true,
        ...(gdbPort !== undefined && { gdbPort }),
        ...(dap !== undefined && { dapPort: dap }),
      };
      const named = ([name]: [string, unknown]): boolean =>
        command.getOptionValueSource(PLURALS[name] ?? name) === "cli";
      finish(exitStatus(await runBoot(options, Object.fromEntries(Object.entries(options).filter(named)))));
    });
}
