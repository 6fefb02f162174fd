/** Reads a manifest in pieces, and tells if it was changed since it was written. */
import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { checkArgument, checkArguments, optional, type ShapeOf, text } from '../../arguments.js';
import { ifPresent, openRegular } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { Manifest, Task } from '../types.js';
import { form, isLastLine, ManifestLines } from './lines.js';
import { manifestFile } from './manifest.js';
import { placed, type StoredManifest } from './root.js';
import { parseManifest } from './whole.js';

/** Bytes that are read and parsed at once: the event loop waits for less than it can notice. */
const pieceLength = 128 * 1024;

/** The options of `loadManifest`. */
export interface LoadOptions {
  /** The folder that relative paths start from, where images were moved since `prepare`. Default: the root in the manifest. */
  images?: string | undefined;
}

const loadShape = { images: optional(text('a folder')) } satisfies ShapeOf<LoadOptions>;

/**
 * Reads `folder/manifest.json` in memory that depends on its samples alone. A manifest that was changed since Bobbin wrote it
 * is used as it is, and a process warning with the code `BOBBIN_CHANGED` says so. Images that moved together with `folder` are
 * found where they are now.
 *
 * @param remedy how to make a sound manifest, as a sentence
 * @throws InvalidInputError where it is absent, is not JSON, has another version, or holds a sample or question that does not
 * fit its tasks, naming file and line; where none of its images is in `images`; and for an unknown option.
 */
export async function loadManifest(
  folder: string,
  options: LoadOptions = {},
  remedy = 'Run `npx bobbin prepare` again',
): Promise<Manifest> {
  checkArgument('folder', folder, text('a prepared folder'));
  checkArguments('loadManifest', options, loadShape);
  const file = manifestFile(folder);
  const opened = await ifPresent(openRegular(file));
  if (opened === undefined) {
    const absent = 'It has no manifest.json: make one with `npx bobbin prepare`';
    throw expected('a prepared folder', 'data', folder, absent);
  }
  const { handle } = opened;
  try {
    const read = (await isInLines(handle)) ? readLines : readWhole;
    const { manifest, changed } = await read(handle, file, remedy);
    if (changed) {
      tellChange(file, remedy);
    }
    return await placed(manifest, folder, options.images);
  } finally {
    await handle.close();
  }
}

/**
 * The tasks of `folder/manifest.json` without its samples, which may be millions. Undefined where there is no manifest in the
 * form that Bobbin writes.
 */
export async function loadTasks(folder: string): Promise<Task[] | undefined> {
  const opened = await ifPresent(openRegular(manifestFile(folder)));
  if (opened === undefined) {
    return undefined;
  }
  const { handle } = opened;
  try {
    // Another form may have the tasks at its end.
    if (!(await isInLines(handle))) {
      return undefined;
    }
    let text = '';
    for await (const block of blocksOf(handle)) {
      text += block.toString();
      const end = text.indexOf('\n],\n"samples":[');
      if (end >= 0) {
        return parsedTasks(text.slice(0, end));
      }
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/** The tasks in the lines of a manifest before its samples. */
function parsedTasks(text: string): Task[] | undefined {
  try {
    return JSON.parse(`${text}]}`).tasks;
  } catch {
    return undefined;
  }
}

interface Reading {
  manifest: StoredManifest;
  /** Whether it is other than when Bobbin wrote it; false for one without a hash, which earlier versions wrote. */
  changed: boolean;
}

/** Whether the manifest has the form that Bobbin writes, by its first two lines. */
async function isInLines(handle: FileHandle): Promise<boolean> {
  let start = '';
  for await (const block of blocksOf(handle, constants.MAX_STRING_LENGTH)) {
    start += block.toString('latin1');
    if (start.indexOf('\n') < start.lastIndexOf('\n')) {
      break;
    }
  }
  return form.test(start);
}

async function readLines(handle: FileHandle, file: string, remedy: string): Promise<Reading> {
  const parser = new ManifestLines(file, remedy);
  const hash = createHash('sha256');
  for await (const block of blocksOf(handle)) {
    const lines = block.toString().split('\n');
    const last = lines.findIndex(isLastLine);
    hash.update(last < 0 ? block : [...lines.slice(0, last), ''].join('\n'));
    // What follows a line's end is the next block's first line, or nothing.
    if (lines.at(-1) === '') {
      lines.pop();
    }
    for (const line of lines) {
      parser.add(line);
    }
  }
  const manifest = parser.finish();
  const { sha256 } = parser;
  return { manifest, changed: sha256 !== undefined && sha256 !== hash.digest('hex') };
}

/** The bytes of a file, or the first `most`, in blocks of whole lines. */
async function* blocksOf(
  handle: FileHandle,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let position = 0;
  while (position < most) {
    const room = Buffer.allocUnsafe(Math.min(pieceLength, most - position));
    const { bytesRead } = await handle.read(room, 0, room.length, position);
    if (bytesRead === 0) {
      break;
    }
    position += bytesRead;
    const piece = room.subarray(0, bytesRead);
    const end = piece.lastIndexOf('\n') + 1;
    if (end > 0) {
      yield Buffer.concat([...begun, piece.subarray(0, end)]);
      begun = [];
    }
    begun.push(piece.subarray(end));
  }
  const rest = Buffer.concat(begun);
  if (rest.length > 0) {
    yield rest;
  }
}

async function readWhole(handle: FileHandle, file: string, remedy: string): Promise<Reading> {
  const { size } = await handle.stat();
  if (size > constants.MAX_STRING_LENGTH) {
    throw expected('one entry a line', file, `${size} bytes in another form`, remedy);
  }
  const text = new TextDecoder().decode(await handle.readFile());
  const { manifest, hasHash } = parseManifest(text, file, remedy);
  return { manifest, changed: hasHash };
}

function tellChange(file: string, remedy: string): void {
  process.emitWarning(
    `${file} was changed after Bobbin wrote it. Bobbin uses it as it is now. If nobody edited it, it is damaged: ${remedy}`,
    { code: 'BOBBIN_CHANGED' },
  );
}
