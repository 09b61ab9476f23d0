/** A console session that every machine can be led through, and what of its transcript must be the same on all. */

/** A machine's console, ours or QEMU's. */
export interface Talk {
  expect(pattern: RegExp): Promise<unknown>;
  send(text: string): void;
}

/** From power-on through a login and some commands to `poweroff`. */
export async function session(talk: Talk): Promise<void> {
  await talk.expect(/login: /);
  talk.send("root\n");
  await talk.expect(/# /);
  for (const command of ["ps -ef", "cat /etc/passwd", "ls /", "echo $((6 * 7)) done", "nproc"]) {
    talk.send(`${command}\n`);
    await talk.expect(/# /);
  }
  talk.send("poweroff\n");
}

/** ps prints when a process began, what time it has used, and in column C what share of the processor that was. */
const CLOCK_TIME = /\b\d\d:\d\d(:\d\d)?\b/g;
const PROCESSOR_SHARE = /^(\S+ +\d+ +\d+) +\d+( TIME)/gm;

/** What follows the command `poweroff`: while init works, the shell may or may not come to prompt once more. */
const LAST_WORDS = /(?<=# poweroff\n)[\s\S]*$/;
const PROMPT = /root@hartbeat:~# /g;
/** Init says this only when somebody has not left soon enough. */
const LATECOMERS = /^INIT: sending all processes the \w+ signal\n/gm;

/**
 * The transcript from the kernel's banner on, with times taken out: the time stamps of printk, clock times, and
 * BogoMIPS, which is a measurement. So is who comes first, the shell or init, after the last command.
 */
export function withoutTimes(output: string): string {
  const start = output.search(/^\[ *\d+\.\d+\] Linux|^\[ *0\.0+\]/m);
  return output
    .slice(Math.max(0, start))
    .replace(/\r/g, "")
    .replace(LAST_WORDS, (words) => words.replace(PROMPT, "").replace(LATECOMERS, ""))
    .replace(/\[ *\d+\.\d+\] /g, "")
    .replace(CLOCK_TIME, "TIME")
    .replace(PROCESSOR_SHARE, "$1SHARE$2")
    .replace(/\d+\.\d+ BogoMIPS \(lpj=\d+\)/g, "BogoMIPS")
    .replace(/[ \t]+$/gm, "")
    .trimEnd();
}
