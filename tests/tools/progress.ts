/** What `npm test` prints while it runs: a line for each file that has ended; why tests failed stands at the end. */
import { DefaultReporter, type TestModule, type TestSpecification } from "vitest/node";
import { note, TALLY_VARIABLE } from "./tally.ts";

const tally = process.env[TALLY_VARIABLE];

export default class Progress extends DefaultReporter {
  #files = 0;
  #ended = 0;

  constructor() {
    super({ summary: false });
  }

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
    if (tally) note(tally, { files: specifications.map(({ moduleId }) => this.relative(moduleId)) });
    super.onTestRunStart(specifications);
  }

  override onTestModuleEnd(module: TestModule): void {
    const file = this.relative(module.moduleId);
    const count = { passed: 0, failed: 0, skipped: 0 };
    const failures: string[] = [];
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "pending") continue;
      count[state] += 1;
      if (state === "failed") failures.push(test.fullName);
    }
    // A file may fail outside its tests, for example because it cannot be imported.
    if (module.state() === "failed" && failures.length === 0) {
      count.failed = 1;
      failures.push("outside its tests");
    }
    if (tally) note(tally, { file, ...count });
    this.#ended += 1;
    const place = `[${String(this.#ended).padStart(String(this.#files).length)}/${this.#files}]`;
    const counts = Object.entries(count).filter(([name, number]) => name === "passed" || number > 0);
    const seconds = (module.diagnostic().duration / 1000).toFixed(1);
    this.log(
      `${place} ${file}: ${counts.map(([name, number]) => `${number} ${name}`).join(", ")} (${seconds} s)`,
    );
    for (const failure of failures) this.log(`${" ".repeat(place.length)} failed: ${failure}`);
  }
}
