/** CPU time of the processes that a program has started, from Linux's /proc. */
import { readdirSync, readFileSync } from "node:fs";

interface Entry {
  readonly parent: number;
  readonly milliseconds: number;
}

/** The sum over the threads of a process; undefined when it is gone. */
function readEntry(pid: string): Entry | undefined {
  try {
    // The second field is a name in parentheses that may hold spaces.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
    );
    return { parent: Number(parent), milliseconds: nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6 };
  } catch {
    return undefined;
  }
}

/** Milliseconds on a core that the living descendants of process `root` have used so far. */
export function descendantTime(root: number): number {
  const entries = new Map<number, Entry>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const entry = readEntry(pid);
    if (entry) entries.set(Number(pid), entry);
  }
  const isBelow = (pid: number): boolean => {
    for (let at = entries.get(pid)?.parent ?? 0; at > 1; at = entries.get(at)?.parent ?? 0) {
      if (at === root) return true;
    }
    return false;
  };
  return [...entries]
    .filter(([pid]) => isBelow(pid))
    .reduce((sum, [, { milliseconds }]) => sum + milliseconds, 0);
}
