/** `npm run build:web`: writes the page as plain static files, with relative URLs only, into dist/web. */
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { PACKAGE_FILES, PACKAGE_ROOT } from "../host/node/files.ts";

const out = PACKAGE_FILES.web;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

await build({
  absWorkingDir: PACKAGE_ROOT,
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: "linked",
  sourcesContent: false,
  entryPoints: { page: "web/page.ts", worker: "web/worker.ts", style: "web/style.css" },
  outdir: out,
  logLevel: "warning",
});

for (const file of ["index.html", "icon.svg"]) copyFileSync(join(PACKAGE_ROOT, "web", file), join(out, file));
const { core, firmware, kernel, initrd } = PACKAGE_FILES;
copyFileSync(core, join(out, "core.wasm"));
copyFileSync(firmware, join(out, "firmware.elf"));
copyFileSync(kernel, join(out, "vmlinux"));
copyFileSync(initrd, join(out, "initramfs.cpio"));
