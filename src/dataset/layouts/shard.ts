/** Reads one WebDataset shard: groups its members by key, hashes the images, and reads the labels beside them. */
import { createHash } from 'node:crypto';
import { maxPieceBytes, SequentialFile } from '../files/sequential-file.js';
import { damaged, quoted, readTar, type TarMember } from '../files/tar.js';
import type { ByteRange } from '../image-file.js';
import { type Label, labelFromText } from './label.js';
import { imagePattern } from './names.js';

/** One labelled image of a shard. */
export interface ShardImage {
  /** What the names of the sample's members begin with. */
  key: string;
  range: ByteRange;
  /** SHA-256 of the image's bytes, hex. */
  hash: string;
  label: Label;
  /** Shard and byte of the label, for messages. */
  place: string;
}

export interface Shard {
  images: ShardImage[];
  /** Keys of images left out because they have no label. */
  unlabelled: string[];
  /** Names of images left out because they are empty. */
  empty: string[];
  /** Names of labels left out because no image is beside them. */
  imageless: string[];
}

/** Members that stand together under one key. */
interface Sample {
  key: string;
  image?: Pick<ShardImage, 'range' | 'hash'>;
  /** There is an image of no bytes. */
  empty?: boolean;
  /** Text of `.cls`. */
  cls?: Note;
  json?: Note;
  /** Names of `.x.cls` and `.x.json`: labels of a sample whose own name has dots, unless an image is here. */
  dotted: string[];
}

/** What stands beside an image; no text where it is too long for a label. */
interface Note {
  member: TarMember;
  text?: string;
}

/**
 * The images of a shard in its order. Members belong together where they follow each other and their names are the same up
 * to the first dot, as in WebDataset; what is no part of a sample may stand between them. The label is the content of `.cls`,
 * else `label` in `.json`, which may hold anything beside a `.cls`.
 *
 * @throws InvalidInputError naming shard and byte, for a damaged tar, a key with two images, and a label that is none.
 */
export async function readShard(path: string): Promise<Shard> {
  const file = await SequentialFile.open(path);
  const shard: Shard = { images: [], unlabelled: [], empty: [], imageless: [] };
  let sample: Sample = { key: '', dotted: [] };
  try {
    for await (const member of readTar(file)) {
      const { key, extension } = split(member.name);
      if (key === '') {
        continue;
      }
      if (key !== sample.key) {
        finish(shard, sample, file);
        sample = { key, dotted: [] };
      }
      if (isImage(extension)) {
        await addImage(shard, sample, file, member);
      } else if (extension === 'cls') {
        sample.cls = await noteIn(file, member);
      } else if (extension === 'json') {
        sample.json = await noteIn(file, member);
      } else if (/\.(cls|json)$/.test(extension)) {
        sample.dotted.push(member.name);
      }
    }
    finish(shard, sample, file);
  } finally {
    await file.close();
  }
  return shard;
}

/** WebDataset's rule; the key is empty for what is no part of a sample: hidden files and notes such as `__info__.json`. */
function split(name: string): { key: string; extension: string } {
  const [, key = '', extension = ''] = /^((?:.*\/)?[^./]+)\.([^/]*)$/s.exec(name) ?? [];
  return { key: /^__.*__$/s.test(key) ? '' : key, extension: extension.toLowerCase() };
}

/** `seg.png` beside `jpg` is something about the image, not the image. */
function isImage(extension: string): boolean {
  return !extension.includes('.') && imagePattern.test(`.${extension}`);
}

function finish(
  shard: Shard,
  { key, image, empty, cls, json, dotted }: Sample,
  file: SequentialFile,
): void {
  const note = cls ?? json;
  const label = note && (cls ? labelIn(note, file) : jsonLabelIn(note, file));
  if (image && label) {
    shard.images.push({ key, ...image, ...label });
  } else if (image) {
    shard.unlabelled.push(key);
  } else if (!empty) {
    if (label) {
      dotted.push(note.member.name);
    }
    for (const name of dotted) {
      shard.imageless.push(name);
    }
  }
}

async function addImage(
  shard: Shard,
  sample: Sample,
  file: SequentialFile,
  { name, offset, size }: TarMember,
): Promise<void> {
  if (sample.image) {
    throw damaged(file, offset, `${quoted(sample.key)} has two images: give each a key of its own`);
  }
  if (size === 0) {
    shard.empty.push(name);
    sample.empty = true;
    return;
  }
  const hash = createHash('sha256');
  for await (const piece of file.pieces(offset, size)) {
    hash.update(piece);
  }
  sample.image = { range: { offset, length: size }, hash: hash.digest('hex') };
}

async function noteIn(file: SequentialFile, member: TarMember): Promise<Note> {
  if (member.size > maxPieceBytes) {
    return { member };
  }
  return { member, text: (await file.piece(member.offset, member.size)).toString('utf8') };
}

type Told = Pick<ShardImage, 'label' | 'place'> | undefined;

function labelIn(note: Note, file: SequentialFile): Told {
  const text = textOf(note, file);
  const word = text.trim();
  if (word !== '' && !word.includes('\n')) {
    return told(word, note, file);
  }
  const { name, offset } = note.member;
  const what = `${quoted(name)} holds ${quoted(text)}, which is neither a class number nor a name`;
  throw damaged(file, offset, what);
}

function jsonLabelIn(note: Note, file: SequentialFile): Told {
  const text = textOf(note, file);
  const { name, offset } = note.member;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(file, offset, `${quoted(name)} is not JSON: ${(error as Error).message}`);
  }
  return told((content as { label?: unknown } | null)?.label, note, file);
}

function textOf({ member: { name, offset, size }, text }: Note, file: SequentialFile): string {
  if (text !== undefined) {
    return text;
  }
  throw damaged(file, offset, `${quoted(name)} has ${size} bytes: too many for a label`);
}

function told(value: unknown, { member: { name, offset } }: Note, file: SequentialFile): Told {
  try {
    const label = labelFromText(value);
    if (label === '') {
      throw new Error('has an empty label, which is neither a class number nor a name');
    }
    return label === undefined ? undefined : { label, place: `${file.path} at byte ${offset}` };
  } catch (error) {
    throw damaged(file, offset, `${quoted(name)} ${(error as Error).message}`);
  }
}
