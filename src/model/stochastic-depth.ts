/** Stochastic depth: in training, images skip residual branches at random (Huang et al. 2016, https://arxiv.org/abs/1603.09382). */
import { branchOf, GraphLayer, type Origin, residualSums } from '../graph/index.js';
import { keyedDropout, tf } from '../tensorflow/index.js';
import { Add, type Drop } from './layers/add.js';
import { keyOf } from './layers/dropout.js';

/** Sets what happens to one residual branch in training; undefined for nothing. */
type Place = { name: string; set(drop: Drop | undefined): void };

/**
 * From now on a training step drops residual branch l of L with the probability rate · l / L, for each image by itself, and
 * divides what it keeps by the probability of keeping it. With 0 nothing is dropped. Prediction and saved models stay as they are.
 * A block whose shortcut has weights is never dropped.
 *
 * @returns the number of residual branches
 */
export function setStochasticDepth(model: tf.LayersModel, rate: number): number {
  const places = model.layers.flatMap(placesIn);
  places.forEach(({ name, set }, i) => {
    const own = (rate * (i + 1)) / places.length;
    set(own === 0 ? undefined : dropWith(own, name));
  });
  return places.length;
}

const dropWith =
  (rate: number, name: string): Drop =>
  (branch, axis, key, share) => {
    const shape = branch.shape.map((side, i) => (i === axis ? side : 1));
    return keyedDropout(branch, rate, tf.add(key, keyOf(name)) as tf.Tensor1D, shape, share, axis);
  };

function placesIn(layer: tf.layers.Layer): Place[] {
  if (layer instanceof GraphLayer) {
    return residualSums(layer.graph, layer.outputs).map(({ node, branch }) => ({
      name: `${layer.name}/${node.outputs[0]}`,
      set: (drop) => layer.setDrop(node, drop && { input: branch, drop }),
    }));
  }
  const branch = layer instanceof Add ? branchOfLayer(layer) : undefined;
  return branch === undefined
    ? []
    : [
        {
          name: layer.name,
          set: (drop) => {
            (layer as Add).drop = drop && { input: branch, drop };
          },
        },
      ];
}

/** Of a sum of two values of one shape. */
function branchOfLayer({ input }: Add): number | undefined {
  const [first, second, third] = [input].flat() as (tf.SymbolicTensor | undefined)[];
  const isPair = first && second && !third && String(first.shape) === String(second.shape);
  return isPair ? branchOf([first, second], originOf) : undefined;
}

function originOf({
  sourceLayer,
  inputs,
}: tf.SymbolicTensor): Origin<tf.SymbolicTensor> | undefined {
  if (inputs.length === 0) {
    return undefined;
  }
  return { inputs, learns: sourceLayer.weights.some(({ shape }) => shape.length > 1) };
}
