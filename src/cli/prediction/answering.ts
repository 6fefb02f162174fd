/** The runs that answer together: those that --run names, or the members of an ensemble. */
import type { Manifest } from '../../dataset/index.js';
import { conflict } from '../../errors.js';
import { type Classifier, type Epoch, openRun, type Run } from '../../model/index.js';
import {
  type Classifiers,
  type EnsembleRecord,
  ensembleIn,
  type MeanName,
  runsOfEnsemble,
} from '../../prediction/index.js';
import type { RunFlags } from '../run-flags.js';
import { chosenRun, runOfTask, withClassifiers } from '../runs.js';

/** Runs, which weights of each are used, and how their answers are averaged. */
export interface Answering {
  /** The ensemble or the first of the runs, and its tasks. */
  own: Pick<Run, 'folder' | 'tasks'>;
  runs: Run[];
  epoch: Epoch;
  averaged: Pick<Classifiers, 'weights' | 'temperatures'> & { mean?: MeanName | undefined };
}

/** What the runs answer. */
interface Asked {
  /** The data set that has the task, if there is one. */
  manifest?: Pick<Manifest, 'tasks'>;
  /** By default the only one, or all of one network. */
  task?: string | undefined;
  epoch: Epoch;
  mean?: MeanName | undefined;
}

/**
 * The runs that --run names. The folder of an ensemble stands for its members.
 *
 * @throws InvalidInputError when a run does not exist, when other runs are named beside an ensemble, and when weights, an epoch or a mean
 *   are given for an ensemble, which has its own
 */
export async function answeringRuns(flags: RunFlags, asked: Asked): Promise<Answering> {
  const { manifest, task, epoch, mean } = asked;
  const runs: Run[] = [];
  for (const folder of flags.run) {
    const record = await ensembleIn(folder);
    if (record !== undefined) {
      checkAlone(folder, record, flags, asked);
      return {
        own: { folder, tasks: record.tasks.map((each) => each.task) },
        ...(await membersOf(record, asked)),
      };
    }
    const run =
      manifest === undefined || task === undefined
        ? chosenRun(folder, task, epoch)
        : runOfTask(folder, manifest, task, epoch);
    runs.push(await run);
  }
  return { own: runs[0] as Run, runs, epoch, averaged: { weights: flags.weights, mean } };
}

/** Opens the classifiers that answer, and frees them after the work. */
export const withAnswering = <Result>(
  { runs, epoch }: Answering,
  work: (classifiers: Classifier[]) => Promise<Result>,
): Promise<Result> =>
  withClassifiers(
    runs.map((run) => () => openRun(run, epoch)),
    work,
  );

function checkAlone(
  folder: string,
  { epoch, mean }: EnsembleRecord,
  { run, weights }: RunFlags,
  asked: Asked,
): void {
  const given = {
    'another --run': run.length > 1 || undefined,
    '--weights': weights,
    [`--mean ${asked.mean}`]: asked.mean === mean ? undefined : asked.mean,
    '--epoch best': asked.epoch === 'best' && epoch !== 'best' ? true : undefined,
  };
  const [flag] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined) {
    const why = `It has its own members, weights, mean (${mean}) and epoch (${epoch})`;
    throw conflict(`--run ${folder}, an ensemble,`, flag, why);
  }
}

/** A data set and an ensemble of one task each may call it otherwise. */
async function membersOf(
  record: EnsembleRecord,
  { manifest, task }: Asked,
): Promise<Omit<Answering, 'own'>> {
  const isOnly = manifest?.tasks.length === 1 && record.tasks.length === 1;
  const { runs, epoch, ...averaged } = await runsOfEnsemble(
    record,
    isOnly ? undefined : task,
    '--task',
  );
  return { runs, epoch, averaged };
}
