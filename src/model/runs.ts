/** Runs: the folders that training fills, found by the models in them. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { checkArguments, optional, type ShapeOf, text } from '../arguments.js';
import { isHidden } from '../dataset/index.js';
import { ifPresent, nearPath, readRegular } from '../disk/index.js';
import { expected, missing } from '../errors.js';
import {
  asPath,
  type OptionTable,
  type OptionValues,
  pickOptions,
  resolveOptions,
} from '../options.js';
import { type BuiltClassifier, type Classifier, onlyPartOf } from './classifier.js';
import { readClassifier } from './classifier-file.js';
import { areHeads } from './heads.js';
import { networkFile } from './networks/save-network.js';

/** Options of opening a run. */
export const runOptions = {
  epoch: {
    type: 'choice',
    choices: ['last', 'best'],
    default: 'last',
    help: 'the weights to use: those of the last epoch, or of the one with the highest validation accuracy',
  },
} as const satisfies OptionTable;

/** `best`: the epoch of the highest validation accuracy. */
export type Epoch = OptionValues<typeof runOptions>['epoch'];

/** The folders of a run that hold a model, by the epoch of its weights. */
const modelFolders: Record<Epoch, string> = { last: 'model', best: 'best' };

/** The folder that a training filled, or the folder of a model alone. */
export interface Run {
  folder: string;
  /** The tasks that were trained, mostly one; of a model that does not record it, the name of the folder. */
  tasks: string[];
  /** The one of them that is meant; absent: all. */
  task?: string;
}

/** Which of the runs in a folder is meant, and which of its weights. */
export interface RunChoice {
  /** Needed where the folder has several runs. Of a net of several tasks it means the part that answers this one. */
  task?: string | undefined;
  /** Default `last`. */
  epoch?: Epoch | undefined;
}

/** How messages call the parameters: as properties, or as flags. */
export interface RunNames {
  folder: string;
  task: string;
  epoch: string;
  /** How one of several runs is chosen; by default by its task. */
  choose?: (run: Run) => string;
}

const propertyNames: RunNames = { folder: 'folder', task: 'task', epoch: 'epoch' };

const shape = {
  folder: text('the path of a folder'),
  task: optional(text('the name of a task')),
  ...runOptions,
} satisfies ShapeOf<RunChoice & { folder: string }>;

/**
 * The classifier of a run: `folder` is a run, has one run among its folders, or is itself the folder of a model.
 *
 * @throws InvalidInputError when there is no such folder, when it has no trained model or several and `choice` names none of
 *   them, and when the model is damaged.
 */
export async function loadClassifier(
  folder: string,
  choice: RunChoice = {},
): Promise<BuiltClassifier> {
  checkArguments('loadClassifier', { folder, ...choice }, shape);
  const { epoch } = resolveOptions(runOptions, pickOptions(runOptions, choice));
  return await openRun(await findRun(folder, { ...choice, epoch }), epoch);
}

/**
 * The runs that have a model of `epoch`: `folder` itself, else those among its folders, in the order of their tasks.
 *
 * @throws InvalidInputError when there is no such folder.
 */
export async function runsIn(
  folder: string,
  epoch: Epoch = 'last',
  names = propertyNames,
): Promise<Run[]> {
  const inside = await foldersIn(folder, names.folder);
  const isModel = existsSync(path.join(folder, 'model.json'));
  const isRun = (place: string) => existsSync(path.join(place, modelFolders[epoch], 'model.json'));
  const found = isModel || isRun(folder) ? [folder] : inside.filter(isRun);
  const runs = await Promise.all(
    found.map(async (place) => ({ folder: place, tasks: await tasksOf(place, epoch) })),
  );
  return runs.sort((a, b) => (String(a.tasks) < String(b.tasks) ? -1 : 1));
}

/**
 * The run that `choice` means among those of {@link runsIn}.
 *
 * @throws InvalidInputError when there is none, when there are several and no task is named, and when several are of this task.
 */
export async function findRun(
  folder: string,
  { task, epoch = 'last' }: RunChoice = {},
  names = propertyNames,
): Promise<Run> {
  const runs = await runsIn(folder, epoch, names);
  if (runs.length === 0) {
    throw await untrained(folder, epoch, names);
  }
  const tasks = [...new Set(runs.flatMap((run) => run.tasks))];
  if (task === undefined && runs.length > 1 && tasks.length > 1) {
    const { choose } = names;
    const each = choose ? runs.map(choose) : tasks.map((name) => `${names.task} ${name}`);
    const ways = new Intl.ListFormat('en', { type: 'disjunction' }).format(each);
    throw missing('one run', names.folder, `${folder} has several: choose ${ways}`);
  }
  const [run, ...others] = runs.filter((each) => task === undefined || each.tasks.includes(task));
  if (run === undefined) {
    throw expected(`one of ${tasks.join(', ')}`, names.task, task);
  }
  if (others.length > 0) {
    throw expected('one run', names.folder, folder, apart([run, ...others], names));
  }
  return { ...run, ...(task !== undefined && { task }) };
}

