/** Step 5: fine-tunes networks, the most promising first, as long as one more fits into the time. */
import path from 'node:path';
import { isPath } from '../../../options.js';
import { count } from '../../../plural.js';
import {
  type Callback,
  DivergedError,
  type EpochRecord,
  type TrainResult,
  train,
} from '../../../training/index.js';
import type { Fitting, Photos } from '../fitting.js';
import type { PlanLine, ProbeLine, RunLine } from '../lines.js';
import {
  inSeconds,
  mostRuns,
  type Probed,
  planSchedule,
  ranked,
  replanned,
  sizesFrom,
  type TrainingCost,
} from '../plan.js';
import { reserveFor } from '../reserve.js';
import { trainingOf } from '../train-options.js';

export async function fineTuneAll(fitting: Fitting, photos: Photos): Promise<void> {
  for (;;) {
    const plan = unfinishedPlan(fitting) ?? (await nextPlan(fitting, photos));
    if (plan === undefined) {
      return;
    }
    await fineTune(fitting, photos, plan);
  }
}

/** What a call that was stopped or killed has begun. */
function unfinishedPlan(fitting: Fitting): PlanLine | undefined {
  const plan = fitting.linesOf('plan').at(-1);
  return fitting.linesOf('run').some(({ run }) => run === plan?.run) ? undefined : plan;
}

/** Plans the next run; undefined where none is worth it, or fits. */
async function nextPlan(fitting: Fitting, photos: Photos): Promise<PlanLine | undefined> {
  const runs = fitting.linesOf('run');
  const enough = reasonToEnd(runs);
  if (enough !== undefined) {
    await fitting.note(`No further fine-tuning: ${enough}.`);
    return undefined;
  }
  const left = fitting.clock.left - reserveFor(fitting, photos);
  const probes = fitting.linesOf('probe').map((each) => ({ ...each, cost: costOf(runs, each) }));
  const chosen = leastTrained(fitting, ranked(probes, left));
  const { network, cost } = chosen;
  const isImported = isPath(network);
  const schedule = planSchedule(left, cost, isImported ? [chosen.size] : sizesFrom(chosen.size));
  const shown = path.basename(network);
  const pace = `an epoch of ${shown} at ${chosen.size} pixels takes about ${inSeconds(cost.all)}, and ${inSeconds(Math.max(0, left))} are left for training`;
  if (schedule === undefined) {
    await fitting.note(`No ${runs.length === 0 ? '' : 'further '}fine-tuning: ${pace}.`);
    return undefined;
  }
  const { recipe, epochs, size } = schedule;
  const why =
    runs.length === 0
      ? `it ranks first of ${count(probes.length, 'probed network')}`
      : 'one more for the mean';
  const given = trainingOf(photos, {
    ...{ recipe, network, seed: fitting.seed + runs.length },
    size: isImported ? undefined : size,
  });
  await fitting.add({
    event: 'plan',
    run: `${runs.length + 1}`.padStart(2, '0'),
    ...{ network, epochs, size, isNew: true },
    options: { ...given, ...fitting.linesOf('tune').at(-1)?.options },
    says: `Fine-tuning ${shown} by the recipe ${recipe}, ${count(epochs, 'epoch')} at ${size} pixels (${why}): ${pace}.`,
  });
  return fitting.linesOf('plan').at(-1);
}

function reasonToEnd(runs: readonly RunLine[]): string | undefined {
  const perfect = runs.find(({ accuracy }) => accuracy === 1);
  if (perfect !== undefined) {
    return `run ${perfect.run} has all images that choose right, so they cannot tell what is better`;
  }
  return runs.length >= mostRuns ? `${mostRuns} networks are enough for a mean` : undefined;
}

/** Of the networks in their order, the first one with the fewest runs. */
function leastTrained<Each extends Probed>(fitting: Fitting, networks: readonly Each[]): Each {
  const runsOf = ({ network }: Each) =>
    fitting.linesOf('plan').filter((each) => each.network === network && each.isNew).length;
  return networks.reduce((best, each) => (runsOf(each) < runsOf(best) ? each : best));
}

/** The cost at the network's own side: as its last run took, else as the probe foretells. */
function costOf(runs: readonly RunLine[], { network, cost, size }: ProbeLine): TrainingCost {
  const paces = runs.flatMap((run) =>
    run.network === network && run.pace !== undefined ? run.pace * (size / run.size) ** 2 : [],
  );
  const all = paces.at(-1) ?? cost.all;
  return { ...cost, all, head: (cost.head * all) / cost.all };
}

