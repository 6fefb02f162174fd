/** Linear probe: multinomial logistic regression on features, trained to its minimum. */
import { checkArguments, type ShapeOf } from '../arguments.js';
import { resolveOptions } from '../options.js';
import { jit, tf } from '../tensorflow/index.js';
import { checkLabelled, checkRows, type LabelledRows, labelledShape } from './labelled-rows.js';
import { minimise, type Slope } from './lbfgs.js';

export const probeOptions = {
  l2: {
    type: 'number',
    default: 0.03,
    min: 0,
    max: 1e6,
    help: 'penalty: half of it times the sum of the squared weights is added to the mean loss',
  },
  steps: { type: 'integer', default: 300, min: 1, max: 100_000, help: 'most steps of L-BFGS' },
} as const;

/** A request to {@link linearProbe}. */
export interface ProbeRequest extends LabelledRows {
  /**
   * Default 0.03. Half of it, times the sum of the squared weights of standardised features, is added to the mean cross-entropy:
   * scikit-learn's C is 1 / (images · l2).
   */
  l2?: number | undefined;
  /** Most steps of L-BFGS; default 300. */
  steps?: number | undefined;
}

const shape = { ...labelledShape, ...probeOptions } satisfies ShapeOf<ProbeRequest>;

/** A trained probe: probabilities are softmax(rows · kernel + bias). */
export interface LinearProbe {
  /** [columns, classes], of features as they are. */
  kernel: Float32Array;
  /** [classes] */
  bias: Float32Array;
  /** The mean cross-entropy of the rows that it was trained on, with the penalty, in nats. */
  loss: number;
  /** Steps that were taken. */
  steps: number;
  /** Probabilities, [images, classes], of rows, [images, columns]. */
  probabilities(rows: Float32Array): Promise<Float32Array>;
}

/** The largest part of the gradient that counts as none. */
const tolerance = 1e-5;

/**
 * Trains a linear classifier on features by full-batch L-BFGS. Each feature is standardised by its mean and deviation in `rows`.
 * The bias is not penalised. The same rows give the same probe on the same machine.
 *
 * @throws InvalidInputError when an argument is missing, of another kind or out of its range, and when lengths do not fit
 */
export async function linearProbe(request: ProbeRequest): Promise<LinearProbe> {
  checkArguments('linearProbe', request, shape);
  checkLabelled(request);
  const { columns, classes, l2, steps } = request;
  const values = resolveOptions(probeOptions, { l2, steps });
  const scaling = scalingOf(request);
  const objective = new Objective(request, scaling, values.l2);
  try {
    const start = new Float64Array((columns + 1) * classes);
    const limits = { steps: values.steps, tolerance };
    const minimum = await minimise((point) => objective.slopeAt(point), start, limits);
    const { kernel, bias } = unscaled(minimum.point, scaling, classes);
    return {
      kernel,
      bias,
      loss: minimum.value,
      steps: minimum.steps,
      probabilities: (rows) => probabilitiesOf(rows, kernel, bias),
    };
  } finally {
    objective.dispose();
  }
}

/** Of each feature. */
interface Scaling {
  mean: Float64Array;
  /** 1 for a feature that does not vary. */
  deviation: Float64Array;
}

function scalingOf({ rows, columns, labels }: LabelledRows): Scaling {
  const mean = new Float64Array(columns);
  rows.forEach((value, at) => {
    mean[at % columns] = (mean[at % columns] as number) + value / labels.length;
  });
  const variance = new Float64Array(columns);
  rows.forEach((value, at) => {
    const column = at % columns;
    const distance = value - (mean[column] as number);
    variance[column] = (variance[column] as number) + distance ** 2 / labels.length;
  });
  return { mean, deviation: variance.map((each) => Math.sqrt(each) || 1) };
}

/** The penalised loss as a function of the weights, [columns, classes], and the biases behind them. */
class Objective {
  private readonly rows: tf.Tensor2D;
  private readonly targets: tf.Tensor2D;
  private readonly slope;

  constructor({ rows, columns, labels, classes }: LabelledRows, scaling: Scaling, l2: number) {
    const { mean, deviation } = scaling;
    const scaled = rows.map((value, at) => {
      const column = at % columns;
      return (value - (mean[column] as number)) / (deviation[column] as number);
    });
    this.rows = tf.tensor2d(scaled, [labels.length, columns]);
    this.targets = tf.tidy(() =>
      tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), classes, 1, 0, 'float32'),
    ) as tf.Tensor2D;
    const weights = columns * classes;
    this.slope = jit(function probeLoss(x: tf.Tensor2D, y: tf.Tensor2D, point: tf.Tensor1D) {
      const kernel = point.slice(0, weights).reshape<tf.Tensor2D>([columns, classes]);
      const logits = x.matMul(kernel).add(point.slice(weights)) as tf.Tensor2D;
      const logs = tf.logSoftmax(logits);
      const residuals = logs.exp().sub(y).div(labels.length) as tf.Tensor2D;
      const loss = logs.mul(y).sum().div(-labels.length);
      const penalty = kernel
        .square()
        .sum()
        .mul(l2 / 2);
      const gradient = x.matMul(residuals, true).add(kernel.mul(l2));
      const parts = [loss.add(penalty).reshape([1]), gradient.reshape([-1]), residuals.sum(0)];
      return tf.concat(parts as tf.Tensor1D[]);
    });
  }

  async slopeAt(point: Float64Array): Promise<Slope> {
    const given = tf.tensor1d(Float32Array.from(point));
    const result = await this.slope.async(this.rows, this.targets, given);
    const [value, ...gradient] = await result.data();
    tf.dispose([given, result]);
    return { value: value as number, gradient: Float64Array.from(gradient) };
  }

  dispose(): void {
    this.slope.dispose();
    tf.dispose([this.rows, this.targets]);
  }
}

/** The weights and biases for features as they are. */
function unscaled(point: Float64Array, { mean, deviation }: Scaling, classes: number) {
  const columns = mean.length;
  const kernel = new Float32Array(columns * classes);
  const bias = point.slice(columns * classes);
  for (let at = 0; at < kernel.length; at++) {
    const column = Math.floor(at / classes);
    const weight = (point[at] as number) / (deviation[column] as number);
    kernel[at] = weight;
    bias[at % classes] = (bias[at % classes] as number) - weight * (mean[column] as number);
  }
  return { kernel, bias: Float32Array.from(bias) };
}

async function probabilitiesOf(rows: Float32Array, kernel: Float32Array, bias: Float32Array) {
  const columns = kernel.length / bias.length;
  checkRows('rows', rows, columns);
  const result = tf.tidy(() => {
    const logits = tf
      .tensor2d(rows, [rows.length / columns, columns])
      .matMul(tf.tensor2d(kernel, [columns, bias.length]));
    return tf.softmax(logits.add(tf.tensor1d(bias)));
  });
  try {
    return (await result.data()) as Float32Array;
  } finally {
    result.dispose();
  }
}
