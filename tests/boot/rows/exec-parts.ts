/** What exec's rows say of formats, of rights and of memory, as seen in machines that are made to meet it. */
import { expect } from "vitest";
import { GuestShell } from "../guest-shell.ts";
import { type KernelMemory, pointer } from "./kernel-memory.ts";
import { type ObservedBoot, Watched } from "./observed-boot.ts";

const ENOMEM = 12n;
const PAGE = 4096n;

const symbolAt = (boot: ObservedBoot, address: bigint): string =>
  address === 0n ? "" : boot.symbolAt(address);

/** Each format on the list, with all its members. */
export function formatsOf(boot: ObservedBoot): Record<string, [core_dump: string, min_coredump: bigint]> {
  const { memory } = boot;
  return Object.fromEntries(
    memory
      .list("formats", "struct linux_binfmt", "lh")
      .map((format) => [
        symbolAt(boot, memory.c(`${format}->load_binary`)),
        [symbolAt(boot, memory.c(`${format}->core_dump`)), memory.c(`${format}->min_coredump`)],
      ]),
  );
}

export const FORMATS = {
  load_elf_binary: ["elf_core_dump", PAGE],
  load_script: ["", 0n],
};

/** A crash leaves its core by the format of the program that runs, and none where the limit has no room for it. */
export async function coresAreDumped(boot: ObservedBoot): Promise<void> {
  const shell = await GuestShell.boot({ harts: boot.harts });
  const watched = await Watched.around(shell.machine);
  const dumps: string[] = [];
  watched.onEntry("elf_core_dump", (hart) => {
    dumps.push(watched.memory.text("current->comm", hart));
  });
  const crash = "(cd /tmp; sh -c 'kill -SEGV $$'; ls)";
  const without = await shell.run(`${crash}; cat /tmp/core 2>&1 | head -c 4`);
  // The limit of the shell itself, as setrlimit would set it: its children inherit it.
  watched.onEntry("do_coredump", (hart) => {
    watched.target.writeMemory(
      hart,
      watched.memory.c("&current->signal->rlim[4].rlim_cur", hart),
      new Uint8Array(8).fill(0xff),
    );
  });
  const withCore = await shell.run(`${crash}; head -c 4 /tmp/core | hexdump -C`);
  shell.dispose();
  expect(without).not.toMatch(/core\n/);
  expect(dumps).toEqual(["sh"]);
  expect(withCore).toMatch(/core\n[\s\S]*7f 45 4c 46/);
}

const bprmOf = (memory: KernelMemory, hart: number, bprm: bigint, member: string): bigint =>
  memory.c(`${pointer("struct linux_binprm", bprm)}->${member}`, hart);

/** Who may execute a program and not read it may not look into its process, either. */
export async function dumpableByRights(boot: ObservedBoot): Promise<void> {
  const shell = await GuestShell.boot({ harts: boot.harts });
  await shell.run(
    "cp /bin/sleep /tmp/shown; cp /bin/sleep /tmp/hidden; chmod 711 /tmp/hidden; chmod 755 /tmp/shown",
  );
  const watched = await Watched.around(shell.machine);
  const seen: Record<string, [bigint, bigint]> = {};
  watched.onEntry("begin_new_exec", (hart) => {
    const bprm = watched.register(hart, "a0");
    const name = watched.memory.text(`${pointer("struct linux_binprm", bprm)}->filename`, hart);
    const hidden = bprmOf(watched.memory, hart, bprm, "not_readable");
    watched.onReturn(hart, (here) => {
      seen[name] = [hidden, watched.memory.c("current->mm->dumpable", here)];
    });
  });
  const owner = (name: string): Promise<string> =>
    shell.run(`su user -c '/tmp/${name} 100 & sleep 0.05; ls -ld /proc/$!' | (read a b c d; echo $c)`);
  const owners = [await owner("shown"), await owner("hidden")];
  shell.dispose();
  expect(seen).toMatchObject({ "/tmp/shown": [0n, 1n], "/tmp/hidden": [1n, 0n] });
  expect(owners).toEqual(["user\n", "root\n"]);
}

/** Where exec asks for memory before the point of no return, and there is none: the caller is told, and lives on. */
export async function noMemoryIsTold(shell: GuestShell, watched: Watched): Promise<void> {
  const errors: bigint[] = [];
  const said: string[] = [];
  for (const name of ["alloc_bprm", "prepare_creds", "mm_alloc", "vm_area_alloc"]) {
    watched.onEntry("do_execveat_common", (hart) => {
      // The next call of that function finds nothing: it gives NULL at once.
      watched.onEntry(name, (here) => {
        if (here !== hart) return true;
        watched.target.writeRegister(here, "a0", 0n);
        watched.target.writeRegister(here, "pc", watched.register(here, "ra"));
        return false;
      });
      watched.onReturn(hart, (here) => void errors.push(BigInt.asIntN(32, watched.register(here, "a0"))));
      return false;
    });
    said.push(await shell.run("/bin/echo one"), await shell.run("/bin/echo two"));
  }
  expect(errors).toEqual([-ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM]);
  expect(said.filter((_, index) => index % 2 === 0).join("")).toMatch(/^(.*memory\n){4}$/i);
  expect(said.filter((_, index) => index % 2 === 1)).toEqual(["two\n", "two\n", "two\n", "two\n"]);
}
