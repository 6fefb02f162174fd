/** Averages the weights of trained classifiers: of all, or of those that make the average better. */
import path from 'node:path';
import {
  callback,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  signal,
  text,
} from '../arguments.js';
import type { Manifest, Task } from '../dataset/index.js';
import { expected, givenTwice, missing } from '../errors.js';
import {
  type BuiltClassifier,
  built,
  findRun,
  openRun,
  type Run,
  type RunChoice,
  recordOf,
  runOptions,
  WeightSum,
  weightsOf,
} from '../model/index.js';
import type { ClassifyProgress } from '../prediction/index.js';
import { checkHeldBack, checkSame, commonRecord } from './average-records.js';
import { type EvaluateRequest, evaluate } from './evaluate.js';

/** A request to {@link averageCheckpoints}. `task` and `epoch` choose among the weights of each run. */
export interface AverageRequest extends RunChoice {
  /** Two or more folders, of runs or of models, whose network, classes and preprocessing are the same. */
  runs: readonly string[];
  /**
   * The data that all were trained with: its validation images, or those of the fold that all held back, choose the members.
   * Without it all are members.
   */
  manifest?: Manifest | undefined;
  /** Called while images are scored. */
  onProgress?: ((progress: ClassifyProgress & { folder: string }) => void) | undefined;
  signal?: AbortSignal | undefined;
}

const shape = {
  runs: list('a list of folders'),
  task: optional(text('the name of a task')),
  ...runOptions,
  manifest: optional(record('a manifest, as prepare and loadManifest give it,')),
  onProgress: callback,
  signal,
} satisfies ShapeOf<AverageRequest>;

/** Weights that were considered for an average. */
export interface AverageCandidate {
  folder: string;
  /** The epoch after which they were saved, if that is known. */
  epoch?: number | undefined;
  /** Whether they are part of the average. */
  isMember: boolean;
  /** Their own accuracy, 0…1. Without a manifest, nothing is scored. */
  accuracy?: number;
  /** The accuracy of the average with them and all members before them. */
  accuracyWith?: number;
}

/** What `averageCheckpoints` gives: the mean of the weights, and what it was chosen from. */
export interface Average {
  /** With the mean of the members' weights. It records a fold and validation images only where all runs agree. */
  classifier: BuiltClassifier;
  /** In the order in which they were considered: by falling accuracy, if they were scored. */
  candidates: AverageCandidate[];
  /** Of the average; undefined without a manifest. */
  accuracy: number | undefined;
}

/**
 * The mean of the weights of several runs, or of several epochs of one, that began with the same weights. With `manifest` it is the
 * greedy soup of Wortsman et al. (https://arxiv.org/abs/2203.05482, recipe 1): the best run is the first member, and the others,
 * by falling accuracy, become members if the accuracy of the average then rises. Statistics of batch normalisation are averaged as
 * weights are. In a cluster (see `cluster`), a call with `manifest` evaluates: all workers make it together.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when a folder has no such weights, when the classifiers
 *   differ in more than their weights, and when one of them may have been trained on an image that would score it
 */
export async function averageCheckpoints(request: AverageRequest): Promise<Average> {
  checkArguments('averageCheckpoints', request, shape);
  const { runs: folders, task, epoch = 'last', manifest } = request;
  checkFolders(folders);
  const runs = await Promise.all(folders.map((folder) => findRun(folder, { task, epoch })));
  const records = await Promise.all(
    runs.map(async (run) => ({ ...(await recordOf(run, epoch)), folder: run.folder })),
  );
  checkSame(records);
  const [first] = runs as [Run, ...Run[]];
  const scored = manifest && { manifest, task: taskFor(first, manifest) };
  if (scored !== undefined) {
    checkHeldBack(records, scored);
  }
  const target = await openRun(first, epoch);
  try {
    const averaging = new Averaging(target, runs, request);
    const result = scored === undefined ? await averaging.all() : await averaging.best(scored);
    const candidates = result.candidates.map((each) => {
      const saved = records.find(({ folder }) => folder === each.folder);
      return { ...each, epoch: saved?.epoch };
    });
    const classifier = built({ ...target, ...commonRecord(records), epoch: undefined });
    return { ...result, candidates, classifier };
  } catch (error) {
    target.model.dispose();
    throw error;
  }
}

