/** The jitted functions of a run, and the updater whose state they change. */
import { type Jitted, jit, tf } from '../../tensorflow/index.js';
import { Updater } from '../optimizer/index.js';
import type { TrainValues } from '../options.js';
import type { Network } from './network.js';
import type { Objective } from './objective.js';
import {
  type StepInput,
  type StepSettings,
  stepSettings,
  trainingStep,
  validationStep,
} from './step.js';

export interface TrainingPlace {
  learningRate: number;
  /** Undefined where the optimizer's option decides. */
  momentum?: number | undefined;
  /** Names the step among all of the run: dropout depends on it. */
  key: string;
  /** Whether the weights change: with accumulated gradients, only after the last batch of a step. */
  isLast: boolean;
  /** With several workers, numbers that are added up over them. */
  asked?: readonly number[];
}

/** Each function takes over the tensors of its input. `dispose` frees the traces and the optimizer's state. */
export class JittedSteps {
  readonly updater: Updater;
  /** Numbers that a step of training changes. */
  readonly trained: number;
  private trainBatch: Jitted<ReturnType<typeof trainingStep>>;
  private readonly validateBatch: Jitted<ReturnType<typeof validationStep>>;
  /** Follows the last batch of a step when gradients are accumulated. */
  private readonly takeStep: Jitted<(settings: StepSettings) => void>;

  constructor(
    private readonly network: Network,
    private readonly values: TrainValues,
    private readonly objective: Objective,
    workers?: { bucketMB: number },
  ) {
    const updater = new Updater(network.variables, values, workers);
    this.updater = updater;
    this.trained = network.variables.reduce((sum, { variable }) => sum + variable.size, 0);
    this.trainBatch = this.newTrainBatch();
    this.validateBatch = jit(validationStep({ network, objective }), { optimize: true });
    this.takeStep = jit(({ learningRate, momentum }) => updater.step(learningRate, momentum));
  }

  /** Frees the traces of training: images of another size follow. */
  forgetSize(): void {
    this.trainBatch.dispose();
    this.trainBatch = this.newTrainBatch();
  }

  /** Trains on a batch; the result is the objective's sums. */
  async train({ tensors, share }: StepInput, place: TrainingPlace) {
    const { learningRate, momentum, key, isLast, asked } = place;
    const settings = stepSettings(learningRate, key, momentum, asked);
    try {
      const result = await (share === undefined
        ? this.trainBatch.async(tensors, settings)
        : this.trainBatch.async(tensors, settings, share));
      if (this.values.accumulate > 1 && isLast) {
        await this.takeStep.async(settings);
      }
      return result;
    } finally {
      tf.dispose([{ ...tensors }, { ...settings }]);
    }
  }

  /** Predicts a batch; the result is that of {@link train}. */
  async validate({ tensors }: StepInput) {
    try {
      return await this.validateBatch.async(tensors);
    } finally {
      tf.dispose({ ...tensors });
    }
  }

  dispose(): void {
    for (const step of [this.trainBatch, this.validateBatch, this.takeStep]) {
      step.dispose();
    }
    this.updater.dispose();
  }

  private newTrainBatch() {
    const { network, updater, objective, values } = this;
    // Only passes without gradients gain by being optimised.
    const options = { precision: values.precision, optimize: network.isSplit };
    return jit(trainingStep({ network, updater, objective }), options);
  }
}
