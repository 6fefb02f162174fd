/** What the losses of ordered classes share. */
import { tf } from '../../../tensorflow/index.js';
import type { RowLosses } from '../loss.js';

/** A loss of ordered classes in the list of all of them, `list.ts`. */
export interface OrderedLoss {
  /** A few words for `--help`. */
  help: string;
  /** The loss of each row, where the classes from number `from` on, at least two, are ordered; 0 for a row of zeros. */
  losses(from: number): RowLosses;
}

/** The columns of the ordered classes, [rows, ordered]. */
export const orderedOf = (tensor: tf.Tensor2D, from: number): tf.Tensor2D =>
  tf.slice(tensor, [0, from], [-1, -1]);
