/** The loop of a run: each epoch has its steps, validation, checkpoint, best weights and line of history. */
import type { Manifest } from '../../dataset/index.js';
import type { Classifier } from '../../model/index.js';
import { addWork, type LoaderFailure } from '../../pipeline/index.js';
import type { Settings } from '../../settings.js';
import type { BeginFacts, Callback } from '../callbacks/callback.js';
import { Moments } from '../callbacks/moments.js';
import type { EpochTotals, Position } from '../checkpoint/checkpoint.js';
import type { FeatureSources } from '../features/sources.js';
import { type EpochRecord, endsEarly } from '../history.js';
import type { Slot } from '../optimizer/index.js';
import type { ResolvedPlan } from '../plan.js';
import { learningRateAt, momentumAt } from '../schedule/options.js';
import type { StepPlace } from '../schedule/schedule.js';
import { objectiveOf } from '../tasks/objective.js';
import type { Workers } from '../workers/workers.js';
import { divergedRun } from './divergence.js';
import type { TrainingPlace } from './jitted-steps.js';
import type { Objective, Pass } from './objective.js';
import { type Cycle, cyclesOf, type Phase, phaseAt, phasesOf, placeIn } from './phases.js';
import {
  meanLoss,
  noTotalsOf,
  pipelineReport,
  progressOf,
  scoresOf,
  type TrainProgress,
} from './progress.js';
import { Requests } from './requests.js';
import { Saver } from './saver.js';
import { Stage } from './stage.js';
import { stepInput } from './step.js';
import { takeSteps } from './take-steps.js';
import { type BadLoss, Tally } from './tally.js';
import { Validation } from './validation.js';

export interface RunParts {
  plan: ResolvedPlan;
  /** Saved with each checkpoint. */
  settings: Settings;
  manifest: Manifest;
  folder: string;
  /** With the weights of the checkpoint, if there is one. */
  classifier: Classifier;
  checkpoint: RunStart | undefined;
  /** Where several share each batch. */
  workers?: Workers | undefined;
  callbacks: readonly Callback[];
  /** In the place of the images. */
  features: FeatureSources | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TrainProgress) => void) | undefined;
  onEpoch?: ((record: EpochRecord) => void) | undefined;
}

/** Where a run goes on. */
export interface RunStart {
  position: Position;
  /** Absent on a worker that gets them from the first one. */
  slots?: readonly Slot[];
}

/** Holds the sources of batches and the jitted steps; `close` frees them. */
export class Run {
  private readonly position: Position;
  private readonly objective: Objective;
  private readonly stage: Stage;
  private readonly phases: Phase[];
  private readonly cycles: Cycle[];
  private readonly validation: Validation;
  private readonly moments: Moments;
  private readonly saver: Saver;
  private readonly requests: Requests;
  /** Of the last step of training. */
  private lastRate: number | undefined;
  /** Duration of the last validation, for the estimate of the time left. */
  private validationSeconds = 0;

  constructor(private readonly parts: RunParts) {
    const { plan, classifier, checkpoint } = parts;
    const start = { epoch: 0, batch: 0, totals: noTotalsOf(plan), history: [] };
    this.position = { ...(checkpoint?.position ?? start), workers: parts.workers?.count };
    this.moments = new Moments(parts.callbacks, this.position);
    this.objective = objectiveOf(plan);
    this.stage = new Stage({ ...parts, objective: this.objective });
    this.phases = phasesOf(plan.values, classifier.preprocessing.crop);
    this.cycles = cyclesOf(plan.values);
    this.saver = new Saver(parts, this.stage, this.position);
    this.requests = new Requests(parts, this.moments, this.saver);
    this.begin(checkpoint);
    const { objective } = this;
    this.validation = new Validation({ ...parts, objective }, this.stage, this.position);
  }

  get history(): EpochRecord[] {
    return this.position.history;
  }

  get failures(): LoaderFailure[] {
    return [...this.stage.failures, ...this.validation.failures];
  }

  close(): void {
    this.stage.close();
    this.validation.close();
  }

  /** True when the end is reached, false when the signal or a callback stops the run before. */
  async toEnd(): Promise<boolean> {
    await this.stage.takeFromChief();
    await this.saver.history();
    // A kill may have come between the last checkpoint and its best weights.
    await this.saver.bestEpochs();
    return this.isFinished
      ? await this.epochsLeft()
      : await this.moments.during(this.facts(), () => this.epochsLeft());
  }

