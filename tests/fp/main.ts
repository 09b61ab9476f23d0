/** `npm run fp:long [-- SEED [CASES]]`: every floating-point operation against the oracle, 5 million cases each. */
import { compare } from "./compare.ts";
import { Random } from "./operands.ts";
import { OPERATIONS } from "./operations.ts";
import { Oracle } from "./oracle.ts";
import { Subject } from "./subject.ts";

const [seed = "1", cases = "5000000", only = ""] = process.argv.slice(2);
const oracle = new Oracle(OPERATIONS);
const subject = await Subject.create();
const random = new Random(Number(seed));
let total = 0;
let wrong = 0;
for (const [index, operation] of OPERATIONS.entries()) {
  if (!operation.name.startsWith(only)) continue;
  const outcome = compare(subject, oracle, { operation, index }, random, Number(cases));
  total += outcome.cases;
  if (outcome.differences.length > 0) wrong++;
  console.log(`${operation.name.padEnd(10)} ${outcome.cases} cases`);
  for (const difference of outcome.differences) console.log(`  ${difference}`);
}
oracle.close();
console.log(`${total} cases of ${OPERATIONS.length} operations, seed ${seed}: ${wrong} operations differ`);
process.exit(wrong > 0 ? 1 : 0);
