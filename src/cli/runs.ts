/** The tasks and runs that a command's flags name. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Manifest, shellWord, type Task } from '../dataset/index.js';
import { ifPresent } from '../disk/index.js';
import { conflict, expected, givenTwice } from '../errors.js';
import {
  type Classifier,
  type Epoch,
  findRun,
  type Head,
  headsFor,
  headsOf,
  isSameHead,
  type modelOptions,
  type Run,
  recordOf,
  runsIn,
} from '../model/index.js';
import { type GivenValues, isPath } from '../options.js';
import { count } from '../plural.js';
import { settingsOfRun, tasksOfRun } from '../training/index.js';

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

/** `--together`: alone all tasks are one group, else its value names the groups. */
export const togetherHelp =
  'train one network for all tasks, with a head for each; or one for each of these groups: tasks separated by commas, groups by semicolons';

/**
 * The tasks that are trained in one network each: every task alone without `--together`.
 *
 * @throws InvalidInputError when no task has a name that is given, when one is named twice, and for `--task` with `--together`
 */
export function chosenGroups(
  manifest: Manifest,
  { task, together }: { task?: string | undefined; together?: string | true | undefined },
): string[][] {
  if (together === undefined) {
    return chosenTasks(manifest, task).map(({ name }) => [name]);
  }
  if (task !== undefined) {
    throw conflict('--task', '--together', 'Name the tasks of a network with --together');
  }
  if (together === true) {
    return [manifest.tasks.map(({ name }) => name)];
  }
  const known = manifest.tasks.map(({ name }) => name);
  const groups = together.split(';').map((group) => group.split(',').map((name) => name.trim()));
  for (const [index, name] of groups.flat().entries()) {
    if (!known.includes(name)) {
      throw expected(`names of ${known.join(', ')}`, '--together', name);
    }
    if (groups.flat().indexOf(name) < index) {
      throw givenTwice(`The task ${name} of --together`);
    }
  }
  return groups;
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

/** Tasks that one network learns, and the folder of its run. */
export interface Training {
  tasks: string[];
  folder: string;
}

/**
 * Where each group of tasks is trained: in `run`, if it is the run of these tasks already, else in a folder of its own there, with
 * the group's name ({@link namesOf}).
 *
 * @throws InvalidInputError when `run` is the run of other tasks, or has none to resume but runs of tasks that the data set
 *   does not have.
 */
export async function trainingFolders(
  { run, resume = false }: { run: string; resume?: boolean },
  manifest: Manifest,
  groups: readonly string[][],
): Promise<Training[]> {
  const own = await tasksOfRun(run);
  if (own !== undefined) {
    const other = groups.find((tasks) => String(tasks) !== String(own));
    if (other !== undefined) {
      const way = wayOut(own, manifest, 'name another folder');
      const remedy = `It is the run of ${inWords(own)}: ${way}`;
      throw expected(`a folder for the run of ${inWords(other)}`, '--run', run, remedy);
    }
    return [{ tasks: own, folder: run }];
  }
  const trained = resume ? await trainedTasks(run) : [];
  const unknown = trained.filter((name) => manifest.tasks.every((task) => task.name !== name));
  const absent = groups.flat().find((task) => !trained.includes(task));
  if (unknown.length > 0 && absent !== undefined) {
    const way = wayOut(unknown.slice(0, 1), manifest, 'begin without --resume');
    const remedy = `It has the runs of other tasks, ${unknown.join(', ')}: ${way}`;
    throw expected(`a run of task ${absent} to resume`, '--run', run, remedy);
  }
  const names = namesOf(groups);
  return groups.map((tasks, index) => ({ tasks, folder: path.join(run, names[index] as string) }));
}

/** The name of each group of tasks: that of its only task, or `together`; of several such groups with the group's number. */
export function namesOf(groups: readonly (readonly string[])[]): string[] {
  const several = groups.filter((tasks) => tasks.length > 1);
  return groups.map((tasks) => {
    const number = several.length > 1 ? `-${several.indexOf(tasks) + 1}` : '';
    return tasks.length === 1 ? (tasks[0] as string) : `together${number}`;
  });
}

/** `task collar`, `tasks collar, sleeve` */
const inWords = (tasks: readonly string[]): string =>
  `${tasks.length === 1 ? 'task' : 'tasks'} ${tasks.join(', ')}`;

/** What to do about a run of tasks that the data set calls otherwise, or does not have. */
function wayOut(run: readonly string[], { tasks }: Manifest, other: string): string {
  if (run.every((task) => tasks.some(({ name }) => name === task))) {
    const choice = run.length === 1 ? `--task ${run[0]}` : `--together ${shellWord(run.join(','))}`;
    return `choose ${choice}, or ${other}`;
  }
  return tasks.length > 1 || run.length > 1
    ? other
    : `prepare the data with --name ${run[0]}, or ${other}`;
}

/** The tasks of the runs in `folder`. */
async function trainedTasks(folder: string): Promise<string[]> {
  const entries = (await ifPresent(readdir(folder, { withFileTypes: true }))) ?? [];
  const folders = entries.filter((entry) => entry.isDirectory());
  const tasks = await Promise.all(folders.map(({ name }) => tasksOfRun(path.join(folder, name))));
  return tasks.flatMap((each) => each ?? []);
}

/**
 * What new runs of `tasks` begin with, in words; nothing of a network of the list with its own weights, or random ones.
 *
 * @param model the options of its network
 */
export async function describeStart(
  { network, pretrained = true, size }: GivenValues<typeof modelOptions>,
  tasks: readonly Task[],
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
  const { epoch, preprocessing, classes = [], ...record } = await recordOf(run, 'last');
  const { epoch: best } = await recordOf(run, 'best');
  const other = best === epoch ? '' : `; the best, ${best}, is ${path.join(run.folder, 'best')}`;
  const weights = epoch === undefined ? '' : ` (epoch ${epoch}${other})`;
  const own = headsOf({ ...record, classes });
  const learnt = headsFor(tasks.map(({ name, ...task }) => ({ ...task, task: name })));
  const byName = own.length + learnt.length > 2;
  const others = tasks.filter((_, place) =>
    own.every((head) => !isSameHead(head, learnt[place] as Head, byName)),
  );
  const heads = [
    ...(others.length < tasks.length ? [`with its ${own.length > 1 ? 'heads' : 'head'}`] : []),
    ...(others.length > 0 ? [newHeads(others)] : []),
  ];
  const line = `begins with ${run.folder}${weights}, ${size ?? preprocessing?.crop} px, ${heads.join(' and ')}`;
  const trainable = (await settingsOfRun(run.folder))?.trainable;
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
