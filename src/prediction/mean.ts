/** How probabilities are averaged, over the views of an image and over the classifiers of an ensemble; and temperatures. */
import type { Head } from '../model/index.js';

export const meanNames = ['arithmetic', 'geometric'] as const;

export type MeanName = (typeof meanNames)[number];

/** The columns of one head, and whether they are one distribution or a probability of its own for each class. */
export type Columns = Pick<Head, 'labels' | 'from' | 'to'>;

/** Rows of probabilities, [images, columns], become terms whose mean is weighted; the mean becomes probabilities again. */
interface Mean {
  terms(probabilities: Float32Array, heads: readonly Columns[]): Float32Array;
  probabilities(terms: Float32Array, heads: readonly Columns[]): Float32Array;
}

/**
 * The means with shares w that add up to 1, for a class with the probabilities p:
 *
 * - arithmetic: Σ w·p.
 * - geometric: Π p^w, divided by its sum over the classes of a head for one label; for any number of labels, each class with its
 *   complement: Π p^w / (Π p^w + Π (1 − p)^w).
 */
export const means: Readonly<Record<MeanName, Mean>> = {
  arithmetic: { terms: (rows) => rows, probabilities: (rows) => rows },
  geometric: {
    terms: (rows, heads) => logitsOf(rows, heads).map((logit) => Math.max(logit, leastTerm)),
    probabilities: probabilitiesOf,
  },
};

/** A probability of 0 counts as the smallest normal float32, so that a product of classes of which each has one is no 0 / 0. */
const leastTerm = Math.log(2 ** -126);

/**
 * The probabilities at another temperature T > 0: softmax or sigmoid of their logits divided by T (Guo et al. 2017,
 * https://arxiv.org/abs/1706.04599). Above 1 they come closer to each other. Their order in an image does not change.
 *
 * @param probabilities [images, columns]
 */
export const atTemperature = (
  probabilities: Float32Array,
  heads: readonly Columns[],
  temperature: number,
): Float32Array =>
  temperature === 1
    ? probabilities
    : probabilitiesOf(
        logitsOf(probabilities, heads).map((logit) => logit / temperature),
        heads,
      );

/** The mean over the `views` rows of each image, which follow each other: [images · views, columns] → [images, columns]. */
export function meanOfViews(terms: Float32Array, views: number, columns: number): Float32Array {
  const images = terms.length / columns / views;
  const mean = new Float32Array(images * columns);
  for (let image = 0; image < images; image++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let view = 0; view < views; view++) {
        sum += terms[(image * views + view) * columns + column] as number;
      }
      mean[image * columns + column] = sum / views;
    }
  }
  return mean;
}

/** `sum`, zeros when absent, plus `share` of `terms`. */
export const addShare = (
  sum: Float32Array | undefined,
  terms: Float32Array,
  share: number,
): Float32Array => terms.map((value, index) => (sum?.[index] ?? 0) + share * value);

/** The greatest float32 below 1 is 1 minus this; a class with a probability of its own is limited alike at both ends. */
const leastOfAny = 2 ** -24;

/** The logarithms of the probabilities of heads for one label, and of the odds p / (1 − p) of those for any number; −∞ for 0 of one label. */
export function logitsOf(rows: Float32Array, heads: readonly Columns[]): Float32Array {
  const logits = new Float32Array(rows.length);
  eachPart(rows, heads, (from, to, { labels }) => {
    for (let index = from; index < to; index++) {
      const value = rows[index] as number;
      logits[index] = Math.log(labels === 'one' ? value : oddsOf(value));
    }
  });
  return logits;
}

function oddsOf(value: number): number {
  const limited = Math.min(Math.max(value, leastOfAny), 1 - leastOfAny);
  return limited / (1 - limited);
}

/** Softmax of the columns of each head for one label, sigmoid of those for any number. */
export function probabilitiesOf(logits: Float32Array, heads: readonly Columns[]): Float32Array {
  const rows = new Float32Array(logits.length);
  eachPart(logits, heads, (from, to, { labels }) => {
    if (labels === 'any') {
      for (let index = from; index < to; index++) {
        rows[index] = 1 / (1 + Math.exp(-(logits[index] as number)));
      }
      return;
    }
    let [greatest, sum] = [Number.NEGATIVE_INFINITY, 0];
    for (let index = from; index < to; index++) {
      greatest = Math.max(greatest, logits[index] as number);
    }
    for (let index = from; index < to; index++) {
      sum += Math.exp((logits[index] as number) - greatest);
    }
    for (let index = from; index < to; index++) {
      rows[index] = Math.exp((logits[index] as number) - greatest) / sum;
    }
  });
  return rows;
}

/** Calls `visit` with the first and the last index, not included, of each head's columns in each row. */
function eachPart(
  rows: Float32Array,
  heads: readonly Columns[],
  visit: (from: number, to: number, head: Columns) => void,
): void {
  const columns = (heads.at(-1) as Columns).to;
  for (let start = 0; start < rows.length; start += columns) {
    for (const head of heads) {
      visit(start + head.from, start + head.to, head);
    }
  }
}
