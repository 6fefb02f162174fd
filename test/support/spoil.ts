/** Makes a weight of a model not finite, as a training that diverges does. */
import { tf } from '../../src/tensorflow/index.js';

/** Fills the first weight whose name ends in `name` with NaN. */
export function spoil(model: tf.LayersModel, name: string): void {
  const weight = model.weights.find(({ originalName }) => originalName.endsWith(name));
  tf.tidy(() => {
    weight?.write(tf.fill(weight.shape as number[], Number.NaN));
  });
}
