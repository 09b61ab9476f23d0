/** The images in kernel-image/prebuilt are what their sources give, byte for byte. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../host/node/files.ts";
import { requireTool } from "../tools/require-tool.ts";
import { PREBUILT } from "./images.ts";

requireTool("riscv64-linux-gnu-gcc", "make")("kernel-image/prebuilt", () => {
  test("is rebuilt from source to the same bytes, in another folder", () => {
    const folder = mkdtempSync(join(tmpdir(), "hartbeat-prebuilt-"));
    try {
      const source = join(PACKAGE_ROOT, "kernel-image");
      const skipped = [join(source, "build"), PREBUILT];
      const copy = join(folder, "kernel-image");
      cpSync(source, copy, { recursive: true, filter: (path) => !skipped.includes(path) });
      const make = spawnSync("make", ["-s", "-j2", "prebuilt"], { cwd: copy, encoding: "utf8" });
      expect(make.status, make.stderr).toBe(0);
      const files = readdirSync(PREBUILT).sort();
      expect(readdirSync(join(copy, "prebuilt")).sort()).toEqual(files);
      for (const file of files) {
        const same = readFileSync(join(copy, "prebuilt", file)).equals(readFileSync(join(PREBUILT, file)));
        expect(same, `${file} differs; run make prebuilt in kernel-image and commit the result`).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
