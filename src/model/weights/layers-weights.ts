/** Takes a network's weights from a tfjs `model.json`, such as tensorflowjs_converter makes of Keras's models. */
import { expected } from '../../errors.js';
import { tf } from '../../tensorflow/index.js';
import { readModelJson } from './model-json.js';

/**
 * Sets every weight before the head by its name, `conv1_conv/kernel`; what else the file holds is let be.
 *
 * @throws InvalidInputError for `true`, as no weights are published for set-up to fetch, and when the
 *   file lacks a weight or a shape differs
 */
export async function loadLayersWeights(
  model: tf.LayersModel,
  source: true | string,
): Promise<void> {
  if (source === true) {
    throw expected(
      'the path of a tfjs model.json or false',
      'pretrained',
      source,
      `No package carries ImageNet weights of ${model.name}: convert Keras's, or begin with random ones (--no-pretrained)`,
    );
  }
  const { weightSpecs, data } = await readModelJson(source);
  const values = tf.io.decodeWeights(data.buffer as ArrayBuffer, weightSpecs);
  try {
    for (const layer of model.layers) {
      if (layer.name !== 'logits') {
        layer.setWeights(weightsOf(layer, values, source));
      }
    }
  } finally {
    tf.dispose(values);
  }
}

function weightsOf(layer: tf.layers.Layer, values: tf.NamedTensorMap, file: string): tf.Tensor[] {
  return layer.weights.map(({ originalName: name, shape }) => {
    const value = values[name];
    if (String(value?.shape) !== String(shape)) {
      throw expected(`shape [${shape}]`, `${name} in ${file}`, value ? `[${value.shape}]` : 'none');
    }
    return value as tf.Tensor;
  });
}
