/** What is said about photos that are missing, cannot be read or have changed since `prepare` read them. */
import path from 'node:path';
import { count } from '../plural.js';
import { type FileStamp, stampOrCode } from './file-stamp.js';
import { type ImageFile, imageName } from './image-file.js';
import { remedyByCode } from './prepare/missing.js';

/** The most missing folders that are named. */
const mostNamed = 3;

/** A photo of a manifest; that of a question has neither stamp nor hash. */
export type Photo = ImageFile & Partial<FileStamp> & { hash?: string };

export interface Comparison {
  photos: number;
  /** Those whose stamps or bytes were compared. */
  compared: number;
  absent: Photo[];
  /** Those that are there and cannot be read. */
  closed: Closed[];
  changed: Photo[];
}

export interface Closed {
  photo: Photo;
  /** Why, by the system's code. */
  code: string;
}

/** What to do about missing files, and about a root that is missing as a whole. */
interface Remedies {
  root: string;
  remedy: string;
  moved: string;
}

/** A sentence about each missing folder, and one about the missing files of other folders. */
export async function sentencesOnAbsent(
  { absent, photos }: Comparison,
  { root, remedy, moved }: Remedies,
): Promise<string[]> {
  const folders = new Map<string, Photo[]>();
  const outermost = outermostMissing();
  for (const sample of absent) {
    const folder = (await outermost(path.dirname(sample.path))) ?? '';
    const inside = folders.get(folder) ?? [];
    folders.set(folder, inside);
    inside.push(sample);
  }
  const sentences = [...folders].slice(0, mostNamed).map(([folder, [first, ...others]]) => {
    const gone = 1 + others.length;
    const share = `${gone} of ${count(photos, 'photo that was', 'photos that were')} looked for`;
    const name = imageName(first as Photo);
    const files =
      gone === 1
        ? `, ${name}, is gone: restore it`
        : ` are gone, the first is ${name}: restore them`;
    const isRoot = `${root}${path.sep}`.startsWith(`${folder}${path.sep}`);
    return folder === ''
      ? `${share}${files}, or ${remedy}.`
      : `The folder ${folder} is gone, with ${share}: ${isRoot ? moved : 'move it back'}, or ${remedy}.`;
  });
  const more = folders.size - sentences.length;
  const rest = more > 0 ? [`${count(more, 'more folder is', 'more folders are')} gone.`] : [];
  return [...sentences, ...rest];
}

/** Finds the outermost missing folder on the way to a folder, undefined if that exists. Asks for each folder once. */
function outermostMissing(): (folder: string) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  const find = async (folder: string): Promise<string | undefined> =>
    (await stampOrCode(folder)) ? undefined : ((await once(path.dirname(folder))) ?? folder);
  const once = (folder: string) => {
    const found = known.get(folder) ?? find(folder);
    known.set(folder, found);
    return found;
  };
  return once;
}

export function sentenceOnClosed({ closed, photos }: Comparison): string[] {
  const [first] = closed;
  if (first === undefined) {
    return [];
  }
  const looked = count(photos, 'photo that was', 'photos that were');
  const found = `${closed.length} of ${looked} looked for cannot be read`;
  const remedy = remedyByCode(first.code) ?? 'Restore them';
  const which = closed.length === 1 ? ': ' : ', the first is ';
  return [`${found}${which}${imageName(first.photo)} (${first.code}). ${remedy}.`];
}

export function sentenceOnChanged({ changed, compared }: Comparison, remedy: string): string[] {
  const [first] = changed;
  if (first === undefined) {
    return [];
  }
  const found = `${changed.length} of ${count(compared, 'photo that was', 'photos that were')} compared`;
  const name = imageName(first);
  return [
    changed.length === 1
      ? `${found}, ${name}, has other bytes than prepare read: its label and its split may be wrong. Restore it, or ${remedy}.`
      : `${found} have other bytes than prepare read, the first is ${name}: their labels and their split may be wrong. Restore them, or ${remedy}.`,
  ];
}
