/** Tells what changed in the photos and label files of a data set since `prepare` read them. */

import {
  checkArguments,
  choice,
  list,
  optional,
  record,
  type ShapeOf,
  text,
} from '../arguments.js';
import { sha256 } from '../disk/index.js';
import { InvalidInputError } from '../errors.js';
import type { GivenValues, OptionTable } from '../options.js';
import {
  type Closed,
  type Comparison,
  type Photo,
  sentenceOnChanged,
  sentenceOnClosed,
  sentencesOnAbsent,
} from './change-sentences.js';
import { mapConcurrently } from './concurrency.js';
import { type FileStamp, stampOrCode } from './file-stamp.js';
import { readImage } from './image-file.js';
import { resolveSample } from './manifest/manifest.js';
import { hashFiles } from './prepare/hash.js';
import type { Manifest, Question, Sample, Split } from './types.js';

/** The most files whose sizes and times are compared, evenly spread over the samples. */
const mostStamps = 20_000;
/** The most photos with another size or time whose bytes are compared. */
const mostHashes = 200;
const filesAtOnce = 16;

/** How {@link changesSince} compares. */
export const changeOptions = {
  checkHashes: {
    type: 'boolean',
    default: false,
    help: `compare the bytes of every photo with those that prepare read, not only sizes and times of ${mostStamps} files at most`,
  },
} as const satisfies OptionTable;

/** What `changesSince` compares. */
export interface ChangeRequest extends GivenValues<typeof changeOptions> {
  /** The prepared data set. */
  manifest: Manifest;
  /** Names of the tasks whose photos are compared; default: all. */
  tasks?: readonly string[] | undefined;
  /** The split whose photos are compared, or those of the questions, which have no hash. Default: both splits. */
  part?: Split | 'questions' | undefined;
  /** How to use the files as they are now. Default: prepare them again, or name the folder that they were moved to. */
  remedy?: string | undefined;
}

const changeShape = {
  ...changeOptions,
  manifest: record('a manifest, as loadManifest returns it,'),
  tasks: optional(list('an array of names')),
  part: optional(choice('train', 'validation', 'questions')),
  remedy: optional(text('a sentence')),
} as const satisfies ShapeOf<ChangeRequest>;

/**
 * Compares the photos and label files of a data set with those that `prepare` read: by size and time, and by content where
 * these differ. A file with another time and the same bytes has not changed. Manifests of earlier versions have neither size
 * nor time; then only missing photos are told.
 *
 * @returns full sentences, none if nothing changed.
 * @throws InvalidInputError when all photos are gone, naming their folder, and when an option is unknown or of another kind.
 */
export async function changesSince(request: ChangeRequest): Promise<string[]> {
  checkArguments('changesSince', request, changeShape);
  const { checkHashes = false, remedy = 'run `npx bobbin prepare` again' } = request;
  const all: Comparison = { photos: 0, compared: 0, absent: [], closed: [], changed: [] };
  for (const block of blocksOf(request)) {
    const { photos, compared, absent, closed, changed } = await compare(block, checkHashes);
    all.photos += photos;
    all.compared += compared;
    all.absent.push(...absent);
    all.closed.push(...closed);
    all.changed.push(...changed);
  }
  const { root } = request.manifest;
  const onAbsent = await sentencesOnAbsent(all, { root, remedy, moved: movedBy(request) });
  if (all.absent.length > 0 && all.absent.length === all.photos) {
    throw new InvalidInputError(onAbsent.join(' '));
  }
  return [
    ...onAbsent,
    ...sentenceOnClosed(all),
    ...sentenceOnChanged(all, remedy),
    ...(await sentencesOnLabels(request, remedy)),
  ];
}

/** What to do where the root is gone. Who gives a remedy has no flag for its new place. */
const movedBy = ({ remedy }: ChangeRequest): string =>
  remedy === undefined
    ? 'move it back, name the folder where they are now by --images (in a program, loadManifest takes `images`)'
    : 'move it back';

