/** Counts the arithmetic of a model, from its layers. */
import { GraphLayer } from '../graph/index.js';
import { tf } from '../tensorflow/index.js';

/**
 * The multiplications, each with its addition, of a forward pass of one image: those of convolutions and matrix products. The
 * rest is left out, as papers do. Each number of a kernel is used once for each position of the layer's output.
 *
 * @returns undefined for a model with a layer whose arithmetic its weights do not tell
 */
export function multiplyAdds(model: tf.LayersModel): number | undefined {
  let sum = 0;
  for (const layer of model.layers) {
    const count = layer instanceof tf.LayersModel ? multiplyAdds(layer) : ofLayer(layer);
    if (count === undefined) {
      return undefined;
    }
    sum += count;
  }
  return sum;
}

function ofLayer(layer: tf.layers.Layer): number | undefined {
  if (layer instanceof GraphLayer) {
    const [, ...sides] = layer.input instanceof tf.SymbolicTensor ? layer.input.shape : [];
    return layer.multiplyAdds([1, ...(sides as number[])]);
  }
  const { weights, outputShape } = layer;
  const matrices = weights.filter(({ shape }) => shape.length > 1);
  if (matrices.some(({ originalName }) => !/\/\w*kernel$/.test(originalName))) {
    return undefined;
  }
  const [, ...sides] = (outputShape as number[]).slice(0, -1);
  const positions = tf.util.sizeFromShape(sides);
  const numbers = matrices.map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
  return numbers.reduce((sum, each) => sum + positions * each, 0);
}