const apart = (runs: readonly Run[], { folder }: RunNames): string =>
  runs.length === 1
    ? `It has a run in ${runs[0]?.folder}`
    : `It has runs in ${runs.map((run) => run.folder).join(', ')}: give each as a ${folder} of its own`;

/**
 * The classifier of a run; where the run means one of its tasks, the part that answers it.
 *
 * @throws InvalidInputError when it is damaged.
 */
export async function openRun(
  { folder, task }: Run,
  epoch: Epoch = 'last',
): Promise<BuiltClassifier> {
  const model = modelOf(folder, epoch);
  // A resumed training writes the weights of an earlier epoch no more.
  const classifier = await (hasCheckpoint(folder) && epoch === 'last'
    ? readClassifier(
        model,
        `Remove ${model} and repeat its training with --resume (in a program \`resume: true\`): ${restores}`,
      )
    : readClassifier(model));
  return task === undefined ? classifier : onlyPartOf(classifier, task);
}

const restores = 'it writes the model again from its checkpoint';

const modelOf = (folder: string, epoch: Epoch): string =>
  existsSync(path.join(folder, 'model.json')) ? folder : path.join(folder, modelFolders[epoch]);

const hasCheckpoint = (folder: string): boolean => existsSync(path.join(folder, 'checkpoint'));

async function tasksOf(folder: string, epoch: Epoch): Promise<string[]> {
  const { task = path.basename(folder), heads, classes } = await recordOf({ folder }, epoch);
  return areHeads(heads, classes?.length) ? heads.map((head) => head.task) : [task];
}

/** What a model says about itself. A damaged one is no reason against the runs beside it: opening it tells. */
export async function recordOf(
  { folder }: Pick<Run, 'folder'>,
  epoch: Epoch,
): Promise<Partial<Omit<Classifier, 'model'>>> {
  const bytes = await ifPresent(readRegular(path.join(modelOf(folder, epoch), 'model.json')));
  try {
    return JSON.parse(String(bytes)).userDefinedMetadata ?? {};
  } catch {
    return {};
  }
}

/** The folders in `folder`, and what may be a link to one. */
async function foldersIn(folder: string, name: string): Promise<string[]> {
  const entries = await ifPresent(readdir(folder, { withFileTypes: true }));
  if (entries === undefined) {
    const meant = await nearPath(folder);
    throw expected('an existing folder', name, folder, meant && `Did you mean ${meant}?`);
  }
  return entries
    .filter((entry) => !entry.isFile() && !isHidden(entry.name))
    .map((entry) => path.join(folder, entry.name));
}

/** Says what a folder without a trained model has, and the way out. */
async function untrained(folder: string, epoch: Epoch, names: RunNames): Promise<Error> {
  if (epoch === 'best' && (await runsIn(folder)).length > 0) {
    const remedy = `It has those of the last epoch: choose ${names.epoch} last`;
    return expected('the weights of the best epoch', names.folder, folder, remedy);
  }
  const inside = await foldersIn(folder, names.folder);
  const stopped = [folder, ...inside].find(hasCheckpoint);
  if (stopped !== undefined) {
    const remedy = `The training in ${stopped} has not ended: repeat it with --resume (in a program \`resume: true\`)`;
    const hasBest = existsSync(path.join(stopped, modelFolders.best, 'model.json'));
    const other = hasBest ? `; or choose ${names.epoch} best, the best one so far` : '';
    return expected('a trained model', names.folder, folder, `${remedy}${other}`);
  }
  if (existsSync(path.join(folder, networkFile))) {
    const remedy = `It is an imported network: train it by --model ${asPath(folder)} (in a program \`network\`)`;
    return expected('a trained model', names.folder, folder, remedy);
  }
  const searched = inside.slice(0, mostSearched);
  // A link may lead to no folder.
  const found = await Promise.all(searched.map((each) => runsIn(each, epoch).catch(() => [])));
  const below = found.flat();
  if (below.length > 0) {
    return expected('a trained model', names.folder, folder, apart(below, names));
  }
  const has = (await readdir(folder)).sort();
  const shown = has.length > mostNames ? [...has.slice(0, mostNames), '…'] : has;
  const content = has.length === 0 ? 'It is empty' : `It has ${shown.join(', ')}`;
  const remedy = `${content}. A run, as train writes it, has model/model.json`;
  return expected('a trained model', names.folder, folder, remedy);
}

/** An error shows no more names, and searches no more folders. */
const mostNames = 8;
const mostSearched = 100;
