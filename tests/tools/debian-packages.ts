/**
 * Packages of another Debian release and architecture, fetched by Debian's own client. It gets a private configuration,
 * state and cache, so the machine's own package database is neither read nor changed; signatures and hashes are its
 * business. The archive is the one that the machine itself is set up with. What was fetched once is kept in .cache/.
 *
 * Test files that run at the same time want the same packages. So a process of its own fetches, this file as a program,
 * and flock lets one of them work at a time: what the others came for is then there.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT } from "../../host/node/files.ts";

const SUITE = "trixie";
const ARCHITECTURE = "riscv64";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const COMMANDS = ["apt-get", "apt-cache", "dpkg-deb", "flock"] as const;

const CACHE = join(PACKAGE_ROOT, ".cache/debian");
const CONFIG = join(CACHE, "apt.conf");
/** Package lists older than this are fetched again before a package that is not in the cache. */
const LISTS_AGE_MS = 24 * 3600 * 1000;
/** For a package of 1 GB over a slow line, behind another one. */
const FETCH_MS = 1_800_000;

/** The fields of one paragraph of a deb822 file. */
function paragraphs(text: string): Map<string, string>[] {
  return text.split(/\n\s*\n/).map((paragraph) => {
    const lines = paragraph.split("\n").filter((line) => !line.startsWith("#"));
    const fields = lines.join("\n").matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm);
    return new Map([...fields].map(([, name = "", value = ""]) => [name.toLowerCase(), value.trim()]));
  });
}

/** The archive in a one-line source such as `deb [arch=amd64] URI suite main`. */
function oneLine(line: string): { uri: string; suites: string[] } | undefined {
  const match = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
  return match ? { uri: match[1] as string, suites: [match[2] as string] } : undefined;
}

/** All archives that the text of a file of sources names. */
export function archivesIn(text: string, form: "list" | "sources"): { uri: string; suites: string[] }[] {
  if (form === "list") return text.split("\n").flatMap((line) => oneLine(line.trim()) ?? []);
  return paragraphs(text)
    .filter((fields) => fields.get("types")?.split(/\s+/).includes("deb") && fields.get("enabled") !== "no")
    .flatMap((fields) => {
      const suites = fields.get("suites")?.split(/\s+/) ?? [];
      return (fields.get("uris")?.split(/\s+/) ?? []).map((uri) => ({ uri, suites }));
    });
}

/** The archive from which this machine has its own release. */
function ownArchive(): string | undefined {
  const release = readFileSync("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([^"\n]+)/m.exec(release)?.[1];
  const folder = "/etc/apt/sources.list.d";
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  for (const path of ["/etc/apt/sources.list", ...files]) {
    const form = /\.(list|sources)$/.exec(path)?.[1] as "list" | "sources" | undefined;
    if (!form || !existsSync(path)) continue;
    const found = archivesIn(readFileSync(path, "utf8"), form).find(
      ({ suites }) => codename !== undefined && suites.includes(codename),
    );
    if (found) return found.uri;
  }
  return undefined;
}

function isInstalled(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" }).status === 0;
}

/** Why packages cannot be fetched here; undefined when they can. */
export function whyNoPackages(): string | undefined {
  const missing = COMMANDS.filter((command) => !isInstalled(command));
  if (missing.length > 0) return `${missing.join(", ")} missing: this is no Debian`;
  if (!existsSync(KEYRING))
    return "debian-archive-keyring is missing: apt-get install debian-archive-keyring";
  if (!ownArchive()) return "no Debian archive is set up in /etc/apt";
  return undefined;
}

