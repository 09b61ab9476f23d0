/** `npm run bench [-- --pairs N] [interpreter] [timed] [boot] [page] [debugger]`: ratios to peers, measured in the same run. */
import { parseArgs } from "node:util";
import { benchBoot } from "./boot.ts";
import { benchDebugger } from "./debugger.ts";
import { benchInterpreter } from "./interpreter.ts";
import { benchPage } from "./page.ts";
import { benchTimed } from "./timed.ts";

const BENCHES: Readonly<Record<string, (pairs: number) => Promise<void>>> = {
  interpreter: benchInterpreter,
  timed: benchTimed,
  boot: benchBoot,
  page: benchPage,
  debugger: benchDebugger,
};

const USAGE = `Usage: npm run bench -- [--pairs N] [${Object.keys(BENCHES).join("] [")}]
Runs all benchmarks, or those named; N pairs of runs each (default 3).`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { pairs: { type: "string", default: "3" }, help: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const pairs = Number(values.pairs);
  const unknown = positionals.filter((name) => !(name in BENCHES));
  if (values.help || unknown.length > 0 || !Number.isInteger(pairs) || pairs < 1) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (positionals.length === 0 || positionals.includes(name)) await bench(pairs);
  }
}

await main();
