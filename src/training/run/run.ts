/** The loop of a run: each epoch has its steps, validation, checkpoint, best weights and line of history. */
import path from 'node:path';
import type { Manifest } from '../../dataset/index.js';
import { type Classifier, saveClassifier } from '../../model/index.js';
import { overlapped } from '../../overlap.js';
import {
  addWork,
  type Batch,
  type Loader,
  type LoaderFailure,
  type PixelType,
} from '../../pipeline/index.js';
import type { Settings } from '../../settings.js';
import { tf } from '../../tensorflow/index.js';
import type { BeginFacts, Callback } from '../callbacks/callback.js';
import { Moments } from '../callbacks/moments.js';
import {
  type Checkpoint,
  type EpochTotals,
  type Position,
  saveCheckpoint,
} from '../checkpoint/checkpoint.js';
import { keepEpochs } from '../checkpoint/kept-epochs.js';
import { validationLoader } from '../data.js';
import { bestEpochs, type EpochRecord, endsEarly, writeHistory } from '../history.js';
import { inWords, type ResolvedPlan } from '../plan.js';
import { learningRateAt, momentumAt } from '../schedule/options.js';
import type { StepPlace } from '../schedule/schedule.js';
import { objectiveOf } from '../tasks/objective.js';
import { diverged, type NonFinite, nonFiniteState, smallerSteps } from './divergence.js';
import type { TrainingPlace } from './jitted-steps.js';
import type { Objective, Pass } from './objective.js';
import { type Cycle, cyclesOf, type Phase, phasesOf } from './phases.js';
import {
  meanLoss,
  noTotals,
  pipelineReport,
  progressOf,
  scoresOf,
  type TrainProgress,
} from './progress.js';
import { Stage } from './stage.js';
import { type StepInput, stepInput } from './step.js';
import { Tally } from './tally.js';

export interface RunParts {
  plan: ResolvedPlan;
  /** Saved with each checkpoint. */
  settings: Settings;
  manifest: Manifest;
  folder: string;
  /** With the weights of the checkpoint, if there is one. */
  classifier: Classifier;
  checkpoint: Checkpoint | undefined;
  callbacks: readonly Callback[];
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TrainProgress) => void) | undefined;
  onEpoch?: ((record: EpochRecord) => void) | undefined;
}

/** Holds the loaders and the jitted steps; `close` frees them. */
export class Run {
  private readonly position: Position;
  private readonly objective: Objective;
  private readonly stage: Stage;
  private readonly phases: Phase[];
  private readonly cycles: Cycle[];
  private readonly validation: Loader | undefined;
  private readonly moments: Moments;
  /** Of the last step of training. */
  private lastRate: number | undefined;
  /** Duration of the last validation, for the estimate of the time left. */
  private validationSeconds = 0;
  /** When the newest checkpoint was complete, or the run began, in milliseconds. */
  private savedAt = performance.now();

  constructor(private readonly parts: RunParts) {
    const { plan, classifier, checkpoint } = parts;
    const start = { epoch: 0, batch: 0, totals: this.noTotals(), history: [] };
    this.position = checkpoint?.position ?? start;
    this.moments = new Moments(parts.callbacks, this.position);
    this.objective = objectiveOf(plan);
    this.stage = new Stage({ ...parts, objective: this.objective });
    this.phases = phasesOf(plan.values, classifier.preprocessing.crop);
    this.cycles = cyclesOf(plan.values);
    this.begin(checkpoint);
    this.validation = validationLoader({ ...parts, preprocessing: classifier.preprocessing });
  }

  get history(): EpochRecord[] {
    return this.position.history;
  }

  get failures(): LoaderFailure[] {
    return [...this.stage.failures, ...(this.validation?.failures ?? [])];
  }

  close(): void {
    this.stage.close();
    this.validation?.close();
  }

  /** True when the end is reached, false when the signal or a callback stops the run before. */
  async toEnd(): Promise<boolean> {
    await writeHistory(this.parts.folder, this.history);
    // A kill may have come between the last checkpoint and its best weights.
    await this.keepBest();
    return this.isFinished
      ? await this.epochsLeft()
      : await this.moments.during(this.facts(), () => this.epochsLeft());
  }

  private async epochsLeft(): Promise<boolean> {
    while (!this.isFinished) {
      this.stage.enter(this.phaseOf(this.position.epoch));
      if (this.moments.isStopping || !(await this.epoch())) {
        await this.save();
        return false;
      }
    }
    // From now on the classifier's weights are the averages.
    this.stage.steps.updater.average?.swap();
    const { folder, classifier } = this.parts;
    const { epoch } = this.position;
    await this.stage.asPlain(() =>
      saveClassifier({ ...classifier, epoch }, path.join(folder, 'model')),
    );
    return true;
  }

