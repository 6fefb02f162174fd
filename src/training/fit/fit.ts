/** `fit`: trains any tfjs model from Bobbin's loader, with the losses and the history of `model.fitDataset`. */
import { checkArgument, checkArguments, record } from '../../arguments.js';
import { nonFiniteValue, weightsOf } from '../../model/index.js';
import { type OptionValues, resolveOptions } from '../../options.js';
import { paceOf, secondsLeft } from '../../pace.js';
import type { Loader, PixelType } from '../../pipeline/index.js';
import type { JitOptions, tf } from '../../tensorflow/index.js';
import { diverged } from '../run/divergence.js';
import { aLoader, type FitOptions, type FitProgress, fitOptions, fitShape } from './options.js';
import { type Logs, Pass, type PassState } from './pass.js';
import { labelTargets } from './targets.js';
import { compile, type Trainer, trainerOf } from './trainer.js';

/** As tfjs's `History`: `history.loss[i]` is the mean loss of epoch `epoch[i]`, `val_loss` that of its validation. */
export interface FitHistory {
  /** From 0. */
  epoch: number[];
  history: Record<string, number[]>;
}

/**
 * Trains `model`, compiled before or by `optimizer`, `loss` and `metrics` here, on the loader's epochs 0,
 * 1, …. Each step is one TensorFlow function (see `jit`) that runs on another thread; JavaScript goes on
 * and the next batch is rendered meanwhile. Until the returned promise resolves, read the model's weights
 * only in the callbacks.
 *
 * Loss, regularisation, metrics and the optimizer's updates are those of `model.fitDataset`. A changed
 * learning rate costs one trace.
 *
 * @throws InvalidInputError when an option is unknown or out of its range, when the model is not compiled, and when it
 *   has several inputs or outputs, or an output or loss that labels do not fit; and at the first step whose loss, or the first epoch after which a weight,
 *   is not finite: the model's weights are then lost
 * @throws Error when the model is being trained already
 */
export async function fit(
  model: tf.LayersModel,
  loader: Loader<PixelType>,
  options: FitOptions = {},
): Promise<FitHistory> {
  checkArgument('model', model, record('a model of tfjs'));
  checkArgument('loader', loader, aLoader);
  checkArguments('fit', options, fitShape);
  const { validation, targets, jit = {}, signal, onProgress, onEpoch, ...rest } = options;
  const { optimizer, loss, metrics, ...numbers } = rest;
  const values = resolveOptions(fitOptions, numbers);
  compile(model, { optimizer, loss, metrics });
  const trainer = trainerOf(model);
  if (trainer.isTraining) {
    throw new Error(`Expected an idle model but ${model.name} is being trained already`);
  }
  const run = new Fit(model, { ...values, loader, validation, targets, jit, signal, onProgress });
  trainer.isTraining = true;
  try {
    return await run.toEnd(onEpoch);
  } finally {
    run.dispose();
    trainer.isTraining = false;
  }
}

type Parts = OptionValues<typeof fitOptions> &
  Pick<FitOptions, 'validation' | 'targets' | 'signal' | 'onProgress'> & {
    loader: Loader<PixelType>;
    jit: Partial<JitOptions>;
  };

