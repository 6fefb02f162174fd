/** A teacher: a trained classifier that answers for images whose labels it has not seen. */
import { digestOf, type Manifest, type Samples, samplesOf } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import { type BuiltClassifier, findRun, openRun, type Run, runsIn } from '../../model/index.js';

export interface Teacher {
  /** The folder of its run. */
  folder: string;
  classifier: BuiltClassifier;
  /** The tasks that it answers. */
  tasks: readonly string[];
  /** SHA-256 of the images that it was trained on, hex. */
  seen: ReadonlySet<string>;
}

const names = {
  folder: 'teachers',
  task: 'teachers',
  epoch: 'teachers',
  choose: ({ folder }: Run) => folder,
};

/**
 * The runs in `folders`, each a run or the folder of several, that answer one of `tasks`.
 *
 * @throws InvalidInputError for a folder without a trained run, and where none of all answers one of the tasks
 */
export async function teacherRuns(
  folders: readonly string[],
  tasks: readonly string[],
): Promise<Run[]> {
  const found: Run[] = [];
  for (const folder of folders) {
    const runs = await runsIn(folder, 'last', names);
    // Says why there is none.
    found.push(...(runs.length > 0 ? runs : [await findRun(folder, {}, names)]));
  }
  const fitting = found.filter((run) => run.tasks.some((task) => tasks.includes(task)));
  if (fitting.length === 0) {
    const own = [...new Set(found.flatMap((run) => run.tasks))].join(', ');
    throw expected(`runs of one of ${tasks.join(', ')}`, 'teachers', own);
  }
  return fitting;
}

/**
 * Opens a teacher, which the caller frees.
 *
 * @throws InvalidInputError when it was trained on other data than those of `manifest`: nothing tells what it has seen
 */
export async function openTeacher(run: Run, manifest: Manifest): Promise<Teacher> {
  const { folder, tasks } = run;
  const classifier = await openRun(run);
  try {
    const { heads = [], fold, validationImages } = classifier;
    const ownOf = (task: string) =>
      heads.length > 1
        ? heads.find((head) => head.task === task)?.validationImages
        : validationImages;
    const seen = tasks.flatMap((task) => {
      const trained = trainedOn(manifest, { task, fold, validationImages: ownOf(task) });
      if (trained === undefined) {
        const remedy = `The photos that ${folder} has validated are not those of task ${task} here: give runs of this data set, or of one prepared with the same seed, fraction and folds`;
        throw expected('runs that were trained on this data set', 'teachers', folder, remedy);
      }
      return trained.map(({ hash }) => hash);
    });
    return { folder, classifier, tasks, seen: new Set(seen) };
  } catch (error) {
    classifier[Symbol.dispose]();
    throw error;
  }
}

interface Trained {
  task: string;
  fold: number | undefined;
  /** A digest of the images that validated. */
  validationImages: string | undefined;
}

/** The images that a run of a task was trained on, or some more; undefined where it was trained on other data. */
function trainedOn(
  manifest: Manifest,
  { task, fold, validationImages }: Trained,
): Samples | undefined {
  const { tasks, samples, folds = 0 } = manifest;
  if (tasks.every(({ name }) => name !== task) || (fold ?? -1) >= folds) {
    return undefined;
  }
  // Without validation images it was trained on all.
  if (validationImages === digestOf([])) {
    return samples.filter((sample) => sample.task === task);
  }
  return digestOf(samplesOf(manifest, task, 'validation', fold)) === validationImages
    ? samplesOf(manifest, task, 'train', fold)
    : undefined;
}
