/** The last map of a network of layers: the last value that still has places of the image. */
import { type Classifier, isLogits } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';

/** A network that is cut behind its last map. */
export interface CutNetwork {
  /** [images, height, width, channels] of images, [images, side, side, 3]. */
  mapsOf(images: tf.Tensor): tf.Tensor4D;
  /** Unnormalised scores, [images, classes], of maps. */
  logitsOf(maps: tf.Tensor): tf.Tensor2D;
}

/**
 * Cuts the network of a classifier of one head behind the last output of a layer that has more places than one; mostly it is the
 * activation of the last convolution. Undefined where there is none before the head that all of it depends on, as in transformers,
 * whose tokens have no places, and in imported graphs.
 */
export function cutNetwork({ model }: Pick<Classifier, 'model'>): CutNetwork | undefined {
  const logits = model.layers.find(({ name }) => isLogits(name))?.output as tf.SymbolicTensor;
  const map = [...model.layers]
    .reverse()
    .map(({ output }) => output as tf.SymbolicTensor)
    .find(isMap);
  if (map === undefined || !dependsOnlyOn(logits, new Map([[map.id, true]]))) {
    return undefined;
  }
  const before = tf.model({ inputs: model.inputs, outputs: map });
  return {
    mapsOf: (images) => before.apply(images, { training: false }) as tf.Tensor4D,
    logitsOf: (maps) => valueBehind(map, maps, logits) as tf.Tensor2D,
  };
}

const isMap = (output: tf.SymbolicTensor | tf.SymbolicTensor[]): boolean =>
  !Array.isArray(output) &&
  output.shape.length === 4 &&
  output.shape.slice(1, 3).some((side) => (side ?? 2) > 1) &&
  output.inputs.length > 0;

/**
 * Whether a value can be computed of the map alone.
 *
 * @param known the answers so far, at first that of the map: each residual block doubles the ways to it
 */
function dependsOnlyOn(value: tf.SymbolicTensor, known: Map<number, boolean>): boolean {
  const earlier = known.get(value.id);
  if (earlier !== undefined) {
    return earlier;
  }
  const does =
    value.inputs.length > 0 && value.inputs.every((input) => dependsOnlyOn(input, known));
  known.set(value.id, does);
  return does;
}

/** The value of `wanted` where `map` is `given`. */
function valueBehind(
  map: tf.SymbolicTensor,
  given: tf.Tensor,
  wanted: tf.SymbolicTensor,
): tf.Tensor {
  const known = new Map([[map.id, given]]);
  const computed = (symbol: tf.SymbolicTensor): tf.Tensor => {
    const earlier = known.get(symbol.id);
    if (earlier !== undefined) {
      return earlier;
    }
    const inputs = symbol.inputs.map(computed);
    const result = symbol.sourceLayer.apply(
      inputs.length === 1 ? (inputs[0] as tf.Tensor) : inputs,
      {
        training: false,
      },
    );
    const value = [result].flat()[symbol.outputTensorIndex ?? 0] as tf.Tensor;
    known.set(symbol.id, value);
    return value;
  };
  return computed(wanted);
}
