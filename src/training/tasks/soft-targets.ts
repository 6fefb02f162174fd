/** Soft targets: probabilities for images that lack the label of a task, in a file that `train` reads. */
import {
  ifPresent,
  isObject,
  openSealed,
  readRegular,
  sealed,
  sha256,
  writeWhole,
} from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { TrainValues } from '../options.js';

/** The answers of teachers for one task. */
export interface TaughtTask {
  task: string;
  classes: string[];
  /** [images, classes], each row adding up to 1; zeros where no teacher answers. */
  probabilities: Float32Array;
}

/** An image of a question, which is trained on, too. */
export interface TaughtQuestion {
  /** As in a manifest's sample. */
  path: string;
  /** SHA-256 of its bytes, hex. */
  hash: string;
}

/** What trained runs answered for images, as targets of another training. */
export interface SoftTargets {
  /** The images that no teacher has seen and that the student must not see either: those of the fold and of the split. */
  held: Pick<TrainValues, 'fold' | 'trainOn'>;
  /** The folders of the teachers' runs. */
  teachers: string[];
  /** SHA-256 of the bytes of each image, hex. */
  images: string[];
  tasks: TaughtTask[];
  /** Those of the images that no label names. */
  questions: TaughtQuestion[];
}

/** Soft targets as a file has them. */
export interface StoredTargets extends SoftTargets {
  /** SHA-256 of the file. */
  digest: string;
}

/** Writes `targets` to `file`, whole or not at all; probabilities keep all bits of float32. */
export async function saveSoftTargets(targets: SoftTargets, file: string): Promise<void> {
  const tasks = targets.tasks.map(({ probabilities, ...task }) => {
    const { buffer, byteOffset, byteLength } = probabilities;
    return {
      ...task,
      probabilities: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    };
  });
  await writeWhole(file, sealed({ ...targets, tasks }));
}

/**
 * Reads a file of {@link saveSoftTargets} and checks it by its hash.
 *
 * @throws InvalidInputError when it is absent, damaged, or has rows that are no probabilities
 */
export async function loadSoftTargets(file: string): Promise<StoredTargets> {
  const remedy = `Remove ${file} and let the teachers answer again`;
  const bytes = await ifPresent(readRegular(file));
  if (bytes === undefined) {
    throw expected('an existing file of soft targets, as teach writes it,', 'softTargets', file);
  }
  const { held, teachers, images, tasks, questions } = openSealed(bytes, file, remedy);
  const isWhole = isHeld(held) && areTexts(teachers) && areTexts(images) && areQuestions(questions);
  if (!isWhole || !areTasks(tasks)) {
    throw expected('held, teachers, images, tasks and questions', file, 'others', remedy);
  }
  return {
    held: { fold: held.fold, trainOn: held.trainOn },
    teachers,
    images,
    tasks: tasks.map((task) => rowsOf(task, images.length, file, remedy)),
    questions,
    digest: sha256(bytes),
  };
}

/** A sum of float32 may differ from 1 by so much. */
const rounding = 1e-3;

function rowsOf(
  { task, classes, probabilities }: StoredTask,
  images: number,
  file: string,
  remedy: string,
): TaughtTask {
  const name = `task ${task} in ${file}`;
  const bytes = Buffer.from(probabilities, 'base64');
  if (classes.length === 0 || bytes.length !== 4 * images * classes.length) {
    const what = `${images} rows of ${classes.length} probabilities`;
    throw expected(what, name, `${bytes.length} bytes`, remedy);
  }
  // A copy: the bytes may begin anywhere in Node's pool.
  const taught = { task, classes, probabilities: new Float32Array(new Uint8Array(bytes).buffer) };
  for (let image = 0; image < images; image++) {
    const row = rowAt(taught, image);
    const sum = row.reduce((total, share) => total + share, 0);
    if (!row.every((share) => share >= 0) || (sum !== 0 && !(Math.abs(sum - 1) < rounding))) {
      throw expected('probabilities that add up to 1', name, sum, remedy);
    }
  }
  return taught;
}

/** The probabilities of one of the images, as a view. */
export const rowAt = ({ classes, probabilities }: TaughtTask, image: number): Float32Array =>
  probabilities.subarray(image * classes.length, (image + 1) * classes.length);

/** Whether a teacher answers in a row. */
export const isAnswer = (row: Float32Array): boolean => row.some((share) => share > 0);

/** The images for which a teacher answers one of `tasks` or more: their places by their hashes. */
export function answeredImages(
  { images, tasks }: SoftTargets,
  names: readonly string[],
): Map<string, number> {
  const chosen = tasks.filter(({ task }) => names.includes(task));
  const places = images.map((hash, image): [string, number] => [hash, image]);
  return new Map(places.filter(([, image]) => chosen.some((task) => isAnswer(rowAt(task, image)))));
}

/** A task as it is stored: the rows as base64 of float32, little-endian. */
type StoredTask = Omit<TaughtTask, 'probabilities'> & { probabilities: string };

const isHeld = (value: unknown): value is SoftTargets['held'] =>
  isObject(value) &&
  (value.fold === undefined || Number.isInteger(value.fold)) &&
  (value.trainOn === 'train' || value.trainOn === 'all');

const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const areQuestions = (value: unknown): value is TaughtQuestion[] =>
  Array.isArray(value) && value.every((each) => isObject(each) && areTexts([each.path, each.hash]));

const areTasks = (value: unknown): value is StoredTask[] =>
  Array.isArray(value) &&
  value.every(
    (each) => isObject(each) && areTexts([each.task, each.probabilities]) && areTexts(each.classes),
  );
