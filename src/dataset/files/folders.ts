/** Folders of a data set: lists them the same way on every machine, and keeps paths inside of them. */
import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../../errors.js';
import { byCodeUnit } from '../code-unit.js';
import { mapConcurrently } from '../concurrency.js';
import { shellWord } from './shell.js';

// Links are looked up at the same time, since each of a large data set's images may be one.
const linksAtOnce = 16;

const addedBySystems = ['__MACOSX', 'Thumbs.db', 'desktop.ini'];

/** Names that do not belong to a data set: hidden ones, and what macOS and Windows add. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || addedBySystems.includes(name);
}

/** Whether a path from a label file stays inside the folder that it starts from: it must not reach other files of the machine. */
export function isInside(file: string): boolean {
  const normal = path.posix.normalize(file);
  return file !== '' && !path.posix.isAbsolute(normal) && normal.split('/')[0] !== '..';
}

/** A file that somebody named, as in `Sample.path`: relative to `root` where it is inside. */
export function pathFrom(root: string, file: string): string {
  const inside = path.relative(root, path.resolve(file));
  return isInside(inside) ? inside : path.resolve(file);
}

/** What a folder has; links are what they lead to. */
export interface Entry {
  name: string;
  /** `special`: a pipe, a socket or a device. */
  kind: 'file' | 'folder' | 'special';
  link: boolean;
}

/**
 * What is in `folder`, which is relative to `root`: in code-unit order, hidden names left out. A broken link is a file: the
 * image that is expected behind it will be reported missing by name.
 *
 * @throws InvalidInputError with the command that renames it, for a name that is not UTF-8.
 */
export async function entriesIn(root: string, folder = ''): Promise<Entry[]> {
  const place = path.join(root, folder);
  const found = await readdir(place, { withFileTypes: true });
  if (found.some(({ name }) => name.includes('\uFFFD'))) {
    await refuseOtherEncodings(root, folder);
  }
  const visible = found.filter(({ name }) => !isHidden(name));
  const entries = await mapConcurrently(visible, linksAtOnce, (each) => entryOf(place, each));
  return entries.sort((a, b) => byCodeUnit(a.name, b.name));
}

/** Names of the folders in `folder`, as {@link entriesIn} finds them. */
export async function foldersIn(root: string, folder = ''): Promise<string[]> {
  const entries = await entriesIn(root, folder);
  return entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name);
}

/** Names of the files in `folder`, as {@link entriesIn} finds them. */
export async function filesIn(root: string, folder = ''): Promise<string[]> {
  const entries = await entriesIn(root, folder);
  return entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
}

/** The paths below a folder, relative to `root`, each with `/` between its parts. */
export interface FilesBelow {
  /** In code-unit order. */
  files: string[];
  /** Links to a folder that they are in themselves, which are not followed. */
  circles: string[];
  special: string[];
}

/** The files below `folder` at any depth, those behind links too. */
export async function filesBelow(root: string, folder = ''): Promise<FilesBelow> {
  const found: FilesBelow = { files: [], circles: [], special: [] };
  const inside = folder === '' ? [] : [await realpath(root)];
  await walk(found, { root, folder, inside, link: true });
  found.files.sort(byCodeUnit);
  return found;
}

interface Walk {
  root: string;
  folder: string;
  /** Where the folders that this one is in really are. */
  inside: string[];
  link: boolean;
}

async function walk(found: FilesBelow, { root, folder, inside, link }: Walk): Promise<void> {
  const place = link
    ? await realpath(path.join(root, folder))
    : path.join(inside.at(-1) as string, path.posix.basename(folder));
  if (link && inside.some((outer) => isInside(path.relative(place, outer) || '.'))) {
    found.circles.push(folder);
    return;
  }
  for (const entry of await entriesIn(root, folder)) {
    const file = path.posix.join(folder, entry.name);
    if (entry.kind === 'folder') {
      await walk(found, { root, folder: file, inside: [...inside, place], link: entry.link });
    } else {
      (entry.kind === 'file' ? found.files : found.special).push(file);
    }
  }
}

async function entryOf(place: string, entry: Dirent): Promise<Entry> {
  const link = entry.isSymbolicLink();
  const target = link ? await stat(path.join(place, entry.name)).catch(() => undefined) : entry;
  return { name: entry.name, kind: target ? kindOf(target) : 'file', link };
}

function kindOf(found: Pick<Dirent, 'isDirectory' | 'isFile'>): Entry['kind'] {
  if (found.isDirectory()) {
    return 'folder';
  }
  return found.isFile() ? 'file' : 'special';
}

/** Names are bytes to the system; Node reads those that are not UTF-8 with losses, and then finds no such file. */
async function refuseOtherEncodings(root: string, folder: string): Promise<void> {
  const names = await readdir(path.join(root, folder), { encoding: 'buffer' });
  const odd = names.find((name) => !isUtf8(name) && !isHidden(name.toString('latin1')));
  if (odd === undefined) {
    return;
  }
  const encoding = likelyEncoding(odd);
  const rename = `convmv -f ${encoding} -t utf8 -r ${shellWord(root)}`;
  const remedy = `Rename all such files, with their own encoding in place of ${encoding}: \`${rename}\` shows the new names, and renames if you add --notest`;
  const name = path.join(root, folder, escaped(odd));
  throw expected('a name in UTF-8', name, 'bytes of another encoding', remedy);
}

/** Chinese letters of GBK mostly have two bytes that are not ASCII; those of Western Europe have one. */
const likelyEncoding = (name: Buffer): string =>
  (name.toString('latin1').match(/[^\x20-\x7E]+/g) ?? []).every((run) => run.length % 2 === 0)
    ? 'gbk'
    : 'iso-8859-1';

/** A name with `\xHH` for each byte that is not ASCII. */
function escaped(name: Buffer): string {
  return name
    .toString('latin1')
    .replace(/[^\x20-\x7E]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
