/** Reads one WebDataset shard: groups its members by key, hashes the images, and reads the labels beside them. */
import { unpackCommand } from '../files/archives.js';
import { maxPieceBytes, SequentialFile } from '../files/sequential-file.js';
import { damaged, quoted, readTar, type TarMember } from '../files/tar.js';
import type { ByteRange } from '../image-file.js';
import { type Label, labelFromText } from './label.js';
import { imagePattern } from './names.js';

/** One labelled image of a shard. */
export interface ShardImage {
  /** The common beginning of the names of the sample's members. */
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
  /** Names of archives in it. */
  archives: string[];
}

/** Members that follow each other and have the same key. */
interface Sample {
  key: string;
  image?: Pick<ShardImage, 'range' | 'hash'>;
  /** Whether there is an image without bytes. */
  empty?: boolean;
  /** Text of `.cls`. */
  cls?: Note;
  json?: Note;
  /** Names of `.x.cls` and `.x.json`: labels of a sample whose own name has dots, unless an image is here. */
  dotted: string[];
}

/** A member that may hold the label; its text is absent where it is too long for one. */
interface Note {
  member: TarMember;
  text?: string;
}

/**
 * The images of a shard in its order. As in WebDataset, members are one sample where they follow each other and their names
 * are the same up to the first dot; members that belong to no sample may be between them. The label is the content of `.cls`,
 * or else `label` in `.json`; beside a `.cls`, the `.json` may hold anything.
 *
 * @throws InvalidInputError naming shard and byte, for a damaged tar, a key with two images, and an invalid label.
 */
export async function readShard(path: string): Promise<Shard> {
  const file = await SequentialFile.open(path);
  const shard: Shard = { images: [], unlabelled: [], empty: [], imageless: [], archives: [] };
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
      await addMember(shard, sample, file, { ...member, extension });
    }
    finish(shard, sample, file);
  } finally {
    await file.close();
  }
  return shard;
}

/** By WebDataset's rule. The key is empty for members that belong to no sample: hidden files, and notes such as `__info__.json`. */
function split(name: string): { key: string; extension: string } {
  const [, key = '', extension = ''] = /^((?:.*\/)?[^./]+)\.([^/]*)$/s.exec(name) ?? [];
  return { key: /^__.*__$/s.test(key) ? '' : key, extension: extension.toLowerCase() };
}

/** `seg.png` beside `jpg` describes the image and is not one itself. */
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

async function addMember(
  shard: Shard,
  sample: Sample,
  file: SequentialFile,
  { extension, ...member }: TarMember & { extension: string },
): Promise<void> {
  if (isImage(extension)) {
    await addImage(shard, sample, file, member);
  } else if (extension === 'cls') {
    sample.cls = await noteIn(file, member);
  } else if (extension === 'json') {
    sample.json = await noteIn(file, member);
  } else if (/\.(cls|json)$/.test(extension)) {
    sample.dotted.push(member.name);
  } else if (unpackCommand(member.name) !== undefined) {
    shard.archives.push(member.name);
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
  sample.image = { range: { offset, length: size }, hash: await file.hash(offset, size) };
}

async function noteIn(file: SequentialFile, member: TarMember): Promise<Note> {
  if (member.size > maxPieceBytes) {
    return { member };
  }
  return { member, text: (await file.piece(member.offset, member.size)).toString('utf8') };
}

type Labelled = Pick<ShardImage, 'label' | 'place'> | undefined;

function labelIn(note: Note, file: SequentialFile): Labelled {
  const text = textOf(note, file);
  const word = text.trim();
  if (word !== '' && !word.includes('\n')) {
    return labelled(word, note, file);
  }
  const { name, offset } = note.member;
  const what = `${quoted(name)} holds ${quoted(text)}, which is neither a class number nor a name`;
  throw damaged(file, offset, what);
}

function jsonLabelIn(note: Note, file: SequentialFile): Labelled {
  const text = textOf(note, file);
  const { name, offset } = note.member;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(file, offset, `${quoted(name)} is not JSON: ${(error as Error).message}`);
  }
  return labelled((content as { label?: unknown } | null)?.label, note, file);
}

function textOf({ member: { name, offset, size }, text }: Note, file: SequentialFile): string {
  if (text !== undefined) {
    return text;
  }
  throw damaged(file, offset, `${quoted(name)} has ${size} bytes: too many for a label`);
}

function labelled(
  value: unknown,
  { member: { name, offset } }: Note,
  file: SequentialFile,
): Labelled {
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
