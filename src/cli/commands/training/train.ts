/** `bobbin train`: trains one classifier for each task, or for several together, each in its own folder of the run. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { type Cluster, clusterOptions } from '../../../cluster/index.js';
import { changeOptions, loadManifest, type Manifest, taskOf } from '../../../dataset/index.js';
import { conflict, expected } from '../../../errors.js';
import {
  type ProgressReporter,
  type Watch,
  watchRuns,
  withProgress,
} from '../../../report/index.js';
import { checkRecipes, type Recipes, readRecipes, trainingFor } from '../../../submission/index.js';
import {
  type Callback,
  checkedValues,
  type EpochRecord,
  type GivenOptions,
  type LogName,
  logs,
  resumedOptions,
  resumes,
  type TrainOptions,
  tasksOfRun,
  train,
  withRecipe,
} from '../../../training/index.js';
import { print } from '../../../width.js';
import { tellStarter } from '../../../workers/index.js';
import { addClusterFlags, type ClusterFlags, joinWorkers, silent } from '../../cluster/flags.js';
import { warnOfChanges } from '../../data-changes.js';
import { givenFlags, pickFlags, sourcesOfFlags } from '../../flags.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import {
  checkTeachers,
  taughtTargets,
  teachersFlag,
  teachQuestionsFlag,
} from '../../prediction/teachers.js';
import { interruptible } from '../../process/interrupt.js';
import {
  chosenGroups,
  describeStart,
  type Training,
  togetherHelp,
  trainingFolders,
} from '../../runs.js';
import { recipesFlag, sharedTrainingOptions } from '../../training/options.js';
import {
  createEpochReport,
  describeEnd,
  type EpochReport,
  evaluateHint,
  reportRun,
} from '../../training/report.js';
import {
  addJobFlags,
  checkJobs,
  hasJobs,
  type JobFlags,
  trainByJobs,
} from '../../training/train-jobs.js';
import {
  addTrialFlags,
  checkTrial,
  dryRuns,
  overfits,
  type TrialFlags,
} from '../../training/trials.js';

interface Flags extends ImagesFlag, TrialFlags, ClusterFlags, JobFlags {
  data: string;
  run: string;
  task?: string;
  together?: string | true;
  recipes?: string;
  resume?: boolean;
  log?: LogName[];
  teachers?: string[];
  teachQuestions?: boolean;
  watch?: number;
}

export const options = { ...sharedTrainingOptions, ...changeOptions, ...clusterOptions };

export function configure(command: Command): void {
  addJobFlags(addClusterFlags(addTrialFlags(command)))
    .requiredOption('--data <folder>', 'prepared data set')
    .requiredOption(
      '--run <folder>',
      'folder for history, checkpoints and models, with one folder for each task',
    )
    .addOption(imagesFlag())
    .option('--task <name>', 'train only this task')
    .option('--together [groups]', togetherHelp)
    .option(...recipesFlag)
    .addOption(teachersFlag())
    .option(...teachQuestionsFlag)
    .addOption(
      new Option(
        '--log <kinds>',
        'logs in the folder of each run: json-lines writes log.jsonl, tensorboard writes events/; both with a comma between',
      ).argParser(logNames),
    )
    .addOption(
      new Option(
        '--watch <port>',
        'show how the training goes at http://127.0.0.1:PORT, on this machine alone; 0: any free port',
      ).argParser(portOf),
    )
    .option(
      '--resume',
      'continue from the checkpoints of an earlier call, with its options; only --epochs may differ',
    );
  command.action((flags: Flags) =>
    interruptible(howToContinue(flags), (signal) =>
      withProgress((progress) => {
        const given = pickFlags(sharedTrainingOptions, givenFlags(command));
        const sources = sourcesOfFlags(command, sharedTrainingOptions);
        return run({ flags, given: { ...given, sources }, signal, progress });
      }),
    ),
  );
}

function howToContinue(flags: Flags): string {
  if (isTrial(flags)) {
    return 'Stopped. Nothing was written.';
  }
  return hasJobs(flags)
    ? 'Stopped with checkpoints. Repeat the command to continue.'
    : 'Stopped with a checkpoint. Repeat the command with --resume to continue.';
}

function logNames(given: string): LogName[] {
  const names = given.split(',');
  const unknown = names.find((name) => !Object.hasOwn(logs, name));
  if (unknown !== undefined) {
    throw expected(`words of ${Object.keys(logs).join(', ')}`, '--log', unknown);
  }
  return [...new Set(names as LogName[])];
}

function portOf(given: string): number {
  const port = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(port <= 65_535)) {
    throw expected('a port, 0 to 65535,', '--watch', given);
  }
  return port;
}

/** What is to be trained. */
export interface TrainOrder {
  flags: Flags;
  /** The options of training that are not defaults, and where they are from. */
  given: GivenOptions & Pick<TrainOptions, 'sources'>;
}

