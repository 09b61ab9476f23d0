/** Our kernel with a disk and somebody who types: what snapshots and replays are tried on. */
import { MemoryBackend } from "../../host/devices/virtio-blk.ts";
import { Machine } from "../../host/node/index.ts";
import type { Position } from "../../host/replay/position.ts";

const DISK_BYTES = 2 ** 20;

/** A machine before its first instruction. */
export function newMachine(harts: number): Promise<Machine> {
  return Machine.create({ harts, drives: [new MemoryBackend(new Uint8Array(DISK_BYTES))] });
}

/** The same at the shell's prompt. */
export async function loggedIn(harts: number): Promise<Machine> {
  const machine = await newMachine(harts);
  await machine.console.expect(/login: /);
  machine.console.send("root\n");
  await machine.console.expect(/# /);
  return machine;
}

/** Commands that keep harts, console and disk busy. */
export const WORK = [
  "echo one two three > /dev/vda; head -c 8 /dev/vda\n",
  "ps -ef | wc; cat /bin/ls > /dev/vda; cat /proc/uptime\n",
  "ls -l /bin | sort | tail; head -c 3000 /dev/vda | wc\n",
];

/** A place, and what the machine was like there. */
export interface Mark {
  readonly at: Position;
  readonly state: string;
}

export const markOf = (machine: Machine): Mark => ({ at: machine.position, state: machine.stateHash() });

/** Whole numbers below a limit, the same for the same seed (a linear congruence). */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Has the machine work in `count` stretches of random length, with typing between them, and marks their ends. */
export function workAndMark(machine: Machine, count: number, random: (limit: number) => number): Mark[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 4 === 0) machine.console.send(WORK[(index / 4) % WORK.length] as string);
    const kind = random(4);
    if (kind === 0)
      for (let steps = random(20); steps >= 0; steps--) machine.step(random(machine.core.hartCount));
    else machine.run({ cycles: random(3_000_000) + 1 });
    return markOf(machine);
  });
}
