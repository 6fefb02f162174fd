/** The objective of a run: of several tasks in one network, and of one whose images have any number of labels, here. */
import type { Task } from '../../dataset/index.js';
import type { Head } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import { binaryCrossEntropies, crossEntropies } from '../loss/cross-entropy.js';
import { type LossValues, rowLosses, trainingLoss } from '../loss/options.js';
import { without } from '../loss/without.js';
import type { Plan } from '../plan.js';
import { type Objective, oneLabel, type Pass, type StepTensors } from '../run/objective.js';
import { labelsOf } from './images.js';
import type { LabelTable } from './label-table.js';

interface TaskTensors extends StepTensors {
  /** [images, columns], and twice [images, tasks], the labels as int32: see `TaskTargets`. */
  targets: tf.Tensor2D;
  weights: tf.Tensor2D;
  labels: tf.Tensor2D;
}

/** What a run of these tasks minimises. */
export function objectiveOf({ tasks, values, training, labels, leftOut }: Plan): Objective {
  if (labels !== undefined) {
    return severalTasks(labels, values, leftOut);
  }
  const [{ classes, ordered }] = tasks as [Task];
  const data = {
    labels: labelsOf(training),
    classes: classes.length,
    leftOut: leftOut[0],
    ordered,
  };
  return oneLabel(classes.length, trainingLoss(values, data), without(crossEntropies, leftOut[0]));
}

/**
 * The mean over the labels of a batch: each counts the same, whichever task it is of, and a missing one does not count. The
 * sums are, for each task, those of `TaskTotals` in its order.
 */
export function severalTasks(
  tables: Record<Pass, LabelTable>,
  values: LossValues,
  leftOut: Plan['leftOut'] = [],
): Objective<TaskTensors> {
  const { heads } = tables.train;
  const columns = heads.at(-1)?.to as number;
  const training = heads.map(({ labels, classes }, place) =>
    labels === 'one'
      ? trainingLoss(values, {
          labels: tables.train.labelsFor(place),
          classes: classes.length,
          leftOut: leftOut[place],
          ordered: tables.train.tasks[place]?.ordered,
        })
      : rowLosses(values, { labels }),
  );
  const validation = heads.map(({ labels }, place) =>
    labels === 'one' ? without(crossEntropies, leftOut[place]) : binaryCrossEntropies,
  );
  return {
    targets(batch, pass) {
      const { targets, weights, labels } = tables[pass].targetsOf(batch);
      return {
        targets: tf.tensor2d(targets, [batch.count, columns]),
        weights: tf.tensor2d(weights, [batch.count, heads.length]),
        labels: tf.tensor2d(labels, [batch.count, heads.length], 'int32'),
      };
    },
    losses(logits, { targets, weights }, pass) {
      const losses = pass === 'train' ? training : validation;
      const each = heads.map((head, place) =>
        (losses[place] as (typeof losses)[0])(columnsOf(logits, head), columnsOf(targets, head)),
      );
      return tf.mul(tf.stack(each, 1), weights);
    },
    // An image that is trained with has a label, so the weights are not all 0.
    mean: (losses, { weights }) => tf.div(tf.sum(losses), tf.sum(weights)),
    weight: ({ weights }) => tf.sum(weights),
    sums(logits, losses, { targets, weights, labels }) {
      const counts = tf.cast(tf.greater(weights, 0), 'float32');
      const right = heads.map((head, place) => {
        const own = columnsOf(logits, head);
        return head.labels === 'one'
          ? rightOnes(own, tf.squeeze(tf.slice(labels, [0, place], [-1, 1]), [1]))
          : rightShares(own, columnsOf(targets, head));
      });
      const hits = tf.mul(tf.stack(right, 1), counts);
      const sums = [losses, weights, hits, counts].map((tensor) => tf.sum(tensor, 0));
      return tf.reshape(tf.stack(sums, 1), [-1]);
    },
  };
}

const columnsOf = (tensor: tf.Tensor2D, { from, to }: Head): tf.Tensor2D =>
  tf.slice(tensor, [0, from], [-1, to - from]);

/** [images]: whether the top class is right. */
const rightOnes = (logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D =>
  tf.cast(tf.equal(tf.argMax(logits, -1), labels), 'float32');

/** [images]: of a task of any number of labels, the share of its classes that are right. */
function rightShares(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  const isRight = tf.equal(tf.greater(logits, 0), tf.greater(targets, 0.5));
  return tf.mean(tf.cast(isRight, 'float32'), -1);
}