  private async epochsLeft(): Promise<boolean> {
    while (!this.isFinished) {
      this.stage.enter(phaseAt(this.phases, this.position.epoch));
      if ((await this.requests.stopsBeforeEpoch()) || !(await this.epoch())) {
        await this.checkpoint();
        return false;
      }
    }
    // From now on the classifier's weights are the averages.
    this.stage.steps.updater.average?.swap();
    await this.saver.model();
    return true;
  }

  /** Whether no epoch is left, or those that were validated last made nothing better. */
  get isFinished(): boolean {
    const { values } = this.parts.plan;
    return this.position.epoch >= values.epochs || endsEarly(this.history, values);
  }

  private async checkpoint(): Promise<void> {
    await this.stage.takeMeans();
    await this.saver.checkpoint();
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
  private begin(checkpoint: RunStart | undefined): void {
    const { epoch, batch } = this.position;
    const last = phaseAt(this.phases, batch > 0 ? epoch : epoch - 1);
    const phase = this.isFinished ? last : phaseAt(this.phases, epoch);
    this.stage.enter(phase, last.trainable === phase.trainable ? checkpoint?.slots : undefined);
  }

  private async epoch(): Promise<boolean> {
    if (!(await this.trainEpoch())) {
      return false;
    }
    const started = performance.now();
    await this.stage.takeMeans();
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
    position.totals = noTotalsOf(this.parts.plan);
    position.logged = undefined;
    // The checkpoint holds the history too, so that history.csv can always be written again from it.
    await this.saver.checkpoint();
    await this.saver.bestEpochs();
    await this.saver.history();
    this.parts.onEpoch?.(record);
    await this.moments.epoch(record);
    return true;
  }

  private async trainEpoch(): Promise<boolean> {
    const { position } = this;
    const { training } = this.stage;
    const { totals } = position;
    const [earlier, before] = [totals.work, training.statistics];
    const first = position.batch;
    const lossBefore = meanLoss(position);
    const batches = training.epoch(position.epoch, { start: first });
    const refuse = ({ step, value, head, lastLoss = lossBefore }: BadLoss) => {
      const name = `the loss of batch ${first + step + 1} of epoch ${position.epoch + 1}`;
      return divergedRun(this.parts.plan, { name, value, head }, lastLoss);
    };
    const tally = new Tally(totals, refuse, this.parts.workers !== undefined);
    let began = performance.now();
    let prepared = first;
    return takeSteps(batches, tally, {
      prepare: (batch) => {
        const share = training.shareOf?.(prepared++);
        return stepInput(batch, { objective: this.objective, pass: 'train', share });
      },
      step: (input) => this.stage.steps.train(input, this.trainingPlace()),
      stepped: async (waitMs) => {
        position.batch += 1;
        totals.waitMs += waitMs;
        totals.work = addWork(earlier, before, training.statistics);
        const now = performance.now();
        totals.trainMs += now - began;
        const { stops, saves } = this.requests.afterStep(tally);
        if (saves) {
          tally.read();
          await this.checkpoint();
        }
        began = performance.now();
        await this.report('train', tally);
        return !(stops ?? this.requests.isStopping);
      },
    });
  }

  /** Undefined without validation images. Where several workers share them, each ends its part. */
  private validate(): Promise<EpochTotals | undefined | 'aborted'> {
    return this.validation.totals(async (tally) => {
      await this.report('validate', tally);
      return this.parts.workers !== undefined || !this.requests.isStopping;
    });
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
      ...this.requests.toAsk(),
    };
  }

  private async report(phase: Pass, tally: Tally): Promise<void> {
    const { plan, onProgress } = this.parts;
    const { position, validationSeconds, moments } = this;
    const tellsStep = phase === 'train' && moments.hasSteps;
    if (onProgress === undefined && !tellsStep) {
      return;
    }
    const workers = this.parts.workers?.count;
    const progress = progressOf({ phase, plan, position, tally, validationSeconds, workers });
    onProgress?.(progress);
    if (tellsStep) {
      const learningRate = this.lastRate as number;
      await moments.step({ ...progress, step: this.steps, learningRate });
    }
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
    return placeIn(this.cycles, { epoch, batch }, this.stage.training.batchesPerEpoch);
  }
}
