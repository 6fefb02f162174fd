/** Random weights for a graph: each is drawn by what the graph does with it. */
import { missing } from '../../errors.js';
import type { Graph, GraphLayer, ProgramWeight } from '../../graph/index.js';
import { tf } from '../../tensorflow/index.js';

type Role = 'kernel' | 'matrix' | 'scale' | 'shift';

/** What the inputs of an operation are, in their order. */
const roles: Record<string, (Role | undefined)[]> = {
  Conv: [undefined, 'kernel', 'shift'],
  Gemm: [undefined, 'matrix', 'shift'],
  MatMul: ['matrix', 'matrix'],
  // Of the running statistics, a mean is a shift and a variance a scale.
  BatchNormalization: [undefined, 'scale', 'shift', 'shift', 'scale'],
  InstanceNormalization: [undefined, 'scale', 'shift'],
  LayerNormalization: [undefined, 'scale', 'shift'],
};

/** Operations that pass a weight on to the one that tells its role: the last ones standardise it, as some kernels are. */
const passing = [
  'Cast',
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'BatchNormalization',
];

/**
 * Sets the weights of a built layer: kernels by He et al. (https://arxiv.org/abs/1502.01852), matrices by Glorot and Bengio
 * (https://proceedings.mlr.press/v9/glorot10a.html), scales and variances 1, biases and means 0.
 *
 * @throws InvalidInputError for a weight of another role, such as the positions of a vision transformer
 */
export function drawWeights(layer: GraphLayer, seed: number): void {
  const found = rolesIn(layer.graph);
  tf.tidy(() =>
    layer.setWeights(
      layer.weights.map(({ originalName }, index) => {
        const name = originalName.slice(layer.name.length + 1);
        const weight = layer.fileWeight(name) as ProgramWeight;
        return drawn(weight, found.get(weight.name), seed + index);
      }),
    ),
  );
}

/** The roles of the weights of a graph, by name; of some none is known. */
function rolesIn({ nodes, weights }: Graph): Map<string, Role> {
  const found = new Map<string, Role>();
  const ranks = new Map(weights.map(({ name, shape }) => [name, shape.length]));
  /** Weights by the values that they are, also in another shape. */
  const sources = new Map(weights.map(({ name }) => [name, name]));
  for (const { operation, inputs, outputs } of nodes) {
    for (const [at, input] of inputs.entries()) {
      const source = sources.get(input);
      const role = source === undefined ? undefined : roleOf(operation, at, ranks.get(source));
      if (source !== undefined && role !== undefined) {
        found.set(source, role);
      } else if (source !== undefined && at === 0 && passing.includes(operation)) {
        sources.set(outputs[0] as string, source);
      }
    }
  }
  return found;
}

/** A matrix product has its bias added apart. */
const roleOf = (operation: string, at: number, rank: number | undefined): Role | undefined =>
  operation === 'Add' && rank === 1 ? 'shift' : roles[operation]?.[at];

function drawn(
  { name, shape, axes }: ProgramWeight,
  role: Role | undefined,
  seed: number,
): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const outputs = shape[axes.indexOf(0)] ?? 1;
  switch (role) {
    case 'kernel':
      return tf.randomNormal(shape, 0, Math.sqrt((2 * outputs) / size), 'float32', seed);
    case 'matrix': {
      const limit = Math.sqrt(6 / (outputs + size / outputs));
      return tf.randomUniform(shape, -limit, limit, 'float32', seed);
    }
    case 'scale':
      return tf.ones(shape);
    case 'shift':
      return tf.zeros(shape);
    default:
      throw missing(
        'an initial value',
        `the weight ${name}`,
        'The graph does not tell how it is drawn. Leave out --no-pretrained (in a program `pretrained: false`): then training begins with the weights of the network',
      );
  }
}