/** The loop of {@link fit}: for each epoch its steps, then its validation. */
class Fit {
  private readonly trainer: Trainer & { optimizer: object };
  private readonly training: Pass;
  private readonly validating: Pass;
  private readonly result: FitHistory = { epoch: [], history: {} };
  private logs: Logs = {};
  /** The mean of the last epoch of training. */
  private lastLoss: number | undefined;
  private trained: PassState | undefined;
  /** Duration of a validation, estimated from its images so far. */
  private validationSeconds = 0;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly parts: Parts,
  ) {
    this.trainer = trainerOf(model) as Fit['trainer'];
    const { trainer } = this;
    trainer.checkTrainableWeightsConsistency();
    trainer.makeTestFunction();
    const loaders = [parts.loader, ...(parts.validation === undefined ? [] : [parts.validation])];
    const refusal = (kind: string) => (step: number, loss: number, lastLoss?: number) =>
      this.diverged(`the loss of ${kind} ${step}`, loss, lastLoss);
    const shared = {
      names: trainer.getDedupedMetricsNames(),
      targetsOf: parts.targets ?? labelTargets(model, loaders),
      jit: parts.jit,
    };
    const setting = () => trainer.optimizer.learningRate;
    const run = trainer.makeTrainFunction();
    this.training = new Pass({ ...shared, run, setting, refuse: refusal('batch') });
    this.validating = new Pass({
      ...shared,
      run: trainer.testFunction,
      refuse: refusal('validation batch'),
    });
  }

  /** Unfinished epochs are not in the history. */
  async toEnd(onEpoch: FitOptions['onEpoch']): Promise<FitHistory> {
    const { epochs, signal } = this.parts;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const logs = { ...(await this.train(epoch)), ...(await this.validate(epoch)) };
      if (signal?.aborted) {
        break;
      }
      this.result.epoch.push(epoch);
      for (const [name, value] of Object.entries(logs)) {
        this.result.history[name] ??= [];
        this.result.history[name].push(value);
      }
      onEpoch?.(epoch, logs);
    }
    return this.result;
  }

  dispose(): void {
    this.training.dispose();
    this.validating.dispose();
  }

  private async train(epoch: number): Promise<Logs> {
    const { loader } = this.parts;
    const { optimizer } = this.trainer;
    const { iterations } = optimizer;
    await this.training.epoch(loader.epoch(epoch), (now) => {
      this.trained = now;
      // The jitted function would count its traces.
      optimizer.iterations_ = iterations + now.steps;
      return this.report(this.training, now, { phase: 'train', epoch, loader });
    });
    const logs = this.training.logs();
    const bad = nonFiniteValue(weightsOf(this.model));
    if (bad !== undefined) {
      throw this.diverged(`${bad.name} after the last batch`, bad.value, logs.loss);
    }
    this.lastLoss = logs.loss;
    return logs;
  }

  private async validate(epoch: number): Promise<Logs> {
    const { validation: loader, signal } = this.parts;
    if (loader === undefined || signal?.aborted) {
      return {};
    }
    await this.validating.epoch(loader.epoch(0), (now) => {
      this.validationSeconds =
        (now.elapsedMs / 1000) * (imagesOf(loader) / Math.max(1, now.images));
      return this.report(this.validating, now, { phase: 'validate', epoch, loader });
    });
    const logs = Object.entries(this.validating.logs());
    return Object.fromEntries(logs.map(([name, value]) => [`val_${name}`, value]));
  }

  private diverged(what: string, value: number, lastLoss: number | undefined): Error {
    const name = `${what} of epoch ${this.result.epoch.length + 1}`;
    const { learningRate } = this.trainer.optimizer;
    const rate = learningRate === undefined ? '' : ` (it is ${learningRate})`;
    const remedy = `Make the model anew, since its weights are lost, and compile it with a lower learning rate${rate}`;
    return diverged({ name, value }, lastLoss ?? this.lastLoss, remedy);
  }

  /** False when the signal is aborted. */
  private report(
    pass: Pass,
    { steps, images }: PassState,
    { phase, epoch, loader }: Pick<FitProgress, 'phase' | 'epoch'> & { loader: Loader<PixelType> },
  ): boolean {
    const { epochs, metricsEvery, signal, onProgress } = this.parts;
    const total = imagesOf(loader);
    if (steps === 1 || steps % metricsEvery === 0 || images >= total) {
      this.logs = pass.logs();
    }
    const trained = this.trained as PassState;
    const pace = paceOf(trained);
    const left = {
      images: (epochs - epoch) * imagesOf(this.parts.loader) - trained.images,
      validations: epochs - epoch - (phase === 'validate' ? images / total : 0),
      validationSeconds: this.validationSeconds,
    };
    onProgress?.({
      phase,
      epoch: epoch + 1,
      epochs,
      done: images,
      total,
      ...pace,
      secondsLeft: secondsLeft(pace, left),
      logs: this.logs,
    });
    return signal?.aborted !== true;
  }
}

const imagesOf = ({ samples, batchSize, batchesPerEpoch }: Loader<PixelType>): number =>
  Math.min(samples.length, batchSize * batchesPerEpoch);
