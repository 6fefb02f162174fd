/** Chooses an ensemble for a task: scores each candidate on images that its training held back, then selects members. */
import path from 'node:path';
import {
  callback,
  checkArguments,
  list,
  record,
  type ShapeOf,
  signal,
  text,
} from '../../arguments.js';
import { type Manifest, type Sample, taskOf } from '../../dataset/index.js';
import { expected, givenTwice, missing } from '../../errors.js';
import { findRun, openRun, type Run, recordOf, runOptions, runsIn } from '../../model/index.js';
import { type GivenValues, pickOptions } from '../../options.js';
import {
  atTemperature,
  type ClassifyProgress,
  classifyOptions,
  type TaskEnsemble,
} from '../../prediction/index.js';
import { evaluateRows } from '../evaluate.js';
import { type MetricName, metricsFor, type Truth } from './metrics.js';
import { ensembleOptions } from './options.js';
import { type SelectionStep, selectEnsemble } from './select.js';
import { fitTemperature } from './temperature.js';

/** A request to {@link chooseEnsemble}. */
export interface ChooseRequest
  extends GivenValues<typeof ensembleOptions>,
    GivenValues<typeof classifyOptions>,
    GivenValues<typeof runOptions> {
  /**
   * The candidates: folders of runs. A folder that has one run of the task for each fold of the data is one candidate, of which each
   * run answers for the fold that it held back.
   */
  runs: readonly string[];
  manifest: Manifest;
  /** The name of one of the manifest's tasks. */
  task: string;
  /** Called while a candidate answers. */
  onProgress?: ((progress: ClassifyProgress & { folder: string }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** How a candidate scored. */
export interface EnsembleCandidate {
  folder: string;
  /** Its score alone. */
  alone: number;
  /** Its share of the ensemble, 0…1; its runs have equal parts. */
  weight: number;
  /** 1 unless temperatures were fitted. */
  temperature: number;
}

export interface ChosenEnsemble extends TaskEnsemble {
  chosen: {
    metric: MetricName;
    /** The images that chose. */
    images: number;
    /** Of the ensemble, on these images, so it is too good. */
    score: number;
    /** In the order of the request. */
    candidates: EnsembleCandidate[];
    /** The score as members were added. */
    steps: SelectionStep[];
  };
}

const shape = {
  runs: list('a list of folders'),
  manifest: record('a manifest, as prepare and loadManifest give it,'),
  task: text('the name of a task'),
  ...ensembleOptions,
  ...runOptions,
  ...classifyOptions,
  onProgress: callback,
  signal,
} satisfies ShapeOf<ChooseRequest>;

/**
 * Weights for the mean of several classifiers by greedy selection, see {@link selectEnsemble}, on the validation images of a task, or
 * on all images of the folds that the runs held back.
 *
 * These images choose, so the score of the ensemble on them is too good: score it on another split or fold.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when a folder has no run of the task, when candidates answer
 *   for different images, and as `evaluate` and {@link selectEnsemble} do
 */
export async function chooseEnsemble(request: ChooseRequest): Promise<ChosenEnsemble> {
  checkArguments('chooseEnsemble', request, shape);
  const { runs: folders, manifest, task: name, mean, rounds } = request;
  const { labels = 'one' } = taskOf(manifest, name);
  const metric = metricOf(request, labels);
  checkFolders(folders);
  const candidates: Candidate[] = [];
  for (const folder of folders) {
    candidates.push(await answersOf(folder, request));
  }
  const [first] = candidates as [Candidate];
  checkSameImages(candidates);
  const truth = truthOf(first.samples, labels);
  const temperatures = candidates.map(({ rows }) =>
    request.temperatures ? fitTemperature(rows, truth) : 1,
  );
  const columns = first.rows.length / first.samples.length;
  const predictions = candidates.map(({ rows }, index) =>
    atTemperature(rows, [{ labels, from: 0, to: columns }], temperatures[index] as number),
  );
  const { weights, score, alone, steps } = selectEnsemble({
    ...truth,
    predictions,
    metric,
    mean,
    rounds,
  });
  const scored = candidates.map(({ folder }, index) => ({
    folder,
    alone: alone[index] as number,
    weight: weights[index] as number,
    temperature: temperatures[index] as number,
  }));
  return {
    task: name,
    members: candidates.flatMap(({ runs }, index) => {
      const { weight, temperature } = scored[index] as EnsembleCandidate;
      return runs.map((run) => ({ run: run.folder, weight: weight / runs.length, temperature }));
    }),
    chosen: { metric, images: first.samples.length, score, candidates: scored, steps },
  };
}

/** A candidate's probabilities, [samples, classes], of the images that could be read. */
interface Candidate {
  folder: string;
  runs: Run[];
  samples: Sample[];
  rows: Float32Array;
}

function checkFolders(folders: readonly string[]): void {
  if (folders.length === 0) {
    throw missing('one folder or more', 'runs');
  }
  const places = folders.map((folder) => path.resolve(folder));
  const twice = folders.find((_, index) => places.indexOf(places[index] as string) < index);
  if (twice !== undefined) {
    throw givenTwice(`The run ${twice}`);
  }
}

function metricOf({ metric, manifest, task }: ChooseRequest, labels: 'one' | 'any'): MetricName {
  const isDoubtful = manifest.samples.some((each) => each.task === task && each.maybe.length > 0);
  const chosen = metric ?? (labels === 'any' || isDoubtful ? 'average-precision' : 'accuracy');
  const known = metricsFor(labels);
  if (!known.includes(chosen)) {
    throw expected(`one of ${known.join(', ')}`, `metric of task ${task}`, chosen);
  }
  return chosen;
}

/** Classifies the images that a candidate's training held back. */
async function answersOf(folder: string, request: ChooseRequest): Promise<Candidate> {
  const { manifest, task, epoch, onProgress, signal } = request;
  const runs = await runsOfCandidate(folder, request);
  const samples: Sample[] = [];
  const rows: Float32Array[] = [];
  const classifiers = [];
  try {
    for (const run of runs) {
      classifiers.push(await openRun(run, epoch));
    }
    const scored = {
      ...pickOptions(classifyOptions, request),
      ...{ classifiers, manifest, task, signal },
      onProgress: onProgress && ((state: ClassifyProgress) => onProgress({ ...state, folder })),
    };
    await evaluateRows(scored, async (batch) => {
      for (const { sample, row } of batch) {
        samples.push(sample);
        rows.push(row.slice());
      }
    });
  } finally {
    for (const classifier of classifiers) {
      classifier[Symbol.dispose]();
    }
  }
  return { folder, runs, samples, rows: joined(rows) };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const columns = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    all.set(row, index * columns);
  }
  return all;
}

/** One run, or one for each fold, in the order of the folds. */
async function runsOfCandidate(
  folder: string,
  { manifest, task, epoch }: ChooseRequest,
): Promise<Run[]> {
  const all = await runsIn(folder, epoch);
  const isOnly =
    manifest.tasks.length === 1 && new Set(all.flatMap(({ tasks }) => tasks)).size === 1;
  const runs = all.filter(({ tasks }) => isOnly || tasks.includes(task));
  const folds = await Promise.all(
    runs.map(async (run) => (await recordOf(run, epoch ?? 'last')).fold),
  );
  const areFolds =
    folds.every((fold) => fold !== undefined) && new Set(folds).size === folds.length;
  if (runs.length <= 1 || !areFolds) {
    return [await findRun(folder, { task: isOnly ? undefined : task, epoch })];
  }
  return runs
    .map((run, index) => ({ run: isOnly ? run : { ...run, task }, fold: folds[index] as number }))
    .sort((one, other) => one.fold - other.fold)
    .map(({ run }) => run);
}

function checkSameImages([first, ...others]: readonly Candidate[]): void {
  const images = ({ samples }: Candidate) => samples.map(imageOf).join('\n');
  const wanted = images(first as Candidate);
  const other = others.find((each) => images(each) !== wanted);
  if (other !== undefined) {
    const remedy =
      'Each candidate needs a run for the same folds: give the folder that has them, or runs of one fold';
    throw expected(
      `runs that held back the images of ${first?.folder}`,
      'runs',
      other.folder,
      remedy,
    );
  }
}

const imageOf = ({ path, range }: Sample): string => `${path}:${range?.offset ?? ''}`;

function truthOf(samples: readonly Sample[], labels: 'one' | 'any'): Truth {
  return labels === 'any'
    ? { labels: samples.map((each) => each.labels ?? []) }
    : {
        labels: samples.map(({ label }) => label),
        maybe: samples.map(({ maybe = [] }) => maybe),
      };
}
