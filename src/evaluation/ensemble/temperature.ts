/** Fits the temperature of a classifier to images that it was not trained on. */
import { type Columns, logitsOf } from '../../prediction/index.js';
import { checkPredictions } from './check.js';
import { haveLists, type Truth } from './metrics.js';

/** Temperatures lie in this range: beyond it, predictions are right or wrong without exception. */
const range = { min: 0.05, max: 20 };

/**
 * The temperature T, 0.05…20, at which the log loss of the predictions is least: softmax or sigmoid of their logits divided by T
 * (Guo et al. 2017, https://arxiv.org/abs/1706.04599). The loss is convex in 1 / T, so bisecting its derivative finds it. A class
 * with the probability 0 keeps it and is left out, as is an image with such a label.
 *
 * @param probabilities [images, classes], with rows in the order of `labels`
 * @throws InvalidInputError as `selectEnsemble` does
 */
export function fitTemperature(
  probabilities: Float32Array,
  { labels }: Pick<Truth, 'labels'>,
): number {
  checkPredictions([probabilities], { labels });
  const kind = haveLists(labels) ? 'any' : 'one';
  const head: Columns = { labels: kind, from: 0, to: probabilities.length / labels.length };
  const logits = logitsOf(probabilities, [head]);
  const slopeAt = haveLists(labels)
    ? (scale: number) => slopeOfAny(logits, labels, scale)
    : (scale: number) => slopeOfOne(logits, labels, scale);
  let [low, high] = [1 / range.max, 1 / range.min];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (slopeAt(middle) > 0) {
      high = middle;
    } else {
      low = middle;
    }
  }
  return 2 / (low + high);
}

/** The derivative by `scale`, 1 / T, of the sum over images of the loss: the expected logit minus that of the label. */
function slopeOfOne(logits: Float32Array, labels: readonly number[], scale: number): number {
  const classes = logits.length / labels.length;
  return labels.reduce((slope, label, image) => {
    const row = logits.subarray(image * classes, (image + 1) * classes);
    const own = row[label] as number;
    if (own === Number.NEGATIVE_INFINITY) {
      return slope;
    }
    const greatest = row.reduce((most, logit) => Math.max(most, logit));
    let [sum, weighted] = [0, 0];
    for (const logit of row) {
      if (logit !== Number.NEGATIVE_INFINITY) {
        const power = Math.exp((logit - greatest) * scale);
        sum += power;
        weighted += power * logit;
      }
    }
    return slope + weighted / sum - own;
  }, 0);
}

/** The same of classes with a probability of their own each. */
function slopeOfAny(
  logits: Float32Array,
  labels: readonly (readonly number[])[],
  scale: number,
): number {
  const classes = logits.length / labels.length;
  return logits.reduce((slope, logit, index) => {
    const isShown = labels[Math.floor(index / classes)]?.includes(index % classes) ? 1 : 0;
    return slope + logit * (1 / (1 + Math.exp(-logit * scale)) - isShown);
  }, 0);
}