/** Runs a command and gives its output. */
function run(command: string, ...words: string[]): string {
  const child = spawnSync(command, words, {
    cwd: join(CACHE, "packages"),
    env: { ...process.env, APT_CONFIG: CONFIG, LC_ALL: "C" },
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  if (child.status !== 0) {
    throw new Error(`${command} ${words.join(" ")}: ${child.stderr || child.error || child.signal}`);
  }
  return child.stdout;
}

/** Writes the private configuration. The status file is empty: nothing is installed. */
function configure(): void {
  for (const folder of ["packages", "extracted", "state/lists/partial", "cache/archives/partial", "etc"]) {
    mkdirSync(join(CACHE, folder), { recursive: true });
  }
  mkdirSync(join(CACHE, "etc/preferences.d"), { recursive: true });
  writeFileSync(join(CACHE, "state/status"), "");
  const source = [
    "Types: deb",
    `URIs: ${ownArchive()}`,
    `Suites: ${SUITE}`,
    "Components: main",
    `Architectures: ${ARCHITECTURE}`,
    `Signed-By: ${KEYRING}`,
  ];
  writeFileSync(join(CACHE, "etc/archive.sources"), `${source.join("\n")}\n`);
  const options = [
    `Dir::State "${CACHE}/state";`,
    `Dir::State::status "${CACHE}/state/status";`,
    `Dir::Cache "${CACHE}/cache";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    `Dir::Etc "${CACHE}/etc";`,
    'Dir::Etc::sourcelist "/dev/null";',
    `Dir::Etc::sourceparts "${CACHE}/etc";`,
    'Dir::Etc::parts "/dev/null";',
    `Dir::Etc::preferencesparts "${CACHE}/etc/preferences.d";`,
    `APT::Architecture "${ARCHITECTURE}";`,
    `APT::Architectures { "${ARCHITECTURE}"; };`,
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "10";',
    'Acquire::http::Timeout "120";',
    'Acquire::https::Timeout "120";',
  ];
  writeFileSync(CONFIG, `${options.join("\n")}\n`);
}

function updateLists(): void {
  const stamp = join(CACHE, "state/updated");
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < LISTS_AGE_MS) return;
  run("apt-get", "-qq", "update");
  writeFileSync(stamp, "");
}

/** One field of the newest version of a package. */
function field(name: string, of: string): string {
  const [fields] = paragraphs(run("apt-cache", "show", "--no-all-versions", name));
  const value = fields?.get(of);
  if (value === undefined) throw new Error(`package ${name} of ${SUITE} has no field ${of}`);
  return value;
}

/** Fetches a package, checks it against the signed list, and has `extract` put what is wanted of it into a new folder. */
function fetch(name: string, extract: (path: string, folder: string) => void): void {
  updateLists();
  const folder = join(CACHE, "extracted", name);
  const [, file = ""] = /\/([^/]+)$/.exec(field(name, "filename")) ?? [];
  run("apt-get", "-qq", "download", name);
  // In the names of files that apt writes, the colon of an epoch or a version is escaped.
  const path = readdirSync(join(CACHE, "packages"))
    .filter((entry) => entry.startsWith(`${name}_`))
    .map((entry) => join(CACHE, "packages", entry))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (!path) throw new Error(`apt-get download ${name} did not write ${file}`);
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (digest !== field(name, "sha256"))
    throw new Error(`${path} does not have the SHA256 of its package list`);
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  extract(path, unfinished);
  writeFileSync(join(unfinished, ".version"), field(name, "version"));
  rmSync(folder, { recursive: true, force: true });
  renameSync(unfinished, folder);
  rmSync(path);
}

const isFetched = (name: string): boolean => existsSync(join(CACHE, "extracted", name, ".version"));

/** All of the package, or one file of it; nothing when it is there. */
function fetchOnce(name: string, file?: string): void {
  if (isFetched(name)) return;
  configure();
  fetch(name, (path, folder) => {
    if (file === undefined) return void run("dpkg-deb", "-x", path, folder);
    mkdirSync(folder, { recursive: true });
    // tar leaves when it has the file; the status is its own.
    const unpack = 'dpkg-deb --fsys-tarfile "$1" 2>/dev/null | tar -x -C "$2" --occurrence=1 "./$3"';
    run("sh", "-c", unpack, "sh", path, folder, file);
  });
}

/** The name of the package that `linux-image-riscv64` stands for. */
function lookUpKernel(): string {
  configure();
  updateLists();
  const name = /linux-image-\d\S*/.exec(field("linux-image-riscv64", "depends"))?.[0];
  if (!name) throw new Error("linux-image-riscv64 depends on no kernel");
  return name;
}

/** Has a process of its own do this, when no other does; gives what it printed. */
function inTurn(...words: string[]): string {
  mkdirSync(CACHE, { recursive: true });
  const program = [process.execPath, "--import", "tsx", fileURLToPath(import.meta.url), ...words];
  const child = spawnSync("flock", [join(CACHE, "lock"), ...program], {
    cwd: PACKAGE_ROOT,
    encoding: "utf8",
    timeout: FETCH_MS,
  });
  if (child.status !== 0) throw new Error(child.stderr || `${child.error ?? child.signal}`);
  return child.stdout;
}

/** The folder into which the package is extracted. */
export function debianPackage(name: string): string {
  if (!isFetched(name)) inTurn("fetch", name);
  return join(CACHE, "extracted", name);
}

/** One file of a package that is too large to extract as a whole; always ask for the same one. */
export function debianPackageFile(name: string, file: string): string {
  if (!isFetched(name)) inTurn("fetch", name, file);
  return join(CACHE, "extracted", name, file);
}

/** The name of the kernel's package, such as linux-image-6.12.1+deb13-riscv64. */
export function kernelPackage(): string {
  const folder = join(CACHE, "extracted");
  const fetched = existsSync(folder) ? readdirSync(folder).sort() : [];
  const known = fetched.find((name) => /^linux-image-\d(?!.*-dbg)/.test(name) && isFetched(name));
  return known ?? inTurn("kernel").trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, name = "", file] = process.argv;
  try {
    if (what === "kernel") console.log(lookUpKernel());
    else fetchOnce(name, file);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
