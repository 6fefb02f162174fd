/** `fit`: training any model of tfjs's as `model.compile` and `model.fit` have it, from Bobbin's loader. */
import { expected } from '../errors.js';
import { type OptionValues, resolveOptions } from '../options.js';
import { paceOf, secondsLeft } from '../pace.js';
import type { Batch, Loader, PixelType } from '../pipeline/index.js';
import { type JitOptions, targetsOf, type tf } from '../tensorflow/index.js';
import { type Logs, Pass, type PassState } from './fit-pass.js';

/** Options of {@link fit} that are numbers. */
export const fitOptions = {
  epochs: { type: 'integer', default: 1, min: 1, max: 1e6, help: 'passes over the loader' },
  metricsEvery: {
    type: 'integer',
    default: 10,
    min: 1,
    max: 1e6,
    help: 'steps from one reading of loss and metrics to the next; an epoch ends with one',
  },
} as const;

type CompileArguments = Parameters<tf.LayersModel['compile']>[0];

export interface FitOptions
  extends Partial<OptionValues<typeof fitOptions>>,
    Partial<CompileArguments> {
  /** Evaluated after each epoch. */
  validation?: Loader<PixelType>;
  /**
   * What the model is to say of a batch, one row an image. Default: `targetsOf`, a row with 1 at the
   * image's class, as wide as the model's output.
   */
  targets?: (batch: Batch<PixelType>) => tf.Tensor;
  /** How the steps are traced. */
  jit?: Partial<JitOptions>;
  /** When aborted, training ends with the step at hand. */
  signal?: AbortSignal;
  /** Called between two steps, of training and validation. */
  onProgress?: (progress: FitProgress) => void;
  /** Called after each epoch with its line of the history. */
  onEpoch?: (epoch: number, logs: Logs) => void;
}

/** Where {@link fit} stands. */
export interface FitProgress {
  phase: 'train' | 'validate';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Images done and in all, of this phase. */
  done: number;
  total: number;
  /** While training, in this epoch. */
  imagesPerSecond: number;
  /** Share of the training time in which no step ran because its batch was not there, 0…1. */
  waitShare: number;
  /** Seconds until the last epoch is expected to end. */
  secondsLeft: number;
  /** Means of loss and metrics over this phase, as of the last reading. */
  logs: Logs;
}

/** As tfjs's `History`: `history.loss[i]` is the mean loss of epoch `epoch[i]`; `val_loss` of its validation. */
export interface FitHistory {
  /** From 0. */
  epoch: number[];
  history: Record<string, number[]>;
}

/** Those of tfjs-layers' members that training goes through, some protected in its declaration. */
interface Trainer {
  optimizer: (tf.Optimizer & { iterations_: number; learningRate?: number }) | undefined;
  loss: CompileArguments['loss'];
  metrics: CompileArguments['metrics'];
  isTraining: boolean;
  testFunction: (data: tf.Tensor[]) => tf.Tensor[];
  makeTrainFunction(): (data: tf.Tensor[]) => tf.Tensor[];
  makeTestFunction(): void;
  getDedupedMetricsNames(): string[];
  checkTrainableWeightsConsistency(): void;
}

/** tfjs's sequential models leave training to a functional one inside. */
const trainerOf = (model: tf.LayersModel): Trainer =>
  (model as unknown as { model?: Trainer }).model ?? (model as unknown as Trainer);

/**
 * Trains `model`, compiled before or by `optimizer`, `loss` and `metrics` here, on the loader's epochs 0,
 * 1, …. Each step is one TensorFlow function (see `jit`) that runs on another thread: JavaScript goes on
 * and the next batch comes meanwhile. Until the returned promise is kept, the model's weights may be read
 * in the callbacks alone.
 *
 * Loss, regularisation, metrics and the optimizer's updates are those of `model.fitDataset`. A learning
 * rate that was changed between two steps costs a trace.
 *
 * @throws InvalidInputError for an option out of its range, for a model that is not compiled, and for one
 *   of several inputs or outputs; Error where the model is being trained already
 */
export async function fit(
  model: tf.LayersModel,
  loader: Loader<PixelType>,
  { validation, targets, jit = {}, signal, onProgress, onEpoch, ...rest }: FitOptions = {},
): Promise<FitHistory> {
  const { optimizer, loss, metrics, ...numbers } = rest;
  const values = resolveOptions(fitOptions, numbers);
  compile(model, { optimizer, loss, metrics });
  const trainer = trainerOf(model);
  if (trainer.isTraining) {
    throw new Error(`Expected ${model.name} to be idle, but it is being trained already`);
  }
  trainer.isTraining = true;
  const run = new Fit(model, { ...values, loader, validation, targets, jit, signal, onProgress });
  try {
    return await run.toEnd(onEpoch);
  } finally {
    run.dispose();
    trainer.isTraining = false;
  }
}

/** Compiles with what is given; the rest is as the model was compiled before. */
function compile(model: tf.LayersModel, given: Partial<CompileArguments>): void {
  const trainer = trainerOf(model);
  for (const side of ['inputs', 'outputs'] as const) {
    if (model[side].length !== 1) {
      throw expected(`one of ${side}`, `model ${model.name}`, model[side].length);
    }
  }
  const { optimizer = trainer.optimizer, loss = trainer.loss, metrics = trainer.metrics } = given;
  if (optimizer === undefined || loss === undefined) {
    throw expected(
      'an optimizer and a loss',
      `model ${model.name}`,
      'neither compile() nor options for it',
    );
  }
  if (Object.values(given).some((value) => value !== undefined)) {
    model.compile({ optimizer, loss, ...(metrics !== undefined && { metrics }) });
  }
}

type Parts = OptionValues<typeof fitOptions> &
  Pick<FitOptions, 'validation' | 'targets' | 'signal' | 'onProgress'> & {
    loader: Loader<PixelType>;
    jit: Partial<JitOptions>;
  };

/** A run under way: an epoch of steps, then its validation. */
class Fit {
  private readonly trainer: Trainer & { optimizer: object };
  private readonly training: Pass;
  private readonly validating: Pass;
  private readonly result: FitHistory = { epoch: [], history: {} };
  private logs: Logs = {};
  private trained: PassState | undefined;
  /** What a validation takes, as far as is known. */
  private validationSeconds = 0;

  constructor(
    model: tf.LayersModel,
    private readonly parts: Parts,
  ) {
    this.trainer = trainerOf(model) as Fit['trainer'];
    const { trainer } = this;
    trainer.checkTrainableWeightsConsistency();
    trainer.makeTestFunction();
    const classes = model.outputs[0]?.shape.at(-1) as number;
    const shared = {
      names: trainer.getDedupedMetricsNames(),
      targetsOf: parts.targets ?? ((batch) => targetsOf(batch, classes)),
      jit: parts.jit,
    };
    const setting = () => trainer.optimizer.learningRate;
    this.training = new Pass({ ...shared, run: trainer.makeTrainFunction(), setting });
    this.validating = new Pass({ ...shared, run: trainer.testFunction });
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
      // Traced, it counts calls of the function, not steps.
      optimizer.iterations_ = iterations + now.steps;
      return this.report(this.training, now, { phase: 'train', epoch, loader });
    });
    return this.training.logs();
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

  /** Whether to go on. */
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
