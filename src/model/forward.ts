/** The forward pass of a classifier as one optimised function, which is kept with its model. */
import { type Jitted, jit, type tf } from '../tensorflow/index.js';
import type { Classifier } from './classifier.js';

/**
 * Windows, [images · views, side, side, 3], to probabilities, [images, classes]: the mean over the `views` windows of each
 * image, which follow each other.
 */
type Forward = (windows: tf.Tensor, views: number) => tf.Tensor2D;

const known = new WeakMap<tf.LayersModel, Jitted<Forward>>();

/** One for the usual batches, and a few for requests of fewer images. */
const maxTraces = 4;

/** The classifier's forward pass. It is traced again when weights have changed, and follows them if they change often. */
export function forwardOf({
  model,
  classes,
}: Pick<Classifier, 'model' | 'classes'>): Jitted<Forward> {
  const forward = known.get(model);
  if (forward !== undefined) {
    return forward;
  }
  // Held weakly, so that the function is freed with the model.
  const weak = new WeakRef(model);
  const made = jit(
    function forward(windows: tf.Tensor, views: number): tf.Tensor2D {
      const rows = (weak.deref() as tf.LayersModel).apply(windows, { training: false });
      return (rows as tf.Tensor).reshape([-1, views, classes.length]).mean(1);
    },
    { frozen: true, maxTraces },
  );
  known.set(model, made);
  return made;
}