interface Work extends TrainOrder {
  signal: AbortSignal;
  progress: ProgressReporter;
  /** Place of the only group of tasks that this process trains, as the job of another one. */
  only?: number | undefined;
  onEpoch?: (record: EpochRecord) => void;
}

/** The work of one worker, or of a process that trains alone. */
interface SharedWork extends Work {
  /** Whether this process shows progress and writes files. True where it trains alone. */
  isChief: boolean;
}

async function run(work: Work): Promise<void> {
  const { flags } = work;
  checkTrial(flags);
  checkTeachers(flags, isTrial(flags));
  if (isTrial(flags) && flags.watch !== undefined) {
    throw conflict('--watch', '--dry-run or --overfit', 'They end without an epoch');
  }
  await (hasJobs(flags) ? runJobs(work) : runTraining(work));
}

/** Trains in processes of their own. */
async function runJobs({ flags, given, ...work }: Work): Promise<void> {
  checkJobs(flags, isTrial(flags));
  const manifest = await loadManifest(flags.data, { images: flags.images });
  const groups = chosenGroups(manifest, flags);
  const recipes = await recipesOf(flags, manifest);
  await trainByJobs({
    ...{ flags, given, ...work, manifest, groups, recipes },
    order: (options): TrainOrder => ({ flags, given: options }),
  });
}

/** Trains in this process. */
export async function runTraining(given: Work): Promise<void> {
  const { flags, only } = given;
  const { computeThreads } = given.given;
  const isAlone = isTrial(flags) || only !== undefined;
  const workers = isAlone ? undefined : await joinWorkers(flags, computeThreads);
  checkShared(flags, workers);
  const isChief = workers?.isChief ?? true;
  const work = { ...given, progress: isChief ? given.progress : silent, isChief };
  const { progress } = work;
  const manifest = await loadManifest(flags.data, { images: flags.images });
  const { checkHashes } = pickFlags(changeOptions, flags);
  const groups = chosenGroups(manifest, flags);
  const recipes = await recipesOf(flags, manifest);
  if (isTrial(flags)) {
    await tryOut({ ...given, manifest, groups });
    return;
  }
  const all = await trainingFolders(flags, manifest, groups);
  const trainings = all.filter((_, place) => only === undefined || place === only);
  await warnOfChanges({ manifest, tasks: groups.flat(), checkHashes }, progress.print);
  const watch = isChief ? await watchOf(flags, manifest, trainings) : undefined;
  try {
    await trainAll({ ...work, manifest, recipes, watch }, trainings);
  } finally {
    watch?.close();
  }
}

/** @throws InvalidInputError for flags that have no meaning with several workers, or with a trial */
function checkShared(flags: Flags, workers: Cluster | undefined): void {
  if (isTrial(flags) && flags.cluster !== undefined) {
    throw conflict('--cluster', '--dry-run or --overfit', 'Try a training out in one process');
  }
  if (workers !== undefined && workers.size > 1 && flags.teachers !== undefined) {
    const why = 'Let the teachers answer in one process, and resume its run in the cluster';
    throw conflict('--teachers', 'several workers', why);
  }
}

/** Begins to serve the report, if that is wanted, before anything is trained: the port may be in use. */
async function watchOf(
  { watch: port, run: group, data }: Flags,
  manifest: Manifest,
  trainings: readonly Training[],
): Promise<Watch | undefined> {
  if (port === undefined) {
    return undefined;
  }
  const folders = trainings.map(({ folder }) => folder);
  const watch = await watchRuns({ port, group, folders, manifest, data });
  print(`Watch the training at ${watch.address}`);
  return watch;
}

