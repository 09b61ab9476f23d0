/**
 * Writes modules.dep and modules.alias for modprobe: which module needs which, and what else each is asked for by.
 * Usage: depmod.mjs FOLDER MODULE.ko...   The modules will lie in kernel/ below the folder of the two files.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const SHT_SYMTAB = 2;
const HEADER = { shoff: 0x28, shnum: 0x3c, shstrndx: 0x3e };
const SHDR_SIZE = 64;
const SYM_SIZE = 24;

const text = (bytes, at) => bytes.toString('latin1', at, bytes.indexOf(0, at));

function sectionsOf(bytes) {
  const table = Number(bytes.readBigUInt64LE(HEADER.shoff));
  const sections = Array.from({ length: bytes.readUInt16LE(HEADER.shnum) }, (_, i) => {
    const at = table + i * SHDR_SIZE;
    const offset = Number(bytes.readBigUInt64LE(at + 24));
    return {
      nameAt: bytes.readUInt32LE(at),
      type: bytes.readUInt32LE(at + 4),
      link: bytes.readUInt32LE(at + 40),
      data: bytes.subarray(offset, offset + Number(bytes.readBigUInt64LE(at + 32))),
    };
  });
  const names = sections[bytes.readUInt16LE(HEADER.shstrndx)].data;
  for (const section of sections) section.name = text(names, section.nameAt);
  return sections;
}

function read(path) {
  const sections = sectionsOf(readFileSync(path));
  const symtab = sections.find(({ type }) => type === SHT_SYMTAB);
  const strings = sections[symtab.link].data;
  const symbols = Array.from({ length: symtab.data.length / SYM_SIZE }, (_, i) => ({
    name: text(strings, symtab.data.readUInt32LE(i * SYM_SIZE)),
    undefined: symtab.data.readUInt16LE(i * SYM_SIZE + 6) === 0,
  }));
  const info = sections.find(({ name }) => name === '.modinfo').data.toString('latin1').split('\0');
  return {
    name: basename(path, '.ko'),
    needs: symbols.filter((symbol) => symbol.undefined && symbol.name).map(({ name }) => name),
    exports: symbols.flatMap(({ name }) => /^__ksymtab_(.*)$/.exec(name)?.[1] ?? []),
    aliases: info.flatMap((line) => /^alias=(.*)$/.exec(line)?.[1] ?? []),
  };
}

const [folder, ...paths] = process.argv.slice(2);
const modules = paths.map(read);
const owner = new Map(modules.flatMap(({ name, exports }) => exports.map((symbol) => [symbol, name])));

/** What a module needs, the deepest last, as modprobe wants it. */
function dependencies(name, found = []) {
  for (const symbol of modules.find((module) => module.name === name).needs) {
    const needed = owner.get(symbol);
    if (!needed || found.includes(needed)) continue;
    found.push(needed);
    dependencies(needed, found);
  }
  return found;
}

const file = (name) => `kernel/${name}.ko`;
const dep = modules.map(({ name }) => `${file(name)}:${dependencies(name).map((n) => ` ${file(n)}`).join('')}\n`);
const alias = modules.flatMap(({ name, aliases }) => aliases.map((pattern) => `alias ${pattern} ${name}\n`));
writeFileSync(join(folder, 'modules.dep'), dep.join(''));
writeFileSync(join(folder, 'modules.alias'), alias.join(''));