  /** Whether no epoch is left, or those that were validated last made nothing better. */
  get isFinished(): boolean {
    const { values } = this.parts.plan;
    return this.position.epoch >= values.epochs || endsEarly(this.history, values);
  }

  private get isStopping(): boolean {
    return this.parts.signal?.aborted === true || this.moments.isStopping;
  }

  private facts(): BeginFacts {
    const { plan, folder, classifier } = this.parts;
    const { tasks, values, augmentation, training, validation } = plan;
    return {
      run: folder,
      tasks: tasks.map(({ name }) => name),
      classifier,
      images: training.length,
      validationImages: validation.length,
      epochs: values.epochs,
      stepsPerEpoch: this.stage.training.batchesPerEpoch,
      finishedSteps: this.steps,
      history: [...this.history],
      options: { ...values, augmentation },
    };
  }

  /** Finished steps of the whole run. */
  private get steps(): number {
    const { epoch, batch } = this.position;
    return epoch * this.stage.training.batchesPerEpoch + batch;
  }

  /** Enters the phase of the next batch, with the state of `checkpoint` if the optimizer goes on with the same weights. */
  private begin(checkpoint: Checkpoint | undefined): void {
    const { epoch, batch } = this.position;
    const last = this.phaseOf(batch > 0 ? epoch : epoch - 1);
    const phase = this.isFinished ? last : this.phaseOf(epoch);
    this.stage.enter(phase, last.trainable === phase.trainable ? checkpoint?.slots : undefined);
  }

  private phaseOf(epoch: number): Phase {
    const { phases } = this;
    return (phases.find(({ to }) => epoch < to) ?? phases.at(-1)) as Phase;
  }

  private async epoch(): Promise<boolean> {
    if (!(await this.trainEpoch())) {
      return false;
    }
    const started = performance.now();
    const validation = await this.stage.steps.updater.withAverages(() => this.validate());
    if (validation === 'aborted') {
      return false;
    }
    this.validationSeconds = (performance.now() - started) / 1000;
    const { position } = this;
    const { logged } = position;
    const record: EpochRecord = {
      epoch: position.epoch + 1,
      learningRate: this.lastRate ?? this.learningRate(this.stage.training.batchesPerEpoch - 1),
      ...scoresOf(this.parts.plan.tasks, position.totals, validation),
      ...pipelineReport(position.totals, this.parts.plan.values.threads),
      seconds: position.totals.trainMs / 1000 + this.validationSeconds,
      ...(logged === undefined ? {} : { logged }),
    };
    position.history.push(record);
    position.epoch += 1;
    position.batch = 0;
    position.totals = this.noTotals();
    position.logged = undefined;
    // The checkpoint holds the history too, so that history.csv can always be written again from it.
    await this.save();
    await this.keepBest();
    await writeHistory(this.parts.folder, position.history);
    this.parts.onEpoch?.(record);
    await this.moments.epoch(record);
    return true;
  }

  private noTotals(): EpochTotals {
    const { tasks, labels } = this.parts.plan;
    return noTotals(labels && tasks.length);
  }

  private async trainEpoch(): Promise<boolean> {
    const { position } = this;
    const { training } = this.stage;
    const { totals } = position;
    const [earlier, before] = [totals.work, training.statistics];
    const first = position.batch;
    const lossBefore = meanLoss(position);
    const batches = training.epoch(position.epoch, { start: first });
    const tally = new Tally(totals, ({ step, value, head, lastLoss = lossBefore }) => {
      const name = `the loss of batch ${first + step + 1} of epoch ${position.epoch + 1}`;
      return this.diverged({ name, value, head }, lastLoss);
    });
    let began = performance.now();
    return this.pass('train', batches, tally, {
      step: (input) => this.stage.steps.train(input, this.trainingPlace()),
      stepped: async (waitMs) => {
        position.batch += 1;
        totals.waitMs += waitMs;
        totals.work = addWork(earlier, before, training.statistics);
        const now = performance.now();
        totals.trainMs += now - began;
        if (this.isCheckpointDue) {
          tally.read();
          await this.save();
        }
        began = performance.now();
      },
    });
  }

  /** Undefined without validation images. */
  private async validate(): Promise<EpochTotals | undefined | 'aborted'> {
    if (this.validation === undefined) {
      return undefined;
    }
    const sums = this.noTotals();
    const tally = new Tally(sums, ({ step, value, head }) => {
      const name = `the loss of validation batch ${step + 1} after epoch ${this.position.epoch + 1}`;
      return this.diverged({ name, value, head }, meanLoss(this.position));
    });
    const ended = await this.pass('validate', this.validation.epoch(0), tally, {
      step: (input) => this.stage.steps.validate(input),
    });
    return ended ? sums : 'aborted';
  }

