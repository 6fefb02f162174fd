/** The weights that a Keras model is built with before those of its file are put in their place. */
import { tf } from '../../tensorflow/index.js';

/** The weights of layers that have an initializer in their configuration. */
const weights = [
  'depthwise',
  'pointwise',
  'kernel',
  'bias',
  'alpha',
  'gamma',
  'beta',
  'moving_mean',
  'moving_variance',
];

/** Few enough to take no memory that counts: where a file lacks some of its weights, they are then told by their names. */
const slack = 2 ** 20;

/** A model in JSON, as `topologyJson` gives it. */
interface ModelJson {
  config: { layers: { class_name: string; config: object }[] };
}

/** The numbers that weights may still have: building is synchronous, so it is that of one model. */
let left = 0;

/** Zeros, since random numbers take time, for no more weights than the file has: a layer may have any number of units. */
class StoredZeros extends tf.serialization.Serializable {
  static readonly className = 'StoredZeros';

  apply(shape: number[], dtype?: tf.DataType): tf.Tensor {
    left -= tf.util.sizeFromShape(shape);
    if (left < 0) {
      throw new Error(`a weight [${shape}], for which the file has too few numbers`);
    }
    return tf.zeros(shape, dtype);
  }

  getConfig() {
    return {};
  }
}

tf.serialization.registerClass(StoredZeros as never);

/**
 * The model of a configuration, with weights of zeros.
 *
 * @param numbers that the file has for weights
 * @throws Error when layers do not fit together, and when their weights have more numbers
 */
export function buildModel(json: ModelJson, numbers: number): Promise<tf.LayersModel> {
  const layers = json.config.layers.map((layer) => ({
    ...layer,
    config: { ...layer.config, ...initializersOf(layer.class_name) },
  }));
  left = numbers + slack;
  return tf.models.modelFromJSON({ ...json, config: { ...json.config, layers } } as never);
}

function initializersOf(className: string): object {
  if (className === 'InputLayer') {
    return {};
  }
  const zeros = { class_name: StoredZeros.className, config: {} };
  // tfjs refuses a kernel's initializer for a layer that has two kernels.
  const own = weights.filter((weight) => weight !== 'kernel' || className !== 'SeparableConv2D');
  return Object.fromEntries(own.map((weight) => [`${weight}_initializer`, zeros]));
}
