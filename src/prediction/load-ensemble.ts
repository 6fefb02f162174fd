/** Finds and loads the classifiers of an ensemble that was saved. */
import { checkArguments, optional, type ShapeOf, text } from '../arguments.js';
import { expected, missing } from '../errors.js';
import {
  type BuiltClassifier,
  type Epoch,
  findRun,
  openRun,
  type Run,
  type RunChoice,
  runsIn,
} from '../model/index.js';
import { type EnsembleRecord, ensembleIn, type TaskEnsemble } from './ensemble-record.js';
import type { MeanName } from './mean.js';
import type { Classifiers } from './members.js';

/** The arguments of `classify`, `predict` and `evaluate` by which an ensemble answers: spread it into them. */
export interface Ensemble extends Required<Omit<Classifiers, 'classifier' | 'task'>> {
  classifiers: BuiltClassifier[];
  mean: MeanName;
  /** For `using`: frees the weights. */
  [Symbol.dispose](): void;
}

/** The runs of an ensemble that answer a task, and how much each counts. */
export interface EnsembleRuns {
  runs: Run[];
  epoch: Epoch;
  weights: number[];
  temperatures: number[];
  mean: MeanName;
}

const shape = {
  folder: text('the path of a folder'),
  task: optional(text('the name of a task')),
} satisfies ShapeOf<Pick<RunChoice, 'task'> & { folder: string }>;

/**
 * The classifiers of the ensemble in `folder`, with their weights, temperatures and mean.
 *
 * @param choice the task, needed where the ensemble answers several
 * @throws InvalidInputError when the folder has no ensemble, or none that answers the task, when a run has moved away, and when a
 *   model is damaged
 */
export async function loadEnsemble(
  folder: string,
  choice: Pick<RunChoice, 'task'> = {},
): Promise<Ensemble> {
  checkArguments('loadEnsemble', { folder, ...choice }, shape);
  const record = await ensembleIn(folder);
  if (record === undefined) {
    throw missing('ensemble.json', folder, '`loadClassifier` loads a single run');
  }
  const { runs, epoch, weights, temperatures, mean } = await runsOfEnsemble(record, choice.task);
  const classifiers: BuiltClassifier[] = [];
  const free = () => {
    for (const classifier of classifiers) {
      classifier[Symbol.dispose]();
    }
  };
  try {
    for (const run of runs) {
      classifiers.push(await openRun(run, epoch));
    }
  } catch (error) {
    free();
    throw error;
  }
  return { classifiers, weights, temperatures, mean, [Symbol.dispose]: free };
}

/**
 * The runs of an ensemble that answer `task`, those without weight left out.
 *
 * @param task may be left out where there is one
 * @param name how messages call the choice of the task
 * @throws InvalidInputError when no members answer it, and when a run has moved away
 */
export async function runsOfEnsemble(
  { tasks, epoch, mean }: EnsembleRecord,
  task?: string,
  name = 'task',
): Promise<EnsembleRuns> {
  const { task: own, members } = taskIn(tasks, task, name);
  const answering = members.filter(({ weight }) => weight > 0);
  return {
    runs: await Promise.all(answering.map(({ run }) => runAnswering(run, own, epoch))),
    epoch,
    weights: answering.map(({ weight }) => weight),
    temperatures: answering.map(({ temperature = 1 }) => temperature),
    mean,
  };
}

function taskIn(
  tasks: readonly TaskEnsemble[],
  task: string | undefined,
  name: string,
): TaskEnsemble {
  const names = tasks.map((each) => each.task);
  if (task === undefined && tasks.length > 1) {
    throw missing(`one of ${names.join(', ')}`, name, 'The ensemble has members for each');
  }
  const found = tasks.find((each) => task === undefined || each.task === task);
  if (found === undefined) {
    throw expected(`one of ${names.join(', ')}`, name, task);
  }
  return found;
}

/** A run of one task may call it otherwise: after the folder of its photos. */
async function runAnswering(folder: string, task: string, epoch: Epoch): Promise<Run> {
  const [run, ...others] = await runsIn(folder, epoch, names);
  return run !== undefined && others.length === 0 && run.tasks.length === 1
    ? run
    : await findRun(folder, { task, epoch }, names);
}

const names = { folder: 'a run of the ensemble', task: 'its task', epoch: 'its epoch' };
