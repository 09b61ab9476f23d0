// Writes a cpio archive (newc) from a list in the form of Linux's gen_init_cpio:
//   dir NAME MODE UID GID
//   nod NAME MODE UID GID b|c MAJOR MINOR
//   slink NAME TARGET MODE UID GID
//   file NAME LOCATION MODE UID GID     (LOCATION is relative to kernel-image)
// Equal input gives equal bytes: entries in the list's order, inode numbers counted from 1, no times.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const KERNEL_IMAGE = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const TYPE = { dir: 0o040000, file: 0o100000, slink: 0o120000, b: 0o060000, c: 0o020000 };
const FIELDS = {
  dir: ['name', 'mode', 'uid', 'gid'],
  nod: ['name', 'mode', 'uid', 'gid', 'type', 'major', 'minor'],
  slink: ['name', 'target', 'mode', 'uid', 'gid'],
  file: ['name', 'location', 'mode', 'uid', 'gid'],
};
const BLOCK = 512;

class ListError extends Error {}

function parseNumber(field, text) {
  const octal = field === 'mode';
  if (!(octal ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) {
    throw new ListError(`${field} must be ${octal ? 'an octal' : 'a decimal'} number, not '${text}'`);
  }
  return Number.parseInt(text, octal ? 8 : 10);
}

/** One line of the list as an object, e.g. { kind: 'dir', name: '/dev', mode: 0o755, uid: 0, gid: 0 }. */
function parseLine(line) {
  const [kind, ...words] = line.trim().split(/\s+/);
  const names = FIELDS[kind];
  if (!names) throw new ListError(`'${kind}' is not one of ${Object.keys(FIELDS).join(', ')}`);
  if (words.length !== names.length) {
    throw new ListError(`'${kind}' takes ${names.length} fields (${names.join(' ')}), not ${words.length}`);
  }
  const entry = { kind };
  names.forEach((field, i) => {
    const isText = ['name', 'target', 'location', 'type'].includes(field);
    entry[field] = isText ? words[i] : parseNumber(field, words[i]);
  });
  if (!/^(\/[^/]+)+$/.test(entry.name)) throw new ListError(`'${entry.name}' is not an absolute path`);
  if (kind === 'nod' && !/^[bc]$/.test(entry.type)) {
    throw new ListError(`a node is 'b' or 'c', not '${entry.type}'`);
  }
  return entry;
}

function content(entry) {
  if (entry.kind === 'slink') return Buffer.from(entry.target);
  if (entry.kind !== 'file') return Buffer.alloc(0);
  try {
    return readFileSync(resolve(KERNEL_IMAGE, entry.location));
  } catch (error) {
    throw new ListError(`cannot read ${entry.location} (${error.code})`);
  }
}

const padding = (length, unit) => Buffer.alloc((unit - (length % unit)) % unit);

function record(name, { ino, mode, uid, gid, nlink, major, minor }, data) {
  const nameBytes = Buffer.from(`${name}\0`);
  const fields = [ino, mode, uid, gid, nlink, 0, data.length, 0, 0, major, minor, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}`);
  const head = Buffer.concat([header, nameBytes]);
  return Buffer.concat([head, padding(head.length, 4), data, padding(data.length, 4)]);
}

function checkPlace(entry, seen) {
  if (seen.has(entry.name)) throw new ListError(`${entry.name} is listed twice`);
  const parent = dirname(entry.name);
  if (parent !== '/' && seen.get(parent) !== 'dir') {
    throw new ListError(`${entry.name} comes before its directory ${parent}`);
  }
  seen.set(entry.name, entry.kind);
}

function archive(list) {
  const records = [];
  const seen = new Map();
  list.split('\n').forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    try {
      const entry = parseLine(line);
      checkPlace(entry, seen);
      const attributes = {
        ino: records.length + 1,
        mode: TYPE[entry.type ?? entry.kind] | entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        nlink: entry.kind === 'dir' ? 2 : 1,
        major: entry.major ?? 0,
        minor: entry.minor ?? 0,
      };
      records.push(record(entry.name.slice(1), attributes, content(entry)));
    } catch (error) {
      if (error instanceof ListError) error.message = `line ${index + 1}: ${error.message}`;
      throw error;
    }
  });
  const end = { ino: 0, mode: 0, uid: 0, gid: 0, nlink: 1, major: 0, minor: 0 };
  const whole = Buffer.concat([...records, record('TRAILER!!!', end, Buffer.alloc(0))]);
  return Buffer.concat([whole, padding(whole.length, BLOCK)]);
}

function main([listPath, outputPath, ...extra]) {
  if (!outputPath || extra.length) throw new ListError('usage: gen_initramfs.mjs LIST OUTPUT');
  let list;
  try {
    list = readFileSync(listPath, 'utf8');
  } catch (error) {
    throw new ListError(`cannot read it (${error.code})`);
  }
  const bytes = archive(list);
  mkdirSync(dirname(outputPath), { recursive: true });
  writeFileSync(outputPath, bytes);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ListError)) throw error;
  console.error(`gen_initramfs: ${process.argv[2] ?? ''}: ${error.message}`);
  process.exitCode = 1;
}
