/** The part of a classifier before its heads: its forward pass as one optimised function, and a digest that tells it from others. */
import { sha256OfPieces } from '../disk/index.js';
import { type Classifier, featuresOf, weightsOf } from '../model/index.js';
import { type Jitted, jit, tf } from '../tensorflow/index.js';

/** Images, [images, side, side, 3], to what enters the heads, [images, features]. */
type TrunkForward = (images: tf.Tensor) => tf.Tensor2D;

export interface Trunk {
  model: tf.LayersModel;
  forward: Jitted<TrunkForward>;
  /** Numbers for each image. */
  features: number;
}

const known = new WeakMap<tf.LayersModel, Trunk>();

/** One for full batches, and a few for the last ones. */
const maxTraces = 4;

/** The trunk of a classifier, which shares its weights. It is traced again when weights have changed. */
export function trunkOf(classifier: Pick<Classifier, 'model'>): Trunk {
  const earlier = known.get(classifier.model);
  if (earlier !== undefined) {
    return earlier;
  }
  const model = featuresOf(classifier);
  const [output] = model.outputs as [tf.SymbolicTensor];
  const features = output.shape.slice(1).reduce<number>((size, side) => size * (side ?? 1), 1);
  // Held weakly, so that the function is freed with the classifier.
  const weak = new WeakRef(model);
  const forward = jit(
    function trunk(images: tf.Tensor): tf.Tensor2D {
      const rows = (weak.deref() as tf.LayersModel).apply(images, { training: false });
      return tf.reshape(rows as tf.Tensor, [-1, features]);
    },
    { frozen: true, maxTraces },
  );
  const made = { model, forward, features };
  known.set(classifier.model, made);
  return made;
}

/** Parts of a layer's configuration that do not change what it computes. */
const withoutEffect = /^(name|trainable|batch_input_shape|\w*[iI]nitializer)$/;

/**
 * A digest of the weights and the layers of a trunk, SHA-256 in hex. It does not depend on names, nor on what is trained: the
 * same network has the same digest in each process.
 */
export function digestOfTrunk({ model }: Pick<Trunk, 'model'>): string {
  return sha256OfPieces(partsOf(model));
}

function* partsOf(model: tf.LayersModel): Generator<string | Uint8Array> {
  for (const layer of model.layers) {
    const config = layer.getConfig();
    const before = layer.inboundNodes.flatMap(({ inboundLayers }) =>
      inboundLayers.map((each) => model.layers.indexOf(each)),
    );
    yield JSON.stringify([layer.getClassName(), before, config], (key, value) =>
      withoutEffect.test(key) ? undefined : value,
    );
  }
  for (const { shape, values } of weightsOf(model)) {
    yield JSON.stringify(shape);
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}
