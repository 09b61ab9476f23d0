/** What the program itself keeps in memory, rubbish left out. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of live objects; what typed arrays hold comes on top. */
export function liveBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
