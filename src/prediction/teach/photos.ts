/** The photos of a student: those that it trains on, and those that validate it. */
import {
  hashFiles,
  type ImageFile,
  type Manifest,
  resolveSample,
  type Samples,
} from '../../dataset/index.js';
import { type SoftTargets, samplesIn, type TaughtQuestion } from '../../training/index.js';

/** Photos by the SHA-256 of their bytes, hex. */
export interface Photos {
  /** Those to train on, of all tasks of the data set and then of questions, with absolute paths. */
  training: Map<string, ImageFile>;
  /** Those that validate the student. */
  held: Set<string>;
  /** Of the questions whose photo can be read and has no label of any task. */
  questions: TaughtQuestion[];
}

/** @param questions whether the photos of questions are trained on */
export async function photosOf(
  manifest: Manifest,
  {
    tasks,
    held,
    questions,
  }: { tasks: readonly string[]; questions: boolean } & Pick<SoftTargets, 'held'>,
): Promise<Photos> {
  const { fold, trainOn } = held;
  const [trained, validating] =
    trainOn === 'all' ? (['all', 'none'] as const) : (['train', 'validation'] as const);
  const partsOf = (names: readonly string[], split: typeof trained | typeof validating) =>
    names.map((task): Samples => samplesIn({ manifest, split, fold }, task));
  const training = new Map<string, ImageFile>();
  const names = manifest.tasks.map(({ name }) => name);
  for (const { path, range, hash } of partsOf(names, trained).flatMap((each) => [...each])) {
    training.set(hash, resolveSample(manifest, range ? { path, range } : { path }));
  }
  const validation = partsOf(tasks, validating).flatMap((each) => each.map(({ hash }) => hash));
  const asked = questions ? await unlabelledQuestions(manifest) : [];
  for (const { path, hash } of asked) {
    training.set(hash, resolveSample(manifest, { path }));
  }
  return { training, held: new Set(validation), questions: asked };
}

async function unlabelledQuestions(manifest: Manifest): Promise<TaughtQuestion[]> {
  const labelled = new Set(manifest.samples.map(({ hash }) => hash));
  const pathOf = new Map(
    manifest.questions.map(({ file }) => [resolveSample(manifest, file), file]),
  );
  const hashes = await hashFiles(pathOf.keys());
  const found = new Map<string, string>();
  for (const [place, path] of pathOf) {
    const hashed = hashes.get(place);
    if (hashed !== undefined && 'hash' in hashed && !labelled.has(hashed.hash)) {
      found.set(hashed.hash, path);
    }
  }
  return [...found].map(([hash, path]) => ({ path, hash }));
}
