/** Reads one WebDataset shard: groups its members by key, hashes the images, and reads the labels beside them. */
import { createHash } from 'node:crypto';
import type { ByteRange } from './image-file.js';
import { imagePattern } from './layout.js';
import { maxPieceBytes, SequentialFile } from './sequential-file.js';
import { damaged, quoted, readTar, type TarMember } from './tar.js';

/** One labelled image of a shard. */
export interface ShardImage {
  /** What the names of the sample's members begin with. */
  key: string;
  range: ByteRange;
  /** SHA-256 of the image's bytes, hex. */
  hash: string;
  /** A class number, or a class name. */
  label: number | string;
  /** Shard and byte of the label, for messages. */
  place: string;
}

export interface Shard {
  images: ShardImage[];
  /** Keys of images left out because they have no label. */
  unlabelled: string[];
  /** Names of images left out because they are empty. */
  empty: string[];
}

/** Members that stand together under one key. */
interface Sample {
  key: string;
  image?: Pick<ShardImage, 'range' | 'hash'>;
  cls?: Pick<ShardImage, 'label' | 'place'>;
  json?: Pick<ShardImage, 'label' | 'place'>;
}

/**
 * The images of a shard in its order. Members belong together where they follow each other and their names are the same up
 * to the first dot, as in WebDataset; what is no part of a sample may stand between them. The label is the content of `.cls`,
 * else `label` in `.json`.
 *
 * Throws InvalidInputError, naming shard and byte, for a damaged tar, a key with two images, and a label that is none.
 */
export async function readShard(path: string): Promise<Shard> {
  const file = await SequentialFile.open(path);
  const shard: Shard = { images: [], unlabelled: [], empty: [] };
  let sample: Sample = { key: '' };
  try {
    for await (const member of readTar(file)) {
      const { key, extension } = split(member.name);
      if (key === '') continue;
      if (key !== sample.key) {
        finish(shard, sample);
        sample = { key };
      }
      if (isImage(extension)) await addImage(shard, sample, file, member);
      else if (extension === 'cls') sample.cls = labelIn(await textOf(file, member), file, member);
      else if (extension === 'json')
        sample.json = jsonLabelIn(await textOf(file, member), file, member);
    }
  } finally {
    await file.close();
  }
  finish(shard, sample);
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

function finish(shard: Shard, { key, image, cls, json }: Sample): void {
  const label = cls ?? json;
  if (image && label) shard.images.push({ key, ...image, ...label });
  else if (image) shard.unlabelled.push(key);
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
    return;
  }
  const hash = createHash('sha256');
  for await (const piece of file.pieces(offset, size)) hash.update(piece);
  sample.image = { range: { offset, length: size }, hash: hash.digest('hex') };
}

async function textOf(file: SequentialFile, { name, offset, size }: TarMember): Promise<string> {
  if (size > maxPieceBytes) {
    throw damaged(file, offset, `${quoted(name)} has ${size} bytes: too many for a label`);
  }
  return (await file.piece(offset, size)).toString('utf8');
}

function labelIn(text: string, file: SequentialFile, { name, offset }: TarMember): Sample['cls'] {
  const word = text.trim();
  const label = /^\d+$/.test(word) ? Number(word) : word;
  if (word === '' || word.includes('\n') || !isLabel(label)) {
    throw damaged(
      file,
      offset,
      `${quoted(name)} holds ${quoted(text)}, no class number and no name`,
    );
  }
  return { label, place: `${file.path} at byte ${offset}` };
}

function jsonLabelIn(
  text: string,
  file: SequentialFile,
  { name, offset }: TarMember,
): Sample['json'] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw damaged(file, offset, `${quoted(name)} is no JSON: ${(error as Error).message}`);
  }
  const label = (content as { label?: unknown } | null)?.label;
  if (label === undefined) return undefined;
  if (!isLabel(label)) {
    throw damaged(file, offset, `${quoted(name)} has a label that is no class number and no name`);
  }
  return { label, place: `${file.path} at byte ${offset}` };
}

function isLabel(label: unknown): label is number | string {
  return typeof label === 'string'
    ? label !== ''
    : Number.isSafeInteger(label) && (label as number) >= 0;
}
