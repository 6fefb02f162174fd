/** LoRA: products of low rank that are trained beside the frozen matrices of an imported network. */
import { expected } from '../../errors.js';
import {
  factorNames,
  GraphLayer,
  type Matrix,
  matricesOf,
  withFactors,
} from '../../graph/index.js';
import type { Classifier } from '../../model/index.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { tf } from '../../tensorflow/index.js';
import type { NamedVariable } from '../optimizer/index.js';
import { Slots } from '../optimizer/slots.js';

export const loraOptions = {
  loraRank: {
    type: 'integer',
    default: 8,
    min: 1,
    max: 1024,
    help: 'rank of the product that is trained beside each matrix',
    appliesWith: { option: 'trainable', choices: ['lora'] },
  },
} as const satisfies OptionTable;

interface LoraValues extends OptionValues<typeof loraOptions> {
  seed: number;
}

/** α of the paper: products count by α / rank, so that the best learning rate hardly depends on the rank. */
const alpha = 16;

interface Adapter extends Matrix {
  down: tf.Variable;
  up: tf.Variable;
}

/**
 * While it lives, a trunk computes x · W + (α / rank) · x · down · up for each matrix W (Hu et al. 2021,
 * https://arxiv.org/abs/2106.09685). `down` begins with random numbers, `up` with zeros. `merge` ends it.
 */
export class LowRank extends Slots {
  /** The factors, which are trained. */
  readonly variables: NamedVariable[] = [];
  private readonly layer: GraphLayer;
  private readonly scale: number;
  private readonly adapters: Adapter[];

  /** @throws InvalidInputError as {@link adaptableLayer} does */
  constructor(classifier: Classifier, { loraRank, seed }: LoraValues) {
    super();
    this.layer = adaptableLayer(classifier);
    this.scale = alpha / loraRank;
    const { graph, outputs } = this.layer;
    this.adapters = tf.tidy(() =>
      matricesOf(graph, outputs).map((matrix, i) => {
        const { weight, inputs, outputs } = matrix;
        // As the authors' code draws them: https://github.com/microsoft/LoRA.
        const limit = 1 / Math.sqrt(inputs);
        const shape = [inputs, loraRank];
        const random = tf.randomUniform(shape, -limit, limit, 'float32', seed + i + 1);
        const names = factorNames(weight);
        const down = this.factor(names.down, random);
        const up = this.factor(names.up, tf.zeros([loraRank, outputs]));
        return { ...matrix, down, up };
      }),
    );
    this.layer.extend(
      withFactors(graph, outputs, { rank: loraRank, scale: this.scale }),
      this.variables.map(({ variable }) => variable),
    );
  }

  /** The result of `work`, during which the weights are those of a plain model that computes the same. */
  async merged<Result>(work: () => Promise<Result>): Promise<Result> {
    const weights = this.adapters.map(({ weight }) => this.layer.variable(weight));
    const before = weights.map((weight) => weight.read().clone());
    this.addProducts();
    try {
      return await work();
    } finally {
      // To subtract what was added would round.
      weights.forEach((weight, i) => {
        weight.write(before[i] as tf.Tensor);
      });
      tf.dispose(before);
    }
  }

  /** Leaves a plain model that computes the same, and frees the factors. */
  merge(): void {
    this.addProducts();
    this.layer.extend();
    this.dispose();
  }

  private factor(name: string, initial: tf.Tensor): tf.Variable {
    const fullName = `${this.layer.name}/${name}`;
    const variable = this.create('factor', fullName, initial);
    variable.trainable = true;
    this.variables.push({ name: fullName, variable });
    return variable;
  }

  private addProducts(): void {
    for (const { weight, isTransposed, down, up } of this.adapters) {
      const variable = this.layer.variable(weight);
      tf.tidy(() => {
        const product = isTransposed
          ? tf.matMul(up as tf.Tensor2D, down as tf.Tensor2D, true, true)
          : tf.matMul(down as tf.Tensor2D, up as tf.Tensor2D);
        variable.write(variable.read().add(product.mul(this.scale)));
      });
    }
  }
}

/**
 * The layer with the matrices of an imported transformer.
 *
 * @throws InvalidInputError when the classifier's network is none, or has no matrix before its head
 */
export function adaptableLayer({
  model,
  network,
}: Pick<Classifier, 'model' | 'network'>): GraphLayer {
  const layer = model.layers.find((each) => each instanceof GraphLayer);
  if (layer === undefined || matricesOf(layer.graph, layer.outputs).length === 0) {
    const remedy =
      'LoRA needs an imported transformer: choose trainable biases-and-norms, which fits every network';
    throw expected('a network with matrices before its head', 'trainable lora', network, remedy);
  }
  return layer;
}