/** Trains as planned, until the end or until the pace asks for another number of epochs. */
async function fineTune(fitting: Fitting, photos: Photos, plan: PlanLine): Promise<void> {
  const watch = new Watch(fitting, photos, plan.epochs);
  const result = await trainOnce(fitting, photos, plan, watch).catch((error: Error) => {
    if (error instanceof DivergedError) {
      return error;
    }
    throw error;
  });
  if (result instanceof DivergedError) {
    await fitting.add({ ...endOf(plan), says: `Run ${plan.run} is left out: ${result.message}.` });
    return;
  }
  result.classifier.model.dispose();
  fitting.request.signal?.throwIfAborted();
  if (!result.finished && watch.next !== undefined) {
    const epochs = watch.next;
    await fitting.add({
      ...plan,
      ...{ epochs, isNew: false },
      says: `Run ${plan.run} gets ${count(epochs, 'epoch')} in the place of ${plan.epochs}: ${result.history.length} are done, one takes ${inSeconds(watch.pace ?? 0)}, and the budget has no time for more.`,
    });
    return;
  }
  const accuracy = result.best?.validationAccuracy;
  const says = endInWords(plan.run, result);
  await fitting.add({ ...endOf(plan), accuracy, pace: watch.pace, says });
}

function endInWords(run: string, { history, best, finished }: TrainResult): string {
  if (best?.validationAccuracy === undefined) {
    return `Run ${run} is left out: no epoch ended in the time.`;
  }
  const ended = finished ? '' : ', ended early since the time for training is over';
  const share = (100 * best.validationAccuracy).toFixed(1);
  return `Run ${run}: ${count(history.length, 'epoch')}${ended}; ${share} % of the images that choose are right after epoch ${best.epoch}, the best.`;
}

const endOf = ({ run, network, size }: PlanLine) => ({ event: 'run', run, network, size }) as const;

const trainOnce = (
  fitting: Fitting,
  { choosing, task }: Photos,
  { run, options, epochs }: PlanLine,
  watch: Watch,
): Promise<TrainResult> =>
  train({
    ...options,
    epochs,
    ...{ manifest: choosing, task: task.name, run: fitting.at('runs', run), resume: true },
    signal: fitting.request.signal,
    callbacks: [watch],
    onProgress: ({ label, done, total, imagesPerSecond }) =>
      fitting.progress({ label: `run ${run} ${label}`, done, total, imagesPerSecond }),
  });

/** The first epoch of all weights also traces the network: a shorter one does not tell the pace. */
const tellingSeconds = 10;

/** Stops a run that does not keep to the time: for another number of epochs, or for good. */
class Watch implements Callback {
  readonly name = 'the budget';
  /** The number of epochs that the rest shall have; undefined: there is time for no more. */
  next: number | undefined;
  /** Seconds of an epoch of all weights. */
  pace: number | undefined;
  private history: EpochRecord[] = [];
  private readonly reserve: number;

  constructor(
    private readonly fitting: Fitting,
    photos: Photos,
    private readonly planned: number,
  ) {
    this.reserve = reserveFor(fitting, photos);
  }

  private get left(): number {
    return this.fitting.clock.left - this.reserve;
  }

  begin({ history }: { history: readonly EpochRecord[] }, control: { stop(): void }): void {
    this.history = [...history];
    this.judge(control);
  }

  step(_: unknown, control: { stop(): void }): void {
    if (this.left < 0) {
      this.next = undefined;
      control.stop();
    }
  }

  epoch(record: EpochRecord, control: { stop(): void }): void {
    this.history.push(record);
    this.judge(control);
  }

  private judge(control: { stop(): void }): void {
    const done = this.history.length;
    const [, first, ...later] = this.history.map(({ seconds }) => seconds);
    const told = later.length > 0 ? later : [first].filter((each) => each !== undefined);
    if (told.length === 0) {
      return;
    }
    this.pace = told.reduce((sum, each) => sum + each, 0) / told.length;
    if (later.length === 0 && this.pace < tellingSeconds) {
      return;
    }
    const epochs = replanned({ done, planned: this.planned }, this.left, this.pace);
    if (epochs < this.planned) {
      this.next = epochs > done ? epochs : undefined;
      control.stop();
    }
  }
}
