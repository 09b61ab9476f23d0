/** The order of the test files: what takes long begins first, so that all processes end together. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of more than about ten seconds of work, the longest first. */
export const LONGEST: readonly string[] = [
  "tests/kernel/usertests.test.ts",
  "tests/timing/truth.test.ts",
  "tests/boot/prebuilt.test.ts",
  "tests/boot/rows/rows.test.ts",
  "tests/kernel/ext2.test.ts",
  "tests/kernel/lockdep.test.ts",
  "tests/kernel/glibc.test.ts",
  "tests/timing/past.test.ts",
  "tests/kernel/robustness.test.ts",
  "tests/kernel/userland.test.ts",
  "tests/node/cli.test.ts",
  "tests/host/debug/usage-gdb.test.ts",
  "tests/linux/debian.test.ts",
  "tests/replay/history.test.ts",
  "tests/boot/cpus.test.ts",
  "tests/web/access.test.ts",
  "tests/web/state.test.ts",
  "tests/kernel/modules/modules.test.ts",
  "tests/web/page.test.ts",
  "tests/timing/properties.test.ts",
  "tests/profile/kernel.test.ts",
  "tests/web/manners.test.ts",
  "tests/web/load.test.ts",
  "tests/node/dap/server.test.ts",
  "tests/programs/htif.test.ts",
  "tests/node/dap/session.test.ts",
  "tests/boot/compressed.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