async function trainAll(
  { recipes, ...work }: Omit<RunWork, 'report'> & { recipes: Recipes | undefined },
  trainings: readonly Training[],
): Promise<void> {
  const report = createEpochReport(work.progress.print);
  let validated = false;
  for (const training of trainings) {
    const given = await trainingFor({ training: work.given, recipes }, training.tasks);
    validated = (await trainOne({ ...work, given, report }, training)) || validated;
  }
  report.end();
  if (validated && work.isChief) {
    print(evaluateHint(work.flags));
  }
}

/** @throws InvalidInputError where networks of several tasks, or trials, would leave them out */
async function recipesOf(flags: Flags, { tasks }: Manifest): Promise<Recipes | undefined> {
  if (flags.recipes === undefined) {
    return undefined;
  }
  if (flags.together !== undefined || isTrial(flags)) {
    const other = flags.together === undefined ? '--dry-run and --overfit' : '--together';
    const why = 'Give one task with its own recipe by --task and --recipe';
    throw conflict('--recipes', other, why);
  }
  const recipes = await readRecipes(flags.recipes);
  checkRecipes(recipes, tasks);
  return recipes;
}

const isTrial = ({ dryRun, overfit }: Flags) => dryRun || overfit !== undefined;

async function tryOut({
  flags,
  given,
  ...work
}: Work & { manifest: Manifest; groups: readonly string[][] }) {
  const { sources: _, ...options } = given;
  const trials = { ...work, given: options };
  await (flags.overfit === undefined ? dryRuns(trials) : overfits(trials, flags.overfit));
}

interface RunWork extends SharedWork {
  manifest: Manifest;
  report: EpochReport;
  watch: Watch | undefined;
}

const callbacksOf = ({ log = [] }: Flags, folder: string, watch: Watch | undefined): Callback[] => [
  ...log.map((kind) => logs[kind](folder)),
  ...(watch ? [{ name: 'watch', epoch: () => watch.epoch() }] : []),
];

function printStart(name: string, lines: readonly string[], progress: ProgressReporter): void {
  for (const line of lines) {
    progress.print(line.startsWith('!') ? line : `${name}: ${line}`);
  }
}

/** Trains one network. @returns whether it was validated */
async function trainOne(
  { flags, given, signal, progress, manifest, report, watch, isChief, onEpoch }: RunWork,
  { tasks, folder }: Training,
): Promise<boolean> {
  const [first, ...others] = tasks as [string];
  const name = others.length === 0 ? first : path.basename(folder);
  const isResumed = await resumes(flags.resume === true);
  const known = await (isResumed ? resumedOptions(folder, given) : withRecipe(given));
  const { values, augmentation } = checkedValues(known);
  const softTargets = await taughtTargets({ ...flags, ...values, manifest, tasks, folder }, name, {
    signal,
    progress,
  });
  if (isChief && (await tasksOfRun(folder)) === undefined) {
    const learnt = tasks.map((task) => taskOf(manifest, task));
    printStart(name, await describeStart(known.model ?? {}, learnt), progress);
  }
  const result = await train({
    ...given,
    manifest,
    ...(others.length === 0 ? { task: first } : { tasks }),
    softTargets,
    run: folder,
    resume: flags.resume,
    signal,
    callbacks: isChief ? callbacksOf(flags, folder, watch) : [],
    onAugment: ({ reason }) => progress.print(`${name}: ${reason}`),
    onFeatures: (state) => progress.update({ label: 'features', ...state, name }),
    onProgress(state) {
      tellStarter();
      progress.update({ ...state, name });
    },
    onEpoch(record) {
      report.add(name, record, values.epochs);
      onEpoch?.(record);
    },
  });
  progress.end();
  if (!result.finished) {
    throw signal.reason ?? new Error('Another worker was stopped, and all with it');
  }
  if (!isChief) {
    result.classifier.model.dispose();
    return false;
  }
  const { seed } = values;
  await reportRun({
    ...{ manifest, task: first, title: name, run: folder },
    ...{ result, augmentation, seed },
  });
  result.classifier.model.dispose();
  print(describeEnd(name, folder, result));
  return result.history.at(-1)?.validationAccuracy !== undefined;
}