type Scored = Pick<EvaluateRequest, 'manifest' | 'task'>;
type Result = Omit<Average, 'classifier'>;

function checkFolders(folders: readonly string[]): void {
  if (folders.length < 2) {
    throw expected('two folders or more', 'runs', folders.length);
  }
  const places = folders.map((folder) => path.resolve(folder));
  const twice = folders.find((_, index) => places.indexOf(places[index] as string) < index);
  if (twice !== undefined) {
    throw givenTwice(`The run ${twice}`);
  }
}

/** The task that scores. A data set of one task may call it otherwise. */
function taskFor({ task, tasks: known }: Run, { tasks }: Manifest): string {
  if (tasks.length === 1) {
    return (tasks[0] as Task).name;
  }
  if (task === undefined && known.length > 1) {
    const remedy = `The runs answer ${known.join(', ')}: name the one whose score decides`;
    throw missing('the name of a task', 'task', remedy);
  }
  return task ?? (known[0] as string);
}

/** Gives `target`, the classifier of the first run, the weights that are scored, and at the end their mean. */
class Averaging {
  private readonly sum = new WeightSum();

  constructor(
    private readonly target: BuiltClassifier,
    private readonly runs: readonly Run[],
    private readonly request: AverageRequest,
  ) {}

  async all(): Promise<Result> {
    for (const run of this.runs) {
      this.sum.add(await this.weightsIn(run));
    }
    this.sum.assignMean(this.target.model);
    const candidates = this.runs.map(({ folder }) => ({ folder, isMember: true }));
    return { candidates, accuracy: undefined };
  }

  async best(scored: Scored): Promise<Result> {
    const alone: { run: Run; accuracy: number }[] = [];
    for (const run of this.runs) {
      alone.push({
        run,
        accuracy: await this.accuracyWith(await this.weightsIn(run), run, scored),
      });
    }
    alone.sort((one, other) => other.accuracy - one.accuracy);
    const candidates: AverageCandidate[] = [];
    let best = Number.NEGATIVE_INFINITY;
    for (const { run, accuracy } of alone) {
      const weights = await this.weightsIn(run);
      const accuracyWith =
        candidates.length === 0 ? accuracy : await this.accuracyWith(weights, run, scored);
      const isMember = accuracyWith > best;
      if (isMember) {
        this.sum.add(weights);
        best = accuracyWith;
      }
      candidates.push({ folder: run.folder, isMember, accuracy, accuracyWith });
    }
    this.sum.assignMean(this.target.model);
    return { candidates, accuracy: best };
  }

  /** Of the mean of the members so far and `weights`, those of `run`. */
  private async accuracyWith(
    weights: ReturnType<typeof weightsOf>,
    { folder }: Run,
    scored: Scored,
  ): Promise<number> {
    const { target, request } = this;
    const { onProgress, signal } = request;
    this.sum.assignMean(target.model, weights);
    const { accuracy } = await evaluate({
      ...scored,
      classifier: target,
      onProgress: onProgress && ((progress) => onProgress({ ...progress, folder })),
      signal,
    });
    return accuracy;
  }

  private async weightsIn(run: Run): Promise<ReturnType<typeof weightsOf>> {
    using classifier = await openRun(run, this.request.epoch);
    if (shapesIn(classifier.model) !== shapesIn(this.target.model)) {
      const [first] = this.runs as [Run, ...Run[]];
      const wanted = `weights of the names and shapes of those in ${first.folder}`;
      throw expected(wanted, run.folder, 'others');
    }
    return weightsOf(classifier.model);
  }
}

/** Which weights are frozen changes their order. */
const shapesIn = (model: BuiltClassifier['model']): string =>
  model.weights
    .map(({ originalName, shape }) => `${originalName} ${shape}`)
    .sort()
    .join('\n');
