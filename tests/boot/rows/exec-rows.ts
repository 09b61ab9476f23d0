/** Section 9 of the boot path: the first program. */
import { expect } from "vitest";
import { program } from "../../tools/guest.ts";
import { GuestShell } from "../guest-shell.ts";
import { initramfsWith } from "../images.ts";
import { coresAreDumped, dumpableByRights, FORMATS, formatsOf, noMemoryIsTold } from "./exec-parts.ts";
import { type KernelMemory, pointer } from "./kernel-memory.ts";
import { type ObservedBoot, Watched } from "./observed-boot.ts";
import { after, before, changes, holds, type Part, type Row, row, SOMETHING, task1 } from "./row.ts";

const PF_KTHREAD = 0x200000n;
const STACK_TOP = 0x4000000000n;
const [AT_PHDR, AT_PAGESZ, AT_ENTRY, AT_RANDOM] = [3n, 6n, 9n, 25n];

/** A member of the linux_binprm that a function of exec gets, before and after it. */
const bprm = (
  at: string,
  member: string,
  from: bigint | number,
  to: bigint | number | typeof SOMETHING,
): Part[] => [
  changes(
    at,
    (memory, hart, a0) => memory.c(`${pointer("struct linux_binprm", a0)}->${member}`, hart),
    BigInt(from),
    typeof to === "number" ? BigInt(to) : to,
  ),
];

/** argv and envp of pid 1, from its own memory. */
function programArguments(memory: KernelMemory): string[] {
  const mm = `${memory.task(1)}->mm`;
  const table = memory.c(`${mm}->pgd`) - memory.c("kernel_map.va_pa_offset");
  const [from, to] = [memory.c(`${mm}->arg_start`), memory.c(`${mm}->env_end`)];
  const bytes = new Uint8Array(Number(to - from));
  bytes.forEach((_, index) => {
    const leaf = memory.leaf(from + BigInt(index), table);
    bytes[index] = memory.machine.readPhysical(Number(leaf?.to ?? 0n), 1)[0] ?? 0;
  });
  return new TextDecoder().decode(bytes).split("\0").filter(Boolean);
}

/** A shell on another machine, where a file can be executed that is not the package's. */
const shellWith = ({ harts }: ObservedBoot, name: string, text: string): Promise<GuestShell> =>
  GuestShell.boot({ harts, initrd: initramfsWith([program(name, new TextEncoder().encode(text))]) });

