/** A loss as if some classes were not there. */
import { tf } from '../../tensorflow/index.js';
import type { RowLosses } from './loss.js';

/** `losses` of all columns but those of the classes in `leftOut`. A row whose class is one of them has the loss 0. */
export function without(losses: RowLosses, leftOut: readonly number[] = []): RowLosses {
  if (leftOut.length === 0) {
    return losses;
  }
  return (logits, targets) => {
    const all = [...Array(targets.shape[1]).keys()];
    const left = tf.tensor1d(
      all.filter((label) => !leftOut.includes(label)),
      'int32',
    );
    return losses(tf.gather(logits, left, 1), tf.gather(targets, left, 1));
  };
}