  /** Takes a step for each batch; false when the signal or a callback stops the run before the last one. */
  private async pass(
    pass: Pass,
    batches: AsyncIterator<Batch<PixelType>>,
    tally: Tally,
    {
      step,
      stepped,
    }: { step(input: StepInput): Promise<tf.Tensor>; stepped?(waitMs: number): Promise<void> },
  ): Promise<boolean> {
    const { objective } = this;
    const steps = overlapped(batches, {
      prepare: (batch) => stepInput(batch, { objective, pass }),
      step,
      discard: ({ tensors }) => tf.dispose({ ...tensors }),
    });
    try {
      for await (const { input, result, waitMs } of steps) {
        tally.add(input.images, result);
        await stepped?.(waitMs);
        await this.report(pass, tally);
        if (this.isStopping) {
          tally.read();
          return false;
        }
      }
      tally.read();
      return true;
    } finally {
      tally.dispose();
    }
  }

  private trainingPlace(): TrainingPlace {
    const { epoch, batch } = this.position;
    const { values } = this.parts.plan;
    const { seed, accumulate } = values;
    const learningRate = this.learningRate(batch);
    this.lastRate = learningRate;
    return {
      learningRate,
      momentum: momentumAt(values, this.stepPlace(batch)),
      key: `${seed}/${epoch}/${batch}`,
      isLast: (batch + 1) % accumulate === 0 || batch + 1 === this.stage.training.batchesPerEpoch,
    };
  }

  private async report(phase: Pass, tally: Tally): Promise<void> {
    const { plan, onProgress } = this.parts;
    const { position, validationSeconds, moments } = this;
    const tellsStep = phase === 'train' && moments.hasSteps;
    if (onProgress === undefined && !tellsStep) {
      return;
    }
    const progress = progressOf({ phase, plan, position, tally, validationSeconds });
    onProgress?.(progress);
    if (tellsStep) {
      const learningRate = this.lastRate as number;
      await moments.step({ ...progress, step: this.steps, learningRate });
    }
  }

  /** Refuses weights that are not finite before it touches an earlier checkpoint. */
  private async save(): Promise<void> {
    const { folder, classifier, settings } = this.parts;
    const { epoch, batch } = this.position;
    const slots = this.stage.slots();
    const bad = nonFiniteState(classifier.model, slots);
    if (bad !== undefined) {
      const place = batch === 0 ? `epoch ${epoch}` : `batch ${batch} of epoch ${epoch + 1}`;
      const name = `${bad.name} after ${place}`;
      throw this.diverged({ name, value: bad.value }, meanLoss(this.position));
    }
    await saveCheckpoint(folder, { classifier, slots, position: this.position, settings });
    this.savedAt = performance.now();
  }

  /** Whether an epoch has gone on for so long that it saves a checkpoint between two steps. */
  private get isCheckpointDue(): boolean {
    const { checkpointMinutes } = this.parts.plan.values;
    return checkpointMinutes > 0 && performance.now() - this.savedAt >= 60_000 * checkpointMinutes;
  }

  /** At the end of an epoch, keeps its weights if it is one of the best so far. They are those that were validated. */
  private async keepBest(): Promise<void> {
    const { plan, folder, classifier } = this.parts;
    const { epoch, batch, history } = this.position;
    if (batch === 0) {
      const best = bestEpochs(history, plan.values).map((record) => record.epoch);
      await this.stage.steps.updater.withAverages(() =>
        this.stage.asPlain(() => keepEpochs(folder, best, { ...classifier, epoch })),
      );
    }
  }

  /** @param head the place of the head whose loss it is, where heads are counted each for itself */
  private diverged(
    { name, value, head }: NonFinite & { head?: number | undefined },
    lastLoss: number | undefined,
  ): Error {
    const { tasks, values } = this.parts.plan;
    const owners = head === undefined ? tasks : tasks.slice(head, head + 1);
    const owned = `${name} of ${inWords(owners)}`;
    return diverged({ name: owned, value }, lastLoss, smallerSteps(values));
  }

  /** The learning rate of a batch of the present epoch. */
  private learningRate(batch: number): number {
    return (
      this.position.learningRate ?? learningRateAt(this.parts.plan.values, this.stepPlace(batch))
    );
  }

  /** The place of a batch of the present epoch in the cycle of the schedule. */
  private stepPlace(batch: number): StepPlace {
    const { epoch } = this.position;
    const { batchesPerEpoch: stepsPerEpoch } = this.stage.training;
    const { from, to } = this.cycles.find((cycle) => epoch < cycle.to) as Cycle;
    return { step: (epoch - from) * stepsPerEpoch + batch, stepsPerEpoch, epochs: to - from };
  }
}
