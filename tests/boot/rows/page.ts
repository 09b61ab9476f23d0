/** The rows as docs/boot-path.md lists them for readers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../../host/node/files.ts";

/** Number and step of each row, in their order. */
export const ROWS_OF_PAGE: readonly string[] = [
  ...readFileSync(join(PACKAGE_ROOT, "docs/boot-path.md"), "utf8").matchAll(/^\| (\d+\.\d+) \| (.+?) \|/gm),
].map(([, number, step]) => `${number} ${step}`);
