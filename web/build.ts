/** `npm run build:web`: writes the page as plain static files, with relative URLs only, into dist/web. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { PACKAGE_FILES, PACKAGE_ROOT } from "../host/node/files.ts";
import { measurePayload, printPayload } from "./payload.ts";
import { lineTableOnly, stripDebug } from "./strip-elf.ts";

const out = PACKAGE_FILES.web;
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const common: BuildOptions = {
  absWorkingDir: PACKAGE_ROOT,
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  outdir: out,
  logLevel: "warning",
};
await build({ ...common, splitting: true, entryPoints: { page: "web/page.ts", style: "web/style.css" } });
await build({
  ...common,
  entryPoints: { worker: "web/worker/main.ts", "hartbeat-machine": "web/hartbeat-machine.ts" },
});
for (const file of ["index.html", "icon.svg"]) copyFileSync(join(PACKAGE_ROOT, "web", file), join(out, file));

const { core, firmware, kernel, initrd, vmlinuz, decompressor } = PACKAGE_FILES;
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
copyFileSync(core, join(out, "core.wasm"));
copyFileSync(initrd, join(out, "initramfs.cpio"));
writeFileSync(join(out, "firmware.elf"), stripDebug(bytesOf(firmware), "firmware"));
writeFileSync(join(out, "vmlinux"), stripDebug(bytesOf(kernel), "kernel"));
copyFileSync(vmlinuz, join(out, "vmlinuz"));
writeFileSync(join(out, "decompressor.elf"), stripDebug(bytesOf(decompressor), "decompressor"));
for (const [name, path] of Object.entries({ vmlinux: kernel, firmware })) {
  const lines = await lineTableOnly(bytesOf(path), inflateSync);
  if (lines) writeFileSync(join(out, `${name}.lines`), lines);
}
cpSync(join(PACKAGE_ROOT, "kernel-image"), join(out, "source"), {
  recursive: true,
  filter: (path) => !/kernel-image\/(prebuilt|build|user|scripts)$/.test(path) && !/\.(o|a|d|md)$/.test(path),
});
console.log(printPayload(measurePayload(out)));
