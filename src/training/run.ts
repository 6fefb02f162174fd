/** A run under way: epochs of steps, each epoch with its validation, line of history and checkpoint. */
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Manifest } from '../dataset/index.js';
import { type Classifier, saveClassifier } from '../model/index.js';
import { addWork, type Loader, type LoaderFailure, type PixelType } from '../pipeline/index.js';
import { type Checkpoint, type EpochTotals, type Position, saveCheckpoint } from './checkpoint.js';
import { loadersOf } from './data.js';
import { type EpochRecord, writeHistory } from './history.js';
import { type Network, splitNetwork } from './network.js';
import { Updater } from './optimizer/index.js';
import type { Plan } from './plan.js';
import { noTotals, pipelineReport, ratesOf, type TrainProgress } from './progress.js';
import { learningRateAt } from './schedule.js';
import { trainStep, validationStep } from './step.js';

export interface RunParts {
  plan: Plan;
  manifest: Manifest;
  folder: string;
  /** With the checkpoint's weights, where there is one. */
  classifier: Classifier;
  checkpoint: Checkpoint | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: TrainProgress) => void) | undefined;
  onEpoch?: ((record: EpochRecord) => void) | undefined;
}

interface Validation {
  loss: number;
  accuracy: number;
}

/** Holds the loaders and the optimizer; `close` frees them. */
export class Run {
  private readonly position: Position;
  private readonly network: Network;
  private readonly updater: Updater;
  private readonly training: Loader<PixelType>;
  private readonly validation: Loader | undefined;
  /** What the last validation took, to tell the time left. */
  private validationSeconds = 0;

  constructor(private readonly parts: RunParts) {
    const { plan, classifier, checkpoint } = parts;
    const start = { epoch: 0, batch: 0, totals: noTotals(), history: [] };
    this.position = checkpoint?.position ?? start;
    this.network = splitNetwork(classifier.model);
    this.updater = new Updater(this.network.variables, { ...plan.values, precision: 'float32' });
    if (checkpoint !== undefined) this.updater.restore(checkpoint.slots);
    const loaders = loadersOf(plan, parts.manifest, classifier.preprocessing);
    this.training = loaders.training;
    this.validation = loaders.validation;
  }

  get history(): EpochRecord[] {
    return this.position.history;
  }

  get failures(): LoaderFailure[] {
    return [...this.training.failures, ...(this.validation?.failures ?? [])];
  }

  close(): void {
    this.training.close();
    this.validation?.close();
    this.updater.dispose();
  }

  /** Whether the end was reached; not so when the signal was aborted before. */
  async toEnd(): Promise<boolean> {
    const { plan, folder, classifier } = this.parts;
    await writeHistory(folder, this.history);
    while (this.position.epoch < plan.values.epochs) {
      if (!(await this.epoch())) {
        await this.save();
        return false;
      }
    }
    // From now on the classifier's weights are the averages.
    this.updater.average?.swap();
    await saveClassifier(classifier, path.join(folder, 'model'));
    return true;
  }

  private async epoch(): Promise<boolean> {
    if (!(await this.trainEpoch())) return false;
    const started = performance.now();
    const { average } = this.updater;
    average?.swap();
    const validation = await this.validate().finally(() => average?.swap());
    if (validation === 'aborted') return false;
    this.validationSeconds = (performance.now() - started) / 1000;
    const { position } = this;
    const record: EpochRecord = {
      epoch: position.epoch + 1,
      learningRate: this.learningRate(this.training.batchesPerEpoch - 1),
      ...ratesOf(position.totals),
      ...pipelineReport(position.totals, this.parts.plan.values.threads),
      validationLoss: validation?.loss,
      validationAccuracy: validation?.accuracy,
      seconds: position.totals.trainMs / 1000 + this.validationSeconds,
    };
    position.history.push(record);
    position.epoch += 1;
    position.batch = 0;
    position.totals = noTotals();
    // The checkpoint holds the history too, so history.csv can always be made again from it.
    await this.save();
    await writeHistory(this.parts.folder, position.history);
    this.parts.onEpoch?.(record);
    return true;
  }

  private async trainEpoch(): Promise<boolean> {
    const { plan, classifier, signal } = this.parts;
    const { position, network, updater } = this;
    const { seed, labelSmoothing } = plan.values;
    const options = { network, updater, classes: classifier.classes.length, labelSmoothing };
    const { totals } = position;
    const [earlier, before] = [totals.work, this.training.statistics];
    let asked = performance.now();
    for await (const batch of this.training.epoch(position.epoch, { start: position.batch })) {
      const { waitMs } = batch;
      const result = trainStep(batch, options, {
        key: `${seed}/${position.epoch}/${position.batch}`,
        learningRate: this.learningRate(position.batch),
        isLast: this.endsStep(position.batch),
      });
      position.batch += 1;
      totals.images += result.images;
      totals.loss += result.loss;
      totals.correct += result.correct;
      totals.waitMs += waitMs;
      totals.work = addWork(earlier, before, this.training.statistics);
      await nextTurn();
      const now = performance.now();
      totals.trainMs += now - asked;
      asked = now;
      this.report('train', totals);
      if (signal?.aborted) return false;
    }
    return true;
  }

  /** Undefined when there is nothing to validate on. */
  private async validate(): Promise<Validation | undefined | 'aborted'> {
    if (this.validation === undefined) return undefined;
    const sums = noTotals();
    for await (const batch of this.validation.epoch(0)) {
      const result = validationStep(batch, this.network, this.parts.classifier.classes.length);
      sums.images += result.images;
      sums.loss += result.loss;
      sums.correct += result.correct;
      await nextTurn();
      this.report('validate', sums);
      if (this.parts.signal?.aborted) return 'aborted';
    }
    return ratesOf(sums);
  }

  private report(phase: TrainProgress['phase'], sums: EpochTotals): void {
    const { plan, onProgress } = this.parts;
    const { epoch, totals } = this.position;
    const { epochs } = plan.values;
    const { imagesPerSecond, waitShare } = ratesOf(totals);
    const { loss, accuracy } = ratesOf(sums);
    const imagesLeft = (epochs - epoch) * plan.training.length - totals.images;
    const name = `epoch ${epoch + 1}/${epochs}`;
    onProgress?.({
      label: phase === 'train' ? name : `${name} validation`,
      phase,
      epoch: epoch + 1,
      epochs,
      done: sums.images,
      total: phase === 'train' ? plan.training.length : plan.validation.length,
      imagesPerSecond,
      loss,
      accuracy,
      waitShare,
      secondsLeft: imagesLeft / imagesPerSecond + (epochs - epoch) * this.validationSeconds,
    });
  }

  private save(): Promise<void> {
    const { folder, classifier, plan } = this.parts;
    const { settings } = plan;
    return saveCheckpoint(folder, {
      classifier,
      slots: this.updater.slots(),
      position: this.position,
      settings,
    });
  }

  /** Whether the optimizer takes a step after that batch of an epoch. */
  private endsStep(batch: number): boolean {
    const { accumulate } = this.parts.plan.values;
    return (batch + 1) % accumulate === 0 || batch + 1 === this.training.batchesPerEpoch;
  }

  private learningRate(batch: number): number {
    const { batchesPerEpoch } = this.training;
    const step = this.position.epoch * batchesPerEpoch + batch;
    return learningRateAt(this.parts.plan.values, step, batchesPerEpoch);
  }
}
