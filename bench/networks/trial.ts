/** Trains an imported network with a batch, and measures how far it is from what torch computed. */
import { GraphLayer, type ProgramWeight } from '../../src/graph/index.js';
import type { Imported } from '../../src/import/index.js';
import type { NamedTensor, NamedTensors } from '../../src/model/weights/index.js';
import { jit, tf } from '../../src/tensorflow/index.js';

/** Steps of plain gradient descent, and their learning rate. */
const stepCount = 20;
const learningRate = 0.001;

/**
 * A gradient is compared as if it had this share of the longest one's length at least. Shorter ones may be rounding errors of zero:
 * a softmax does not depend on a bias that all its inputs share. A short gradient that is wrong as a whole still fails.
 */
const leastLength = 1e-3;

/**
 * An imported network with its own head, and a batch to train it with, which it disposes of. Distances are lengths of differences, as
 * shares of the length of the tensor that torch computes.
 */
export class Trial {
  private readonly layer: GraphLayer;
  private readonly classes: tf.Tensor;

  constructor(
    { record: { name, graph }, weights }: Imported,
    private readonly images: tf.Tensor,
  ) {
    if (graph === undefined) {
      throw new Error(`${name} has no graph`);
    }
    this.layer = new GraphLayer({ name, graph, outputs: graph.outputs });
    const output = this.layer.apply(tf.input({ shape: images.shape.slice(1) }));
    tf.tidy(() =>
      this.layer.setWeights(this.layer.weights.map((weight) => kept(weights, this.inFile(weight)))),
    );
    const [, classCount] = (output as tf.SymbolicTensor).shape;
    this.classes = tf.oneHot(tf.range(0, images.shape[0], 1, 'int32'), classCount as number);
  }

  /** Compares those of the loss with frozen normalisation. What only one of both trains has the gradient zero in the other. */
  gradients(wanted: NamedTensors) {
    const computed = this.computedGradients();
    const [narrow, exact] = ['float32', 'float64'].map((kind) => valuesOf(wanted, kind)) as [
      Map<string, Float32Array>,
      Map<string, Float32Array>,
    ];
    const least = leastLength * Math.max(...[...exact.values()].map(lengthOf));
    const rows = [...new Map([...computed, ...exact])].map(([name, { length }]) => {
      const [ours, torch, yardstick] = [computed, narrow, exact].map(
        (gradients) => gradients.get(name) ?? new Float32Array(length),
      ) as [Float32Array, Float32Array, Float32Array];
      return {
        name,
        ours: distance(ours, yardstick, least),
        torch: distance(torch, yardstick, least),
      };
    });
    const worst = rows.reduce((most, row) => (row.ours > most.ours ? row : most));
    return {
      parameters: [...computed.values()].reduce((sum, { length }) => sum + length, 0),
      gradient: worst.ours,
      weight: worst.name,
      torch: Math.max(...rows.map(({ torch }) => torch)),
    };
  }

  /** By the names of the weights in the file, with its axes. */
  private computedGradients(): Map<string, Float32Array> {
    const variables = this.variables();
    const compute = jit(() => {
      const { grads } = tf.variableGrads(() => this.loss(false), variables);
      return variables.map(({ name }) => grads[name] as tf.Tensor);
    });
    const gradients = compute();
    compute.dispose();
    const named = this.layer.trainableWeights.map((weight, index): [string, Float32Array] => {
      const { name, axes } = this.inFile(weight);
      const back = axes.map((_, axis) => axes.indexOf(axis));
      const values = tf.tidy(() => (gradients[index] as tf.Tensor).transpose(back).dataSync());
      return [name, values as Float32Array];
    });
    tf.dispose(gradients);
    return new Map(named);
  }

  /** Compares those after one pass in training. */
  averages(wanted: NamedTensors) {
    const pass = jit(() => this.layer.call(this.images, { training: true }));
    tf.dispose(pass());
    pass.dispose();
    const computed = new Map(
      this.layer.nonTrainableWeights.map((weight) => [
        this.inFile(weight).name,
        weight.read().dataSync() as Float32Array,
      ]),
    );
    const distances = [...valuesOf(wanted, 'averages')].map(([name, values]) =>
      distance(computed.get(name) ?? values.map(() => 0), values),
    );
    return { average: Math.max(0, ...distances) };
  }

  /** The loss before the first step and the last one. */
  losses() {
    const optimizer = tf.train.sgd(learningRate);
    const variables = this.variables();
    const step = jit(() => optimizer.minimize(() => this.loss(true), true, variables) as tf.Scalar);
    const losses = Array.from({ length: stepCount }, () => {
      const loss = step();
      const [value] = loss.dataSync();
      loss.dispose();
      return value as number;
    });
    step.dispose();
    return { firstLoss: losses[0] as number, lastLoss: losses.at(-1) as number };
  }

  dispose(): void {
    this.layer.dispose();
    this.images.dispose();
    this.classes.dispose();
  }

  private loss(training: boolean): tf.Scalar {
    const logits = this.layer.call(this.images, { training }) as tf.Tensor;
    return tf.losses.softmaxCrossEntropy(this.classes, logits);
  }

  private variables(): tf.Variable[] {
    return this.layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }

  private inFile({ originalName }: tf.LayerVariable): ProgramWeight {
    return this.layer.fileWeight(originalName.slice(this.layer.name.length + 1)) as ProgramWeight;
  }
}

/** The tensor of a weight with its axes as the layer keeps them. */
function kept(tensors: NamedTensors, { name, axes }: ProgramWeight): tf.Tensor {
  const { values, shape } = tensors.get(name) as NamedTensor;
  return tf.tidy(() => tf.tensor(values, shape).transpose(axes));
}

/** What torch computed of one kind, by the names of weights. */
const valuesOf = (tensors: NamedTensors, kind: string): Map<string, Float32Array> =>
  new Map(
    [...tensors]
      .filter(([key]) => key.startsWith(`${kind}/`))
      .map(([key, { values }]) => [key.slice(kind.length + 1), values]),
  );

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** As a share of the length of `wanted`, or of `least` if that is longer. NaN is far from everything. */
function distance(actual: Float32Array, wanted: Float32Array, least = 0): number {
  const difference = lengthOf(actual.map((value, index) => value - (wanted[index] as number)));
  return Number.isNaN(difference)
    ? Number.POSITIVE_INFINITY
    : difference / (Math.max(lengthOf(wanted), least) || 1);
}
