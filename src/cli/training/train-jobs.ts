/** The networks of `train` as jobs, one for each group of tasks and each fold, which several processes take one after another. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { Manifest } from '../../dataset/index.js';
import {
  ifPresent,
  inTurn,
  isClaimed,
  parseJson,
  readText,
  tidied,
  tryLockFolder,
  writeWhole,
} from '../../disk/index.js';
import { conflict, expected } from '../../errors.js';
import { count } from '../../plural.js';
import type { ProgressReporter } from '../../report/index.js';
import { checkSameSettings, type Settings } from '../../settings.js';
import {
  completeOptions,
  type GivenOptions,
  tasksOfRun,
  withRecipe,
} from '../../training/index.js';
import { print } from '../../width.js';
import { type ListedJob, runJobs } from '../../workers/index.js';
import { integerFlag } from '../flags.js';
import { trainingFolders } from '../runs.js';
import { evaluateHint, hasPictures } from './report.js';
import { showJobs, type TrainMessage } from './show-jobs.js';

export interface JobFlags {
  allFolds?: boolean;
  workers?: number;
}

/** Adds `--all-folds` and `--workers`. */
export const addJobFlags = (command: Command): Command =>
  command
    .option(
      '--all-folds',
      'train once for each fold of the data, in the folders fold-0, fold-1 and so on of --run; the same command continues',
    )
    .addOption(
      new Option(
        '--workers <n>',
        'processes that train networks of several tasks or folds at the same time, one each; calls on other machines that share the folder take part; the same command continues (default: none: this process does all work)',
      ).argParser(integerFlag('--workers', 1, 1024)),
    );

export const hasJobs = ({ allFolds, workers }: JobFlags): boolean =>
  allFolds === true || workers !== undefined;

/** The flags of `train` that decide what jobs there are, or exclude them. */
interface Flags extends JobFlags {
  data: string;
  images?: string;
  run: string;
  cluster?: string;
  watch?: number;
  fold?: number;
}

/** @throws InvalidInputError for flags that have no meaning with jobs */
export function checkJobs({ allFolds, cluster, watch, fold }: Flags, isTrial: boolean): void {
  const jobs = allFolds ? '--all-folds' : '--workers';
  if (isTrial) {
    throw conflict(jobs, '--dry-run or --overfit', 'Try one training out, in one process');
  }
  if (cluster !== undefined) {
    throw conflict(jobs, '--cluster', 'Its workers train one network after another together');
  }
  if (watch !== undefined) {
    throw conflict(jobs, '--watch', 'See the log of each job, or `npx bobbin report`');
  }
  if (allFolds && fold !== undefined) {
    throw conflict('--all-folds', '--fold', 'Give the one fold, or train all');
  }
}

/** What is trained in a job: which network, for which fold, in which folder. */
export interface Part {
  /** What `train` has as --run. */
  run: string;
  fold?: number | undefined;
  /** Place of the group of tasks. */
  only: number;
  /** The run's own folder. */
  folder: string;
}

/** The jobs by their names. */
export async function partsOf(
  flags: Flags,
  manifest: Manifest,
  groups: readonly string[][],
): Promise<Map<string, Part>> {
  const { run, allFolds, data } = flags;
  if (allFolds && manifest.folds === undefined) {
    throw expected('data with folds', '--data', data, 'Prepare it with --folds 5');
  }
  const folds = allFolds ? Array.from({ length: manifest.folds ?? 0 }, (_, fold) => fold) : [];
  const places: Pick<Part, 'run' | 'fold'>[] = allFolds
    ? folds.map((fold) => ({ run: path.join(run, `fold-${fold}`), fold }))
    : [{ run }];
  const parts = new Map<string, Part>();
  for (const place of places) {
    const trainings = await trainingFolders({ run: place.run, resume: true }, manifest, groups);
    for (const [only, { folder }] of trainings.entries()) {
      parts.set(path.relative(run, folder) || path.basename(folder), { ...place, only, folder });
    }
  }
  return parts;
}