export const EXEC_ROWS: readonly Row[] = [
  row(
    "9.1 unshare_files, linux_binprm",
    task1(
      "run_init_process",
      "kernel_execve",
      "do_execve",
      "do_execveat_common",
      "unshare_files",
      "alloc_bprm",
    ),
    after("unshare_files", "current->files->count.counter", 1),
    after("unshare_files", "current->files == &init_files", 0),
    after(
      "alloc_bprm",
      (memory, hart) => {
        const made = memory.machine.registers.read(hart, "a0") ?? 0n;
        return memory.text(`${pointer("struct linux_binprm", made)}->filename`, hart);
      },
      (boot) => boot.first("run_init_process").argument ?? "",
    ),
  ),
  row(
    "9.2 prepare_bprm_creds",
    task1("alloc_bprm", "prepare_bprm_creds", "check_unsafe_exec"),
    ...bprm("prepare_bprm_creds", "cred", 0, SOMETHING),
  ),
  row(
    "9.3 check_unsafe_exec, in_execve",
    task1("prepare_bprm_creds", "check_unsafe_exec", "do_open_execat"),
    ...bprm("check_unsafe_exec", "unsafe", 0, 1),
    before("check_unsafe_exec", "current->in_execve", 0),
    before("do_open_execat", "current->in_execve", 1),
  ),
  row(
    "9.4 do_open_execat",
    task1("check_unsafe_exec", "do_open_execat", "sched_exec"),
    after(
      "do_open_execat",
      (memory, hart) =>
        memory.c(
          `${pointer("struct file", memory.machine.registers.read(hart, "a0") ?? 0n)}->f_inode->i_mode & 0x49`,
          hart,
        ),
      0o111,
    ),
  ),
  row(
    "9.5 sched_exec",
    task1("do_open_execat", "sched_exec", "bprm_mm_init"),
    after(
      "sched_exec",
      (memory, hart) => {
        const load = (cpu: number): bigint => memory.c(`runqueues@${cpu}.nr_running`, hart);
        const mine = Number(memory.c("current->thread_info.cpu", hart));
        const others = Array.from({ length: memory.machine.core.hartCount }, (_, cpu) => cpu).filter(
          (cpu) => cpu !== mine,
        );
        return others.every((cpu) => load(mine) <= load(cpu) + 1n);
      },
      true,
    ),
  ),
  row(
    "9.6 bprm_mm_init",
    task1("sched_exec", "bprm_mm_init", "prepare_binprm"),
    ...bprm("bprm_mm_init", "mm", 0, SOMETHING),
    ...bprm("bprm_mm_init", "vma", 0, SOMETHING),
  ),
  row(
    "9.7 argv and envp are counted",
    before(
      "prepare_binprm",
      (memory, hart, a0) => [
        memory.c(`${pointer("struct linux_binprm", a0)}->argc`, hart),
        memory.c(`${pointer("struct linux_binprm", a0)}->envc`, hart),
      ],
      [1n, 3n],
    ),
  ),
  row(
    "9.8 prepare_binprm",
    task1("bprm_mm_init", "prepare_binprm", "copy_strings"),
    ...bprm("prepare_binprm", "buf[1] == 'E'".replace("'E'", "0x45"), 0, 1),
    after(
      "prepare_binprm",
      (memory, hart, a0) => memory.text(`&${pointer("struct linux_binprm", a0)}->buf[1]`, hart).slice(0, 3),
      "ELF",
    ),
  ),
  row(
    "9.9 copy_strings",
    task1("prepare_binprm", "copy_strings", "would_dump"),
    // By the time of would_dump the strings lie below the top of the new stack, the arguments lowest.
    before(
      "would_dump",
      (memory, hart, a0) => memory.c(`${pointer("struct linux_binprm", a0)}->p`, hart) < STACK_TOP - 30n,
      true,
    ),
    holds(
      (memory) => programArguments(memory),
      (boot) => [boot.first("run_init_process").argument, "HOME=/", "TERM=linux", "unknown=word"],
    ),
  ),
  row(
    "9.10 would_dump",
    task1("copy_strings", "would_dump", "exec_binprm"),
    ...bprm("would_dump", "not_readable", 0, 0),
    dumpableByRights,
  ),
  row(
    "9.11 search_binary_handler",
    task1("exec_binprm", "search_binary_handler", "load_elf_binary"),
    (boot) => expect(formatsOf(boot)).toEqual(FORMATS),
    holds((memory) => memory.c(`${memory.task(1)}->mm->binfmt->load_binary == &load_elf_binary`), 1),
    coresAreDumped,
  ),
  row(
    "9.12 binfmt_elf",
    task1("load_elf_binary", "begin_new_exec", "setup_arg_pages", "create_elf_tables", "start_thread"),
    ...bprm("begin_new_exec", "point_of_no_return", 0, 1),
    changes("begin_new_exec", "current->flags & 0x200000", PF_KTHREAD, 0),
    changes("begin_new_exec", "current->mm", 0, SOMETHING),
    changes("begin_new_exec", (memory, hart) => memory.text("current->comm", hart), "swapper", "init"),
    (boot) => {
      const { memory } = boot;
      const rights = memory
        .list(`${memory.task(1)}->mm->mmap`, "struct vm_area_struct", "vm_list")
        .map((area) => memory.c(`${area}->vm_flags`) & 7n);
      expect(rights, "text").toContain(5n);
      expect(rights, "data").toContain(3n);
      expect(
        rights.filter((flags) => (flags & 6n) === 6n),
        "writable and executable",
      ).toEqual([]);
      const auxv = Array.from({ length: 16 }, (_, i) =>
        memory.c(`${memory.task(1)}->mm->saved_auxv[${2 * i}]`),
      );
      for (const key of [AT_PHDR, AT_PAGESZ, AT_ENTRY, AT_RANDOM]) expect(auxv, `AUXV ${key}`).toContain(key);
    },
  ),
  row("9.13 binfmt_script", async (boot) => {
    const shell = await shellWith(boot, "hello", '#!/bin/sh\necho "script $0 $1"\n');
    const said = await shell.run("/hello world");
    shell.dispose();
    expect(said).toBe("script /hello world\n");
  }),
  row("9.14 errors come back as errno", async (boot) => {
    const shell = await shellWith(boot, "bad", "\0no program");
    const watched = await Watched.around(shell.machine);
    const errors: bigint[] = [];
    watched.onEntry("do_execveat_common", (hart) =>
      watched.onReturn(hart, (here) => void errors.push(BigInt.asIntN(32, watched.register(here, "a0")))),
    );
    await shell.run("/nothing");
    await shell.run("/etc/passwd");
    await shell.run("/bad");
    await shell.run("ln -s /ring /ring; /ring");
    await shell.run(
      "A=1234567890123456; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do A=$A$A; done; /bin/echo $A",
    );
    const alive = await shell.run("echo alive");
    await noMemoryIsTold(shell, watched);
    shell.dispose();
    expect(errors).toEqual(expect.arrayContaining([-2n, -13n, -8n, -40n, -7n]));
    expect(alive).toBe("alive\n");
  }),
  row(
    "9.15 pid 1 is the same task",
    (boot) => {
      expect(boot.records.at(-1)).toMatchObject({ image: "user", pid: 1, privilege: "U" });
      expect(
        boot.all("kernel_thread").filter(({ pid }) => pid === 1),
        "pid 1 forks nothing by itself",
      ).toEqual([]);
    },
    before(
      "kernel_init",
      "current",
      ({ memory }) => memory.tasks().find(({ pid }) => pid === 1)?.address ?? 0n,
    ),
  ),
];