async function compare(photos: readonly Photo[], checkHashes: boolean): Promise<Comparison> {
  const stamps = await stampsOf(photos);
  const absent: Photo[] = [];
  const closed: Closed[] = [];
  const suspects: Photo[] = [];
  for (const photo of photos) {
    const now = stamps.get(photo.path);
    if (now === undefined) {
      absent.push(photo);
    } else if ('code' in now) {
      closed.push({ photo, code: now.code });
    } else if (checkHashes ? photo.hash !== undefined : hasOtherStamp(photo, now)) {
      suspects.push(photo);
    }
  }
  const hashed = checkHashes ? suspects : evenly(suspects, mostHashes);
  const found = await compareBytes(hashed);
  closed.push(...found.closed);
  const compared =
    photos.length - absent.length - closed.length - (suspects.length - hashed.length);
  return { photos: photos.length, compared, absent, closed, changed: found.changed };
}

/** The photos to compare, with absolute paths: some at even distances, or all in blocks of as many. */
function* blocksOf({ manifest, tasks, part, checkHashes }: ChangeRequest): Generator<Photo[]> {
  const list = part === 'questions' ? manifest.questions : manifest.samples;
  const step = checkHashes ? 1 : Math.max(1, list.length / mostStamps);
  let block: Photo[] = [];
  for (let index = 0; index * step < list.length; index++) {
    const entry = list.at(Math.floor(index * step)) as Sample | Question;
    const isOfPart = part === undefined || !('split' in entry) || entry.split === part;
    if (isOfPart && (tasks === undefined || tasks.includes(entry.task))) {
      block.push(photoOf(manifest, entry));
    }
    if (block.length === mostStamps) {
      yield block;
      block = [];
    }
  }
  yield block;
}

const photoOf = (manifest: Manifest, entry: Sample | Question): Photo =>
  'split' in entry ? resolveSample(manifest, entry) : { path: resolveSample(manifest, entry.file) };

/** All of a list, or `most` of it at even distances. */
function evenly(list: readonly Photo[], most: number): Photo[] {
  const step = Math.max(1, list.length / most);
  const count = Math.min(list.length, most);
  return Array.from({ length: count }, (_, index) => list[Math.floor(index * step)] as Photo);
}

/** What {@link stampOrCode} says about each file. */
async function stampsOf(
  samples: readonly Photo[],
): Promise<Map<string, Awaited<ReturnType<typeof stampOrCode>>>> {
  const files = [...new Set(samples.map((sample) => sample.path))];
  const stamps = await mapConcurrently(files, filesAtOnce, stampOrCode);
  return new Map(files.map((file, index) => [file, stamps[index]]));
}

const hasOtherStamp = (before: Photo, now: FileStamp): boolean =>
  before.size !== undefined && (before.size !== now.size || before.modified !== now.modified);

/** Those whose bytes are not the ones that `prepare` hashed, and those that cannot be read. */
async function compareBytes(
  photos: readonly Photo[],
): Promise<Pick<Comparison, 'changed' | 'closed'>> {
  const whole = photos.filter(({ range }) => range === undefined);
  const hashes = await hashFiles(whole.map((photo) => photo.path));
  const found = await mapConcurrently(photos, filesAtOnce, async (photo) =>
    photo.range === undefined ? hashes.get(photo.path) : await hashPart(photo, photo.range.length),
  );
  const changed: Photo[] = [];
  const closed: Closed[] = [];
  for (const [index, photo] of photos.entries()) {
    const now = found[index] as Awaited<ReturnType<typeof hashPart>>;
    if ('code' in now) {
      closed.push({ photo, code: now.code });
    } else if (now.hash !== photo.hash) {
      changed.push(photo);
    }
  }
  return { changed, closed };
}

/** The hash of a shard's part, '' if the shard ends before it, or the system's code for why there is none. */
async function hashPart(
  photo: Photo,
  length: number,
): Promise<{ hash: string } | { code: string }> {
  return await readImage(photo, length).then(
    (bytes) => ({ hash: sha256(bytes) }),
    ({ code }) => (code === undefined ? { hash: '' } : { code }),
  );
}

/** A sentence about each file of labels or questions with other bytes. One that is gone or closed is not needed any more. */
async function sentencesOnLabels(
  { manifest, checkHashes }: ChangeRequest,
  remedy: string,
): Promise<string[]> {
  const files = (manifest.labelFiles ?? []).map((file) => resolveSample(manifest, file));
  const stamps = await stampsOf(files);
  const suspects = files.filter((file) => {
    const now = stamps.get(file.path);
    return now && !('code' in now) && (checkHashes || hasOtherStamp(file, now));
  });
  const { changed } = await compareBytes(suspects);
  return changed.map(
    (file) =>
      `${file.path} has changed since prepare read it, and what it says now is not used: to use it, ${remedy}.`,
  );
}