interface Request<Order> {
  flags: Flags;
  manifest: Manifest;
  groups: readonly string[][];
  given: GivenOptions;
  /** Options of single tasks. */
  recipes: Settings | undefined;
  /** What each job gets beside its part, with options that have the threads. */
  order(given: GivenOptions): Order;
  signal: AbortSignal;
  progress: ProgressReporter;
}

/** Trains all networks. Finished ones are left as they are. */
export async function trainByJobs<Order extends object>(request: Request<Order>): Promise<void> {
  const { flags, signal, progress } = request;
  const parts = await partsOf(flags, request.manifest, request.groups);
  const jobs = path.join(flags.run, 'jobs');
  // Each call claims it, beside others: until none does and no run has begun, the options may be changed.
  const claim = path.join(jobs, '.prepared');
  const { given, unlock } = await inTurn(
    jobs,
    async () => {
      const given = await keptOptions(request, jobs, parts, await isClaimed(claim));
      return { given, unlock: await tryLockFolder(claim, { shared: true }) };
    },
    signal,
  );
  const show = showJobs(progress, parts.size);
  print(`The log of each of ${count(parts.size, 'training')} is log.txt below ${jobs}`);
  const work = () =>
    runJobs({
      jobs: Array.from(
        parts,
        ([name, { folder }]): ListedJob => ({
          name,
          folder: path.join(jobs, name),
          isFinished: () =>
            existsSync(path.join(folder, 'model', 'model.json')) && hasPictures(folder),
        }),
      ),
      ...{ workers: flags.workers ?? 1, signal },
      module: new URL(`./train-job${path.extname(import.meta.url)}`, import.meta.url).href,
      request: { ...request.order(given), parts },
      onMessage: ({ name }, message) => show.message(name, message as TrainMessage),
      onEvent: show.event,
    });
  await tidied(work, async () => await unlock?.());
  progress.end();
  print(
    evaluateHint({ ...flags, run: [...new Set(Array.from(parts.values(), ({ run }) => run))] }),
  );
}

/**
 * The options with the threads of each job. The first call keeps them for the later ones, and for those of other machines.
 *
 * @param isShared whether another call works with them now
 * @throws InvalidInputError where runs have begun, or another call works, with others, and where a call without jobs began them
 */
async function keptOptions(
  { flags: { workers, run }, given, recipes }: Request<object>,
  folder: string,
  parts: ReadonlyMap<string, Part>,
  isShared: boolean,
): Promise<GivenOptions> {
  const file = path.join(folder, 'settings.json');
  const text = await ifPresent(readText(file));
  const begun = await Promise.all(
    Array.from(parts.values(), async (part) => await tasksOfRun(part.folder)),
  );
  const hasBegun = begun.some((tasks) => tasks !== undefined);
  if (hasBegun && text === undefined) {
    // Nobody would compare the options of those that are finished.
    const remedy = 'Finish the runs in it with --resume, or choose another folder';
    throw expected('runs that --workers or --all-folds began', '--run', run, remedy);
  }
  const saved =
    text !== undefined && (isShared || hasBegun)
      ? (parseJson(text, file, 'Restore the file, or choose another folder') as Settings)
      : undefined;
  const own = workers && Math.max(1, Math.floor(os.availableParallelism() / workers));
  const known = await withRecipe(given);
  const before = saved?.computeThreads as number | undefined;
  const computeThreads = known.computeThreads ?? before ?? own;
  const options = completeOptions({ ...known, computeThreads });
  const settings = JSON.parse(JSON.stringify({ ...options, recipes }));
  if (saved === undefined) {
    await writeWhole(file, `${JSON.stringify(settings, null, 2)}\n`);
  } else {
    checkSameSettings(folder, saved, settings);
  }
  return { ...given, computeThreads, threads: known.threads ?? own };
}
