/** More of Debian on our kernel: bash, and a dynamically linked program with Debian's loader and C library. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { INITRAMFS, named } from "../boot/images.ts";
import { debianFile, whyNoDebianPrograms } from "../tools/debian-programs.ts";
import {
  archive,
  bootGuest,
  describeInEachPlace,
  type Guest,
  program,
  Shell,
  script,
} from "../tools/guest.ts";
import { compileForGuest } from "../tools/guest-compiler.ts";
import { requireTool, unless } from "../tools/require-tool.ts";

const SCRIPT = `
a=(10 20 30); a+=(40); echo "\${a[@]}" "\${#a[@]}"
declare -A m=([one]=1 [two]=2); for k in "\${!m[@]}"; do echo "$k \${m[$k]}"; done | sort
[[ "key=value" =~ ^([a-z]+)=(.*)$ ]] && echo "\${BASH_REMATCH[2]}"
cat <(echo from a process) <(echo from another)
mapfile -t lines < <(seq 3); echo "\${lines[2]}"
coproc cat; echo there and back >&"\${COPROC[1]}"; read -r line <&"\${COPROC[0]}"; echo "$line"; kill $COPROC_PID
read -t 0.05 x < <(sleep 1); echo $(($? > 128))
set -o pipefail; false | true; echo $?
trap 'echo leaving' EXIT
ulimit -n 64; ulimit -n
printf '%08.3f %q\\n' 3.14159 'a b'
(sleep 0.05; exit 7) & wait $!; echo $?
exec 3<>/tmp/file; echo text >&3; exec 3>&-; cat /tmp/file
echo $((2 ** 40)) $((0x1f)) \${PIPESTATUS[0]}
`;
const SAID = `10 20 30 40 4
one 1
two 2
value
from a process
from another
3
there and back
1
1
64
0003.142 a\\ b
7
text
1099511627776 31 0
leaving
`;

unless(whyNoDebianPrograms("bash-static", "libc6"))("Debian's programs", () => {
  requireTool("riscv64-linux-gnu-gcc", "riscv64-libc")("and its loader", () => {
    let initrd: Uint8Array[];

    beforeAll(() => {
      const library = "usr/lib/riscv64-linux-gnu";
      const files = [
        debianFile("bash-static", "usr/bin/bash-static", "bin/bash"),
        debianFile("libc6", `${library}/ld-linux-riscv64-lp64d.so.1`, "lib/ld-linux-riscv64-lp64d.so.1"),
        debianFile("libc6", `${library}/libc.so.6`, "lib/libc.so.6"),
        debianFile("libc6", `${library}/libm.so.6`, "lib/libm.so.6"),
        program("bin/dynamic", compileForGuest("dynamic", "dynamic")),
        program("bin/pie", compileForGuest("pie", "static pie")),
        script("script", SCRIPT),
      ];
      initrd = [named(INITRAMFS).bytes, archive(files)];
    });

    describeInEachPlace("Debian", (place) => {
      let guest: Guest;
      let shell: Shell;

      beforeAll(async () => {
        guest = await bootGuest(place, { initrd });
        shell = await Shell.login(guest);
      });
      afterAll(() => guest.dispose());

      test("bash runs a script", async () => {
        expect(await shell.run("bash /script")).toBe(SAID);
      });

      test("bash as the shell, with a job stopped and continued", async () => {
        await shell.run("bash -i -c 'echo $BASH_VERSION; shopt -q expand_aliases'");
        guest.send("exec bash\n");
        await guest.expect(/bash-[\d.]+# |hartbeat[^\n]*# /);
        guest.send("PS1='# '; sh -c 'echo started; sleep 100'\n");
        await guest.expect(/\nstarted\r\n/);
        guest.send("\x1a");
        await guest.expect(/\[1\]\+ +Stopped +sh -c[\s\S]*# /);
        guest.send("bg; kill %1; wait; echo over\n");
        await guest.expect(/\nover\r\n[\s\S]*# /);
      });

      test("a dynamically linked program finds its libraries, threads and dlopen", async () => {
        expect(await shell.run("dynamic one two")).toBe("3 arguments, cos(0.5) = 0.878, thread-local 4\n");
      });

      test("a position-independent program without a loader is put where there is room", async () => {
        expect(await shell.run("pie")).toBe("moved\n");
      });
    });
  });
});
