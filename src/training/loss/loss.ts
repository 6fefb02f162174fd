/** What all losses share. */
import type { OptionTable } from '../../options.js';
import type { tf } from '../../tensorflow/index.js';

/** The loss of each row in nats, from logits and targets [rows, classes]. The gradient flows to the logits alone. */
export type RowLosses = (logits: tf.Tensor2D, targets: tf.Tensor2D) => tf.Tensor1D;

/** A loss in the list of all of them, `list.ts`. */
export interface LossEntry<Values = never> {
  /** A few words for `--help`. */
  help: string;
  /** Its own options. An option that several have is declared in one of them. */
  options: OptionTable;
  /** The loss where each image has one class: the probabilities are the softmax of the logits. 0 for a row of zeros. */
  softmax(values: Values): RowLosses;
  /** The loss where an image has any number of classes, each with the sigmoid of its logit: the mean over the classes. */
  sigmoid(values: Values): RowLosses;
}
