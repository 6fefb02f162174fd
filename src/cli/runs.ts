/** The tasks and runs that a command's flags name. */
import type { Manifest, Task } from '../dataset/index.js';
import { expected } from '../errors.js';
import { type Classifier, type Epoch, findRun, openRun, type Run, runsIn } from '../model/index.js';

const flags = { folder: '--run', task: '--task', epoch: '--epoch' };

/**
 * The task called `name`; all tasks without a name.
 *
 * @throws InvalidInputError when no task has this name.
 */
export function chosenTasks(manifest: Manifest, name: string | undefined): Task[] {
  const { tasks } = manifest;
  if (name === undefined) {
    return tasks;
  }
  const chosen = tasks.filter((task) => task.name === name);
  if (chosen.length > 0) {
    return chosen;
  }
  throw expected(`one of ${tasks.map((task) => task.name).join(', ')}`, '--task', name);
}

/**
 * The classifier of `run`, which is a run or has one for each task; `task` may be left out where there is one.
 *
 * @throws InvalidInputError when there is no such run, and when the model is damaged.
 */
export async function openClassifier(
  run: string,
  task: string | undefined,
  epoch: Epoch = 'last',
): Promise<Classifier> {
  return await openRun(await findRun(run, { task, epoch }, flags), epoch);
}

/**
 * The run in `folder` of one of the manifest's tasks. If manifest and folder have one each, their names may differ: a
 * task is called as its photos' folder was when they were prepared.
 *
 * @throws InvalidInputError when there is no such run.
 */
export async function runOfTask(
  folder: string,
  manifest: Pick<Manifest, 'tasks'>,
  task: string,
  epoch: Epoch = 'last',
): Promise<Run> {
  const isOnly = manifest.tasks.length === 1 && (await runsIn(folder, epoch, flags)).length === 1;
  const names = { ...flags, task: 'the task of --data' };
  return await findRun(folder, { task: isOnly ? undefined : task, epoch }, names);
}

/** Opens classifiers, and frees them after the work. */
export async function withClassifiers<Result>(
  openers: readonly (() => Promise<Classifier>)[],
  work: (classifiers: Classifier[]) => Promise<Result>,
): Promise<Result> {
  const classifiers: Classifier[] = [];
  try {
    for (const open of openers) {
      classifiers.push(await open());
    }
    return await work(classifiers);
  } finally {
    for (const { model } of classifiers) {
      model.dispose();
    }
  }
}
