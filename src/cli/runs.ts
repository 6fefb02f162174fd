/** The tasks and runs that a command's flags name. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Manifest, Task } from '../dataset/index.js';
import { ifPresent } from '../disk/index.js';
import { expected } from '../errors.js';
import {
  type Classifier,
  type Epoch,
  findRun,
  type modelOptions,
  type Run,
  recordOf,
  runsIn,
} from '../model/index.js';
import { type GivenValues, isPath } from '../options.js';
import { count } from '../plural.js';
import { resumedOptions, type TrainValues, taskOfRun } from '../training/index.js';

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
 * The run of `task` that `folder` is or has; `task` may be left out where there is one.
 *
 * @throws InvalidInputError when there is no such run.
 */
export async function chosenRun(
  folder: string,
  task: string | undefined,
  epoch: Epoch = 'last',
): Promise<Run> {
  return await findRun(folder, { task, epoch }, flags);
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

/**
 * The folder in which each task is trained: that of its name in `run`, or `run` itself if it is the run of the task already.
 *
 * @throws InvalidInputError when `run` is the run of another task, or has none to resume but runs of tasks that the data set
 *   does not have.
 */
export async function trainingFolders(
  { run, resume = false }: { run: string; resume?: boolean },
  manifest: Manifest,
  tasks: string[],
): Promise<{ task: string; folder: string }[]> {
  const own = await taskOfRun(run);
  if (own !== undefined) {
    const other = tasks.find((task) => task !== own);
    if (other !== undefined) {
      const remedy = `It is the run of task ${own}: ${wayOut(own, manifest, 'name another folder')}`;
      throw expected(`a folder for the run of task ${other}`, '--run', run, remedy);
    }
    return [{ task: own, folder: run }];
  }
  const trained = resume ? await trainedTasks(run) : [];
  const unknown = trained.filter((name) => manifest.tasks.every((task) => task.name !== name));
  const absent = tasks.find((task) => !trained.includes(task));
  if (unknown.length > 0 && absent !== undefined) {
    const way = wayOut(unknown[0] as string, manifest, 'begin without --resume');
    const remedy = `It has the runs of other tasks, ${unknown.join(', ')}: ${way}`;
    throw expected(`a run of task ${absent} to resume`, '--run', run, remedy);
  }
  return tasks.map((task) => ({ task, folder: path.join(run, task) }));
}

/** What to do about a run of a task that the data set calls otherwise, or does not have. */
function wayOut(task: string, { tasks }: Manifest, other: string): string {
  if (tasks.some(({ name }) => name === task)) {
    return `choose --task ${task}, or ${other}`;
  }
  return tasks.length > 1 ? other : `prepare the data with --name ${task}, or ${other}`;
}

/** The tasks of the runs in `folder`. */
async function trainedTasks(folder: string): Promise<string[]> {
  const entries = (await ifPresent(readdir(folder, { withFileTypes: true }))) ?? [];
  const folders = entries.filter((entry) => entry.isDirectory());
  const tasks = await Promise.all(folders.map(({ name }) => taskOfRun(path.join(folder, name))));
  return tasks.filter((task) => task !== undefined);
}

/**
 * What new runs of `tasks` begin with, in words; nothing of a network of the list with its own weights, or random ones.
 *
 * @param model the options of its network
 */
export async function describeStart(
  { network, pretrained = true, size }: GivenValues<typeof modelOptions>,
  tasks: readonly Pick<Task, 'name' | 'classes'>[],
): Promise<string[]> {
  const imported = network !== undefined && isPath(network) ? network : undefined;
  const source = pretrained === true ? imported : pretrained;
  if (!source) {
    return [];
  }
  if (source === imported) {
    return [`begins with ${source}, without its own head, ${newHeads(tasks)}`];
  }
  if (!(await ifPresent(stat(source)))?.isDirectory()) {
    return [`begins with ${source}, whose own head is left out, ${newHeads(tasks)}`];
  }
  const choose = ({ folder }: Run) => folder;
  const run = await findRun(source, {}, { ...pretrainedNames, choose });
  const { epoch, classes: own, preprocessing } = await recordOf(run, 'last');
  const { epoch: best } = await recordOf(run, 'best');
  const other = best === epoch ? '' : `; the best, ${best}, is ${path.join(run.folder, 'best')}`;
  const weights = epoch === undefined ? '' : ` (epoch ${epoch}${other})`;
  const others = tasks.filter(({ classes }) => String(own) !== String(classes));
  const heads = [
    ...(others.length < tasks.length ? ['with its head'] : []),
    ...(others.length > 0 ? [newHeads(others)] : []),
  ];
  const line = `begins with ${run.folder}${weights}, ${size ?? preprocessing?.crop} px, ${heads.join(' and ')}`;
  const { trainable } = await resumedOptions<Partial<TrainValues>>(run.folder, {});
  return others.length === 0 || trainable !== 'head'
    ? [line]
    : [
        line,
        `! ${run.folder} trained only its head, which other classes cannot use: nothing that it learnt is taken`,
      ];
}

/** `a new head for 3 classes`, `new heads for 2 tasks` */
function newHeads(tasks: readonly Pick<Task, 'name' | 'classes'>[]): string {
  const [{ classes } = { classes: [] }, ...others] = tasks;
  return others.length === 0
    ? `a new head for ${count(classes.length, 'class', 'classes')}`
    : `new heads for ${count(tasks.length, 'task')}`;
}

const pretrainedNames = { folder: '--pretrained', task: '--pretrained', epoch: '--pretrained' };
